import { CobreError } from '../errors.js';
import { crossedFace, firstToFall, INSIDE_TOLERANCE, invert4, isInside, type Place, weight } from './tetrahedron.js';

/** A plane over the unit cube: value = at0 + x * slopes[0] + y * slopes[1] + z * slopes[2]. */
export interface UnitPlane {
  readonly at0: number;
  readonly slopes: readonly [number, number, number];
}

/** Reduced cost, relative to the greatest value, above which a point still lies over the plane. */
const PRICE_TOLERANCE = 1e-11;
/** Planes closer than this at each corner of the cube, relative to the greatest value, are the same plane. */
const SAME_PLANE = 1e-9;
/**
 * Places inside a cell, powers of the root of x^4 = x + 1 (Roberts' low-discrepancy sequence): in no plane through
 * points of the grid, so that each lies inside one facet of the envelope and no border between facets is hit.
 */
const INSIDE_CELL = [0.8191725133961645, 0.6710436067037893, 0.5497004779019703] as const;
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;
/** How far a grid point moves into the cube, towards a point that is off its centre, to be inside one facet. */
const NUDGE = [1.1e-4, 1.7e-4, 2.3e-4] as const;
const NUDGE_TARGET = [0.5213, 0.4721, 0.5477] as const;

/** Four grid points whose plane lies over all others. */
interface Facet {
  /** Their indices. */
  readonly vertices: Int32Array;
  /** Inverse of the matrix whose columns are (1, x, y, z) of the vertices, row-major. */
  readonly inverse: Float64Array;
  readonly plane: UnitPlane;
}

/**
 * Planes of the least concave function over all points of a grid: each lies over every point, and through four of them.
 *
 * The grid covers the unit cube evenly, `counts` points on its axes, `values` x-major (index (i * ny + j) * nz + k).
 * For a place p the envelope is the greatest sum of w * value over weights w of the grid points that are not negative,
 * sum to 1 and have p as mean: a linear program of four rows, whose dual is the plane. The primal simplex method finds
 * the first facet; from there parametric dual steps walk from place to place, each step to a neighbouring facet (gift
 * wrapping). The places come in a fixed order, six inside each cell and one beside each grid point, so every grid
 * point that lies on the envelope has a plane through it.
 */
export function concaveEnvelope(values: Float64Array, counts: readonly [number, number, number]): UnitPlane[] {
  const scale = values.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  if (scale === 0) return [{ at0: 0, slopes: [0, 0, 0] }];
  const grid = new ScaledGrid(values, counts, scale);
  const facets: Facet[] = [];
  const planes: UnitPlane[] = [];
  let last: { facet: Facet; place: Place } | null = null;
  for (const place of places(grid, counts)) {
    // Places that follow each other are near, so the facets found last are looked through first.
    let facet = facets.findLast(({ inverse }) => isInside(inverse, place));
    if (facet === undefined) {
      facet = (last && grid.walk(last.facet, last.place, place)) ?? grid.facetOver(place);
      const { plane } = facet;
      facets.push(facet);
      if (!planes.some((known) => isSamePlane(known, plane))) planes.push(plane);
    }
    last = { facet, place };
  }
  return planes.map(({ at0, slopes: [sx, sy, sz] }) => ({
    at0: at0 * scale,
    slopes: [sx * scale, sy * scale, sz * scale],
  }));
}

function* places(grid: ScaledGrid, [nx, ny, nz]: readonly [number, number, number]): Generator<Place> {
  for (let i = 0; i < nx - 1; i += 1) {
    for (let j = 0; j < ny - 1; j += 1) {
      for (let k = 0; k < nz - 1; k += 1) {
        for (const [a, b, c] of ORDERS) {
          yield [(i + INSIDE_CELL[a]) / (nx - 1), (j + INSIDE_CELL[b]) / (ny - 1), (k + INSIDE_CELL[c]) / (nz - 1)];
        }
      }
    }
  }
  for (let i = 0; i < grid.size; i += 1) {
    yield [
      grid.x[i] + NUDGE[0] * (NUDGE_TARGET[0] - grid.x[i]),
      grid.y[i] + NUDGE[1] * (NUDGE_TARGET[1] - grid.y[i]),
      grid.z[i] + NUDGE[2] * (NUDGE_TARGET[2] - grid.z[i]),
    ];
  }
}

/** The grid's points and their values, the greatest 1. */
class ScaledGrid {
  readonly size: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly #values: Float64Array;
  readonly #counts: readonly [number, number, number];

  constructor(values: Float64Array, counts: readonly [number, number, number], scale: number) {
    const [nx, ny, nz] = counts;
    this.size = nx * ny * nz;
    this.#counts = counts;
    this.#values = values.map((value) => value / scale);
    this.x = new Float64Array(this.size);
    this.y = new Float64Array(this.size);
    this.z = new Float64Array(this.size);
    for (let i = 0, at = 0; i < nx; i += 1) {
      for (let j = 0; j < ny; j += 1) {
        for (let k = 0; k < nz; k += 1, at += 1) {
          this.x[at] = i / (nx - 1);
          this.y[at] = j / (ny - 1);
          this.z[at] = k / (nz - 1);
        }
      }
    }
  }

