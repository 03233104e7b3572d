import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCase } from '#cobre/api/load';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { examples } from '../support/cases.js';
import { solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { LONG } from '../support/long.js';
import { limited, runBits } from '../support/run-bits.js';

/** Simulated mean and lower bound must agree within this many standard errors. */
const STANDARD_ERRORS = 3;

async function trainAndSimulate(name: string) {
  const study = await loadCase(`${examples}${name}`);
  const trained = await train(study, { numWorkers: 2 });
  const simulated = await simulate(study, trained.policy, { numWorkers: 2 });
  const stdError = simulated.stdCost / Math.sqrt(simulated.scenarios);
  return { study, trained, simulated, distance: (simulated.meanCost - trained.finalLowerBound) / stdError };
}

describe('examples', () => {
  it('one-reservoir reaches the optimum derived by hand in its README', async () => {
    const { trained, distance } = await trainAndSimulate('one-reservoir');
    expect(trained.finalLowerBound).toBeCloseTo(3_912_000, 3);
    expect(Math.abs(distance)).toBeLessThan(STANDARD_ERRORS);
  });

  it.runIf(LONG)('cascade reaches the optimum of its whole scenario tree as one linear program', async () => {
    const { study, trained, distance } = await trainAndSimulate('cascade');
    const { cost, nodes } = await solveDeterministicEquivalent(study, buildStageProblems(study).realised);
    expect(nodes).toBe(3 + 9 + 27 + 81 + 243 + 729);
    expect(Math.abs(trained.finalLowerBound - cost) / cost).toBeLessThan(1e-6);
    expect(Math.abs(distance)).toBeLessThan(STANDARD_ERRORS);
  });

  it('four-regions: bound and simulation agree', async () => {
    const { trained, simulated, distance } = await trainAndSimulate('four-regions');
    expect(trained.iterations).toBe(80);
    expect(Math.abs(distance)).toBeLessThan(STANDARD_ERRORS);
    // What the README shows is what everybody gets.
    const readme = readFileSync(`${examples}../README.md`, 'utf8');
    const exact = (cost: number) =>
      cost.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    expect(readme).toContain(`(${exact(trained.finalLowerBound)})`);
    expect(readme).toContain(`(${exact(simulated.meanCost)})`);
    expect(readme).toContain(`sha256 ${trained.policy.digest().slice(0, 12)}`);
  });

  it.runIf(LONG).each(['four-regions', 'cascade', 'one-reservoir'])(
    '%s has the same bits on any number of workers, and run to run',
    async (name) => {
      const study = limited(await loadCase(`${examples}${name}`), 10);
      const alone = await runBits(study, 1, 24);
      for (const workers of [1, 2, 3, 4, 8]) expect(await runBits(study, workers, 24)).toEqual(alone);
    },
  );
});
