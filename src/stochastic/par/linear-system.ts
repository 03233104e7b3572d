/**
 * x with A x = b, by elimination with partial pivoting (Golub and Van Loan, Matrix Computations, 4th ed., 3.4). For
 * the small systems of a fit: `matrix` is n by n, row-major; both arguments are left as they are.
 * @returns `null` when a pivot is 0 up to rounding: the matrix is singular.
 */
export function solveLinearSystem(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  const a = matrix.slice();
  const x = right.slice();
  for (let k = 0; k < n; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < n; i += 1) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    if (!(Math.abs(a[pivot * n + k]) >= Number.EPSILON)) return null;
    if (pivot !== k) swapRows(a, x, n, k, pivot);
    for (let i = k + 1; i < n; i += 1) {
      const factor = a[i * n + k] / a[k * n + k];
      for (let j = k + 1; j < n; j += 1) a[i * n + j] -= factor * a[k * n + j];
      x[i] -= factor * x[k];
    }
  }
  for (let k = n - 1; k >= 0; k -= 1) {
    for (let j = k + 1; j < n; j += 1) x[k] -= a[k * n + j] * x[j];
    x[k] /= a[k * n + k];
  }
  return x;
}

function swapRows(a: Float64Array, x: Float64Array, n: number, first: number, second: number): void {
  for (let j = 0; j < n; j += 1) {
    const kept = a[first * n + j];
    a[first * n + j] = a[second * n + j];
    a[second * n + j] = kept;
  }
  const kept = x[first];
  x[first] = x[second];
  x[second] = kept;
}