  /** The facet over a place in the open cube, by primal steps from a simplex of the cube's corners. */
  facetOver(place: Place): Facet {
    return this.#primal(this.#facet(this.#cornerSimplex(place)), place);
  }

  /** The facet over `to`, by steps to neighbours from the one over `from`; `null` where rounding keeps it from there. */
  walk(start: Facet, from: Place, to: Place): Facet | null {
    let facet = start;
    for (let steps = 0; steps < this.size; steps += 1) {
      const leaving = crossedFace(facet.inverse, from, to);
      if (leaving < 0) return this.#primal(facet, to);
      const entering = this.#neighbour(facet, leaving);
      if (entering < 0) return null;
      facet = this.#replace(facet, leaving, entering);
    }
    return null;
  }

  #primal(start: Facet, place: Place): Facet {
    let facet = start;
    // Each step raises the value at the place, so no facet comes twice; the limit is for what rounding might do.
    for (let steps = 0; steps < 50 * this.size; steps += 1) {
      const entering = this.#highestOver(facet.plane);
      if (entering < 0) return facet;
      const at: Place = [this.x[entering], this.y[entering], this.z[entering]];
      facet = this.#replace(facet, firstToFall(facet.inverse, place, at), entering);
    }
    throw new CobreError('InternalError', 'the concave envelope of a production function did not come to an end');
  }

  #replace({ vertices }: Facet, position: number, by: number): Facet {
    const replaced = vertices.slice();
    replaced[position] = by;
    return this.#facet(replaced);
  }

  #facet(vertices: Int32Array): Facet {
    const inverse = this.#inverseOf(vertices);
    return { vertices, inverse, plane: this.#planeOf(vertices, inverse) };
  }

  /** The point beyond the face opposite to a vertex that the plane meets first when it turns about that face; or -1. */
  #neighbour({ inverse, plane: { at0, slopes } }: Facet, vertex: number): number {
    let found = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.size; i += 1) {
      const beyond = -weight(inverse, vertex, this.x[i], this.y[i], this.z[i]);
      if (beyond <= INSIDE_TOLERANCE) continue;
      const below = at0 + slopes[0] * this.x[i] + slopes[1] * this.y[i] + slopes[2] * this.z[i] - this.#values[i];
      if (below < least * beyond) {
        least = below / beyond;
        found = i;
      }
    }
    return found;
  }

  /** The corners of the cube whose simplex holds a place: from the origin along the axes, greatest coordinate first. */
  #cornerSimplex([x, y, z]: Place): Int32Array {
    const [nx, ny, nz] = this.#counts;
    const steps = [
      { along: x, stride: (nx - 1) * ny * nz },
      { along: y, stride: (ny - 1) * nz },
      { along: z, stride: nz - 1 },
    ].sort((a, b) => b.along - a.along);
    const basis = new Int32Array(4);
    for (let i = 0; i < 3; i += 1) basis[i + 1] = basis[i] + steps[i].stride;
    return basis;
  }

  /** Index of the point highest over a plane, the first of equals; -1 if none lies over it. */
  #highestOver({ at0, slopes: [sx, sy, sz] }: UnitPlane): number {
    let highest = -1;
    let most = PRICE_TOLERANCE;
    for (let i = 0; i < this.size; i += 1) {
      const over = this.#values[i] - (at0 + sx * this.x[i] + sy * this.y[i] + sz * this.z[i]);
      if (over > most) {
        most = over;
        highest = i;
      }
    }
    return highest;
  }

  /** Inverse of the matrix whose columns are (1, x, y, z) of the basis: rows give barycentric coordinates. */
  #inverseOf(basis: Int32Array): Float64Array {
    const matrix = new Float64Array(16);
    for (let j = 0; j < 4; j += 1) {
      matrix[j] = 1;
      matrix[4 + j] = this.x[basis[j]];
      matrix[8 + j] = this.y[basis[j]];
      matrix[12 + j] = this.z[basis[j]];
    }
    return invert4(matrix);
  }

  #planeOf(basis: Int32Array, inverse: Float64Array): UnitPlane {
    const coefficient = (column: number): number => {
      let sum = 0;
      for (let j = 0; j < 4; j += 1) sum += this.#values[basis[j]] * inverse[4 * j + column];
      return sum;
    };
    return { at0: coefficient(0), slopes: [coefficient(1), coefficient(2), coefficient(3)] };
  }
}

function isSamePlane(a: UnitPlane, b: UnitPlane): boolean {
  for (let corner = 0; corner < 8; corner += 1) {
    let difference = a.at0 - b.at0;
    for (let axis = 0; axis < 3; axis += 1) {
      if ((corner >> axis) & 1) difference += a.slopes[axis] - b.slopes[axis];
    }
    if (Math.abs(difference) > SAME_PLANE) return false;
  }
  return true;
}
