import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concaveEnvelope, type UnitPlane } from '#cobre/hydro/concave-envelope';

type Counts = [number, number, number];

const heightOf = ({ at0, slopes }: UnitPlane, [x, y, z]: readonly number[]): number =>
  at0 + slopes[0] * x + slopes[1] * y + slopes[2] * z;

const bound = (planes: readonly UnitPlane[], place: readonly number[]): number =>
  Math.min(...planes.map((plane) => heightOf(plane, place)));

function gridPlaces([nx, ny, nz]: Counts): number[][] {
  const places: number[][] = [];
  for (let i = 0; i < nx; i += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let k = 0; k < nz; k += 1) places.push([i / (nx - 1), j / (ny - 1), k / (nz - 1)]);
    }
  }
  return places;
}

function sample(counts: Counts, f: (x: number, y: number, z: number) => number): Float64Array {
  return Float64Array.from(gridPlaces(counts), ([x, y, z]) => f(x, y, z));
}

/** Determinant of the matrix whose rows are the given ones, by cofactors. */
function determinant(rows: readonly (readonly number[])[]): number {
  if (rows.length === 1) return rows[0][0];
  return rows[0].reduce((sum, head, i) => {
    const minor = rows.slice(1).map((row) => row.filter((_, column) => column !== i));
    return sum + (i % 2 === 0 ? 1 : -1) * head * determinant(minor);
  }, 0);
}

interface Tetrahedron {
  corners: number[];
  /** Of each corner the coefficients of its weight at (1, x, y, z). */
  weights: number[][];
}

/** All tetrahedra of a grid's points that have a volume, their weights by Cramer's rule. */
function allTetrahedra(places: readonly number[][]): Tetrahedron[] {
  const n = places.length;
  const found: Tetrahedron[] = [];
  for (let a = 0; a < n; a += 1) {
    for (let b = a + 1; b < n; b += 1) {
      for (let c = b + 1; c < n; c += 1) {
        for (let d = c + 1; d < n; d += 1) {
          const corners = [a, b, c, d];
          const rows = corners.map((corner) => [1, ...places[corner]]);
          const volume = determinant(rows);
          if (Math.abs(volume) < 1e-9) continue;
          const unit = (k: number) => [0, 1, 2, 3].map((i) => (i === k ? 1 : 0));
          const weights = corners.map((_, r) =>
            [0, 1, 2, 3].map((k) => determinant(rows.map((own, i) => (i === r ? unit(k) : own))) / volume),
          );
          found.push({ corners, weights });
        }
      }
    }
  }
  return found;
}

/**
 * The envelope at a place by its definition: the greatest weighted mean of the values over four points whose
 * tetrahedron holds the place (Caratheodory), all of them tried.
 */
function envelopeByAllTetrahedra(values: Float64Array, tetrahedra: readonly Tetrahedron[], at: readonly number[]) {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const { corners, weights } of tetrahedra) {
    const shares = weights.map(([w, x, y, z]) => w + x * at[0] + y * at[1] + z * at[2]);
    if (shares.some((share) => share < -1e-12)) continue;
    const mean = shares.reduce((sum, share, i) => sum + share * values[corners[i]], 0);
    if (mean > greatest) greatest = mean;
  }
  return greatest;
}

const grids = fc.constantFrom<Counts>([2, 2, 2], [3, 2, 2], [2, 3, 2], [2, 2, 4], [3, 3, 2]).chain((counts) =>
  fc.tuple(
    fc.constant(counts),
    fc.array(fc.integer({ min: 0, max: 20 }), {
      minLength: counts[0] * counts[1] * counts[2],
      maxLength: counts[0] * counts[1] * counts[2],
    }),
  ),
);
const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('concave envelope of a grid', () => {
  test('is that of all tetrahedra, at any place of random grids', () => {
    fc.assert(
      fc.property(grids, fc.tuple(inside, inside, inside), ([counts, integers], at) => {
        const values = Float64Array.from(integers);
        const planes = concaveEnvelope(values, counts);
        const places = gridPlaces(counts);
        const tetrahedra = allTetrahedra(places);
        // No plane cuts off a point, so the bound is at least the envelope ...
        const exact = envelopeByAllTetrahedra(values, tetrahedra, at);
        expect(bound(planes, at)).toBeGreaterThanOrEqual(exact - 1e-8);
        // ... and at each grid point, where every point on the envelope has its plane, it is the envelope.
        places.forEach((place, i) => {
          const here = bound(planes, place);
          expect(here).toBeGreaterThanOrEqual(values[i] - 1e-8);
          const onEnvelope = envelopeByAllTetrahedra(values, tetrahedra, place) <= values[i] + 1e-9;
          if (onEnvelope) expect(here).toBeLessThanOrEqual(values[i] + 1e-8);
        });
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  test('is exact at the places that it is asked at inside the cells', () => {
    // Powers of 1 / g, g the root of x^4 = x + 1: the places that the source documents.
    const [a, b, c] = [1, 2, 3].map((power) => 1 / 1.2207440846057596 ** power);
    fc.assert(
      fc.property(grids, ([counts, integers]) => {
        const values = Float64Array.from(integers);
        const planes = concaveEnvelope(values, counts);
        const tetrahedra = allTetrahedra(gridPlaces(counts));
        for (const order of [
          [a, b, c],
          [c, a, b],
        ]) {
          const at = order.map((offset, axis) => (counts[axis] - 2 + offset) / (counts[axis] - 1));
          expect(bound(planes, at)).toBeCloseTo(envelopeByAllTetrahedra(values, tetrahedra, at), 7);
        }
      }),
      { numRuns: 8, seed: 2 },
    );
  });

  test('of a plane is that plane alone', () => {
    const planes = concaveEnvelope(
      sample([4, 5, 3], (x, y, z) => 2 + 3 * x + 5 * y - z),
      [4, 5, 3],
    );
    expect(planes).toHaveLength(1);
    expect(heightOf(planes[0], [0, 0, 0])).toBeCloseTo(2, 12);
    planes[0].slopes.forEach((slope, i) => {
      expect(slope).toBeCloseTo([3, 5, -1][i], 12);
    });
  });

  test('of x y over the square are its two McCormick planes', () => {
    const planes = concaveEnvelope(
      sample([5, 5, 2], (x, y) => x * y),
      [5, 5, 2],
    );
    const found = planes.map(({ at0, slopes }) => [at0, ...slopes].map((c) => Math.round(c * 1e9) / 1e9 + 0));
    expect(found.sort()).toEqual([
      [0, 0, 1, 0],
      [0, 1, 0, 0],
    ]);
  });

  test('of a function that is concave touches it at all points of the grid', () => {
    const counts: Counts = [5, 6, 4];
    const f = (x: number, y: number, z: number) => 10 + 4 * x - 3 * x * x + 5 * y - y * y - x * y - z * z - 0.3 * z;
    const planes = concaveEnvelope(sample(counts, f), counts);
    for (const [x, y, z] of gridPlaces(counts)) expect(bound(planes, [x, y, z])).toBeCloseTo(f(x, y, z), 9);
  });

  test('of nothing is nothing', () => {
    expect(concaveEnvelope(new Float64Array(8), [2, 2, 2])).toEqual([{ at0: 0, slopes: [0, 0, 0] }]);
  });
});
