import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Plane, planesBound } from '#cobre/hydro/plane';
import { selectPlanes } from '#cobre/hydro/select-planes';

const AXIS = Array.from({ length: 21 }, (_, i) => i / 20);
const zeros = new Float64Array(AXIS.length);
/** Tangents of 1 - (1 - q)^2, which is concave, at some flows. */
const tangents = (at: readonly number[]): Plane[] =>
  at.map((q) => ({ gamma0: q * q, gammaV: 0, gammaQ: 2 * (1 - q), gammaS: 0 }));
const exact = Float64Array.from(AXIS, (q) => 1 - (1 - q) ** 2);
const samples = { volume: zeros, turbined: Float64Array.from(AXIS), spillage: zeros, exact };
const worst = (planes: readonly Plane[]) => Math.max(...AXIS.map((q, i) => planesBound(planes, 0, q, 0) - exact[i]));

test('keeps all when they are no more than allowed', () => {
  const planes = tangents([0, 0.5, 1]);
  expect(selectPlanes(planes, samples, 3)).toEqual(planes);
});

test('drops the one without which the worst excess is least: all others tried', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 9 }), (flows) => {
      const planes = tangents(flows.map((q) => q / 40));
      const kept = selectPlanes(planes, samples, planes.length - 1);
      const others = planes.map((_, i) => worst(planes.filter((_, j) => j !== i)));
      expect(kept).toHaveLength(planes.length - 1);
      expect(worst(kept)).toBeCloseTo(Math.min(...others), 12);
    }),
    { numRuns: 100, seed: 3 },
  );
});

test('drops planes that are never the least first, and keeps a bound from above', () => {
  const loose = { gamma0: 5, gammaV: 0, gammaQ: 0, gammaS: 0 };
  const planes = [...tangents([0, 0.25]), loose, ...tangents([0.5, 0.75, 1])];
  expect(selectPlanes(planes, samples, 5)).not.toContain(loose);
  const two = selectPlanes(planes, samples, 2);
  expect(two).toHaveLength(2);
  AXIS.forEach((q, i) => {
    expect(planesBound(two, 0, q, 0)).toBeGreaterThanOrEqual(exact[i] - 1e-15);
  });
});

test('of equal planes drops the first', () => {
  const [a, b] = [tangents([0.5])[0], tangents([0.5])[0]];
  expect(selectPlanes([a, b], samples, 1)[0]).toBe(b);
});

test('of planes without which the worst excess is the same drops the one that adds least in sum', () => {
  // The worst excess, 1 at q = 0, has no plane that lowers it; two more planes cut off a little and a bit more.
  const planes = [
    { gamma0: 1, gammaV: 0, gammaQ: 0, gammaS: 0 },
    { gamma0: 1.5, gammaV: 0, gammaQ: -0.6, gammaS: 0 },
    { gamma0: 1.5, gammaV: 0, gammaQ: -0.7, gammaS: 0 },
  ];
  const flat = { ...samples, exact: zeros };
  expect(selectPlanes(planes, flat, 2)).toEqual([planes[0], planes[2]]);
  expect(selectPlanes([planes[0], planes[2], planes[1]], flat, 2)).toEqual([planes[0], planes[2]]);
});
