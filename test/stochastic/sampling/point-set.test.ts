import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Purpose, standardNormal } from '#cobre/stochastic/counter-noise';
import type { Draw, Phase } from '#cobre/stochastic/sampling/draw';
import { createPointSet, type PointMethod } from '#cobre/stochastic/sampling/point-set';
import { allPoints } from './normal-strata.js';

const METHODS: readonly PointMethod[] = ['saa', 'lhs', 'qmc_sobol', 'qmc_halton'];
const PHASES: readonly Phase[] = ['tree', 'forward', 'simulation'];

const draw = (parts: Partial<Draw> = {}): Draw => ({ seed: 42, phase: 'forward', iteration: 1, stage: 0, ...parts });

describe.each(METHODS)('%s', (method) => {
  test('has the same bits whichever points are asked for, in whatever order, by whatever object', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.constantFrom(...PHASES),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 10 }),
        (seed, phase, n, d, picks) => {
          const points = allPoints(createPointSet(method, draw({ seed, phase }), n, d), n, d);
          const other = createPointSet(method, draw({ seed, phase }), n, d);
          const out = new Float64Array(d + 2).fill(99);
          for (const pick of picks) {
            other.write(pick % n, out, 1);
            expect(Array.from(out)).toEqual([99, ...points[pick % n], 99]);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('differs by seed, phase, iteration and stage in every entry', () => {
    const others = [
      draw({ seed: 43 }),
      draw({ seed: 42 + 2 ** 32 }),
      draw({ phase: 'tree' }),
      draw({ phase: 'simulation' }),
      draw({ iteration: 2 }),
      draw({ stage: 1 }),
    ];
    const values = [draw(), ...others].map((one) => allPoints(createPointSet(method, one, 8, 3), 8, 3));
    for (let a = 0; a < values.length; a += 1) {
      for (let b = 0; b < a; b += 1) {
        values[a].flat().forEach((value, i) => {
          expect(value).not.toBe(values[b].flat()[i]);
        });
      }
    }
  });

  test('is standard normal without correlation: moments within four standard errors of independent points', () => {
    const d = 3;
    const n = 64;
    const batches = 150;
    const total = n * batches;
    const sums = Array.from({ length: d }, () => [0, 0, 0, 0]);
    const products = [0, 0, 0];
    for (let stage = 0; stage < batches; stage += 1) {
      for (const point of allPoints(createPointSet(method, draw({ stage }), n, d), n, d)) {
        point.forEach((z, e) => {
          for (let k = 0; k < 4; k += 1) sums[e][k] += z ** (k + 1);
        });
        products[0] += point[0] * point[1];
        products[1] += point[0] * point[2];
        products[2] += point[1] * point[2];
      }
    }
    // E z^k = 0, 1, 0, 3; Var z^k = 1, 2, 15, 96.
    for (const sum of sums) {
      [0, 1, 0, 3].forEach((moment, k) => {
        expect(Math.abs(sum[k] / total - moment)).toBeLessThan(4 * Math.sqrt([1, 2, 15, 96][k] / total));
      });
    }
    for (const product of products) expect(Math.abs(product / total)).toBeLessThan(4 / Math.sqrt(total));
  });

  test('refuses a number of points that is none', () => {
    for (const points of [0, -1, 2.5, Number.NaN, 2 ** 32 + 1]) {
      expect(() => createPointSet(method, draw(), points, 2)).toThrow(
        expect.objectContaining({ kind: 'InvalidArgument', field: 'points' }),
      );
    }
  });

  test('refuses a seed that is none, and a point beyond the batch', () => {
    expect(() => createPointSet(method, draw({ seed: -1 }), 2, 2).write(0, new Float64Array(2), 0)).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', field: 'seed' }),
    );
    expect(() => createPointSet(method, draw(), 2, 2).write(2, new Float64Array(2), 0)).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', field: 'index' }),
    );
  });
});

describe('independent points', () => {
  test('of the tree are the numbers that the tree always had', () => {
    const points = allPoints(createPointSet('saa', draw({ phase: 'tree', iteration: 0, stage: 4 }), 5, 3), 5, 3);
    points.forEach((point, i) => {
      expect(point).toEqual([0, 1, 2].map((e) => standardNormal(42, Purpose.openingTree, 4, i, e, 0)));
    });
  });
});

describe('the L2-star discrepancy of the points in the unit cube', () => {
  test.each([
    ['qmc_sobol', 64, 2],
    ['qmc_sobol', 128, 4],
    ['qmc_halton', 72, 2],
    ['qmc_halton', 128, 4],
  ] as const)(
    'is for %s of %i points in %i dimensions at most half of what independent points have',
    (method, n, d) => {
      let worst = 0;
      for (let stage = 0; stage < 10; stage += 1) {
        worst = Math.max(worst, discrepancy(allPoints(createPointSet(method, draw({ stage }), n, d), n, d)));
      }
      // The mean square of independent points in theory: (2^-d - 3^-d) / n.
      expect(worst).toBeLessThan(0.5 * Math.sqrt((2 ** -d - 3 ** -d) / n));
    },
  );
});

/** Warnock's formula (1972). */
function discrepancy(points: readonly (readonly number[])[]): number {
  const u = points.map((point) => point.map(normalCdf));
  const n = u.length;
  const d = u[0].length;
  let single = 0;
  let pairs = 0;
  for (const x of u) {
    single += x.reduce((product, xe) => product * (1 - xe * xe), 1);
    for (const y of u) pairs += x.reduce((product, xe, e) => product * (1 - Math.max(xe, y[e])), 1);
  }
  return Math.sqrt(3 ** -d - (2 ** (1 - d) / n) * single + pairs / (n * n));
}

/** P(N(0, 1) <= z) by Simpson's rule on the density, to some 1e-9. */
function normalCdf(z: number): number {
  const steps = 200;
  const h = z / steps;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let i = 1; i < steps; i += 1) sum += density(i * h) * (i % 2 === 1 ? 4 : 2);
  return 0.5 + (sum * h) / 3;
}
