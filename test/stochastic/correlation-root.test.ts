import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choleskyRoot, spectralRoot } from '#cobre/stochastic/correlation-root';

/** Row-major product of two n by n matrices, the second transposed. */
function timesTransposed(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      for (let k = 0; k < n; k += 1) product[i * n + j] += a[i * n + k] * b[j * n + k];
    }
  }
  return product;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

/** Correlation matrices: cosines of the angles between random vectors. */
const correlations = fc.integer({ min: 1, max: 8 }).chain((n) =>
  fc
    .array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n + 2, maxLength: n + 2 }), {
      minLength: n,
      maxLength: n,
    })
    .filter((vectors) => vectors.every((v) => v.reduce((sum, x) => sum + x * x, 0) > 0.1))
    .map((vectors) => {
      const unit = vectors.map((v) => {
        const length = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
        return v.map((x) => x / length);
      });
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) {
          matrix[i * n + j] = i === j ? 1 : unit[i].reduce((sum, x, k) => sum + x * unit[j][k], 0);
        }
      }
      return { n, matrix };
    }),
);

describe('the Cholesky root', () => {
  test('times its transpose is the matrix, and it is lower triangular', () => {
    fc.assert(
      fc.property(correlations, ({ n, matrix }) => {
        const root = choleskyRoot(matrix, n);
        for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) expect(root[i * n + j]).toBe(0);
        // A nearly singular matrix keeps its smallest pivots only up to the tolerance (1e-10, its root 1e-5).
        expect(largestDifference(timesTransposed(root, root, n), matrix)).toBeLessThan(2e-5);
      }),
    );
  });

  test('is exact to rounding where the matrix is well conditioned', () => {
    fc.assert(
      fc.property(correlations, ({ n, matrix }) => {
        // Halfway to the identity: no eigenvalue below 1/2.
        const mixed = matrix.map((value, i) => (i % (n + 1) === 0 ? 1 : value / 2));
        const root = choleskyRoot(mixed, n);
        expect(largestDifference(timesTransposed(root, root, n), mixed)).toBeLessThan(1e-15 * n);
      }),
    );
  });

  test('of two variables is the one in every textbook', () => {
    expect(Array.from(choleskyRoot(Float64Array.of(1, 0.6, 0.6, 1), 2))).toEqual([1, 0, 0.6, 0.8]);
  });

  test('allows vectors so nearly parallel that rounding makes a pivot negative', () => {
    const [a, b, c] = [0.9999999999499675, 0.000010003252837013181, 0.000014850452875656923];
    const matrix = Float64Array.of(1, -1, a, 0, 0, -1, 1, -a, 0, 0, a, -a, 1, b, 0, 0, 0, b, 1, c, 0, 0, 0, c, 1);
    const root = choleskyRoot(matrix, 5);
    expect(largestDifference(timesTransposed(root, root, 5), matrix)).toBeLessThan(2e-5);
  });

  test('allows perfect correlation', () => {
    expect(Array.from(choleskyRoot(Float64Array.of(1, 1, 1, 1), 2))).toEqual([1, 0, 1, 0]);
    expect(Array.from(choleskyRoot(Float64Array.of(1, -1, -1, 1), 2))).toEqual([1, 0, -1, 0]);
  });

  test.each([
    ['a correlation beyond 1', Float64Array.of(1, 1.1, 1.1, 1), 2],
    ['three variables that cannot all disagree', Float64Array.of(1, -0.9, -0.9, -0.9, 1, -0.9, -0.9, -0.9, 1), 3],
    ['equal variables that differ towards a third', Float64Array.of(1, 1, 0.5, 1, 1, 0.4, 0.5, 0.4, 1), 3],
    ['a number that is none', Float64Array.of(1, Number.NaN, Number.NaN, 1), 2],
  ])('refuses %s', (_, matrix, n) => {
    expect(() => choleskyRoot(matrix, n)).toThrow(expect.objectContaining({ kind: 'IncompatibleSettings' }));
  });
});

describe('the spectral root', () => {
  test('is symmetric and its square is the matrix', () => {
    fc.assert(
      fc.property(correlations, ({ n, matrix }) => {
        const root = spectralRoot(matrix, n);
        for (let i = 0; i < n; i += 1) for (let j = 0; j < i; j += 1) expect(root[i * n + j]).toBe(root[j * n + i]);
        expect(largestDifference(timesTransposed(root, root, n), matrix)).toBeLessThan(1e-14 * n);
      }),
    );
  });

  test('clips negative eigenvalues', () => {
    // [[1, 2], [2, 1]] has the eigenvalues 3 and -1; without the latter it is 3/2 [[1, 1], [1, 1]].
    const root = spectralRoot(Float64Array.of(1, 2, 2, 1), 2);
    const square = timesTransposed(root, root, 2);
    for (const value of square) expect(value).toBeCloseTo(1.5, 14);
  });

  test('does not change the matrix it is given', () => {
    const matrix = Float64Array.of(1, 0.6, 0.6, 1);
    spectralRoot(matrix, 2);
    choleskyRoot(matrix, 2);
    expect(Array.from(matrix)).toEqual([1, 0.6, 0.6, 1]);
  });
});
