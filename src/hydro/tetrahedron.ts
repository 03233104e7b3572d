/** Tetrahedra in three dimensions by the inverse of the matrix whose columns are (1, x, y, z) of their vertices. */
export type Place = readonly [number, number, number];

/** Barycentric coordinates this far below 0 still count as inside: a point on the border of two facets. */
export const INSIDE_TOLERANCE = 1e-12;

/** Inverse of a 4 by 4 matrix, row-major: Gauss and Jordan, largest pivot of the column. */
export function invert4(matrix: Float64Array): Float64Array {
  const a = matrix.slice();
  const inverse = new Float64Array(16);
  for (let i = 0; i < 4; i += 1) inverse[5 * i] = 1;
  for (let column = 0; column < 4; column += 1) {
    let pivotRow = column;
    for (let row = column + 1; row < 4; row += 1) {
      if (Math.abs(a[4 * row + column]) > Math.abs(a[4 * pivotRow + column])) pivotRow = row;
    }
    for (let k = 0; k < 4; k += 1) {
      [a[4 * column + k], a[4 * pivotRow + k]] = [a[4 * pivotRow + k], a[4 * column + k]];
      [inverse[4 * column + k], inverse[4 * pivotRow + k]] = [inverse[4 * pivotRow + k], inverse[4 * column + k]];
    }
    const pivot = a[5 * column];
    for (let k = 0; k < 4; k += 1) {
      a[4 * column + k] /= pivot;
      inverse[4 * column + k] /= pivot;
    }
    for (let row = 0; row < 4; row += 1) {
      const factor = a[4 * row + column];
      if (row === column || factor === 0) continue;
      for (let k = 0; k < 4; k += 1) {
        a[4 * row + k] -= factor * a[4 * column + k];
        inverse[4 * row + k] -= factor * inverse[4 * column + k];
      }
    }
  }
  return inverse;
}

/** Row r of the inverse times (1, x, y, z): the weight of vertex r. */
export function weight(inverse: Float64Array, r: number, x: number, y: number, z: number): number {
  return inverse[4 * r] + inverse[4 * r + 1] * x + inverse[4 * r + 2] * y + inverse[4 * r + 3] * z;
}

export function isInside(inverse: Float64Array, [x, y, z]: Place): boolean {
  for (let r = 0; r < 4; r += 1) if (weight(inverse, r, x, y, z) < -INSIDE_TOLERANCE) return false;
  return true;
}

/** Which vertex goes when a point comes in: the first whose weight at the place falls to 0. */
export function firstToFall(inverse: Float64Array, [x, y, z]: Place, [ex, ey, ez]: Place): number {
  let falling = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let r = 0; r < 4; r += 1) {
    const falls = weight(inverse, r, ex, ey, ez);
    if (falls <= INSIDE_TOLERANCE) continue;
    const ratio = weight(inverse, r, x, y, z) / falls;
    if (ratio < least) {
      least = ratio;
      falling = r;
    }
  }
  return falling;
}

/**
 * The vertex opposite to the face where the way between two places leaves a simplex; -1 if it ends inside. The way
 * may begin before the simplex: of the faces still to be crossed, it is the first.
 */
export function crossedFace(inverse: Float64Array, from: Place, to: Place): number {
  let leaving = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let r = 0; r < 4; r += 1) {
    const end = weight(inverse, r, to[0], to[1], to[2]);
    if (end >= -INSIDE_TOLERANCE) continue;
    const begin = weight(inverse, r, from[0], from[1], from[2]);
    const share = begin / (begin - end);
    if (share < least) {
      least = share;
      leaving = r;
    }
  }
  return leaving;
}
