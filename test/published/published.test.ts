import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { train } from '#cobre/api/train';
import { LONG } from '../support/long.js';
import { CASES, EXPECTED } from './expected.js';

/** A bound may lie above the optimum by as much, relative to its size, as a linear program is solved to. */
const SOLVER_PRECISION = 1e-6;

/** These take from some seconds to a minute; the sweep has them. */
const SLOW = [
  'three-seasons-forever',
  'weekly-reservoir-forever',
  'multistock',
  'constant-forever',
  'weekly-reservoir-20',
];

describe('published optima', () => {
  for (const [name, { published, tolerance, optimum, precision, ...rest }] of Object.entries(EXPECTED)) {
    const { scale, sign, constant, awaiting } = rest;
    if (awaiting.length > 0) {
      it.todo(`${name}, which needs ${awaiting.join(', ')}`);
      continue;
    }
    it.runIf(LONG || !SLOW.includes(name))(name, async () => {
      const { finalLowerBound } = await train(join(CASES, name));
      const bound = sign * (finalLowerBound / scale - constant);
      if (published !== null) expect(Math.abs(bound - published)).toBeLessThanOrEqual(tolerance as number);
      const size = Math.abs(optimum) + Math.abs(constant);
      expect(Math.abs(bound - optimum) / size).toBeLessThan(precision);
      // Costs are minimised: where the source maximises, a bound below the least cost is one above the largest profit.
      expect(sign * (bound - optimum)).toBeLessThan(SOLVER_PRECISION * size);
    });
  }
});
