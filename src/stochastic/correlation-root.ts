import { CobreError } from '../errors.js';

/** Pivots this close to 0 count as 0: correlations are written with few digits, and perfect correlation is allowed. */
const PIVOT_TOLERANCE = 1e-10;
/**
 * Pivots this far below 0, times the number of rows, count as 0 as well: rounding in each earlier row is divided by a
 * pivot that may be as small as the tolerance above, which leaves up to 2^-52 / 1e-10 = 2e-6 of it.
 */
const NEGATIVE_PIVOT_TOLERANCE = 2e-6;
/** Off-diagonal norm, relative to the matrix, at which the Jacobi rotations have converged. */
const JACOBI_TOLERANCE = 1e-15;
const JACOBI_MAX_SWEEPS = 64;

/**
 * Lower triangular L with L L^T = `matrix` (row-major n by n, symmetric, positive semidefinite).
 * @throws CobreError `IncompatibleSettings` when the matrix has a negative eigenvalue.
 */
export function choleskyRoot(matrix: Float64Array, n: number): Float64Array {
  const root = new Float64Array(n * n);
  for (let j = 0; j < n; j += 1) {
    let pivot = matrix[j * n + j];
    for (let k = 0; k < j; k += 1) pivot -= root[j * n + k] * root[j * n + k];
    if (!(pivot >= -NEGATIVE_PIVOT_TOLERANCE * n)) throw notPositiveSemidefinite(pivot);
    const zero = pivot <= PIVOT_TOLERANCE;
    const diagonal = zero ? 0 : Math.sqrt(pivot);
    root[j * n + j] = diagonal;
    for (let i = j + 1; i < n; i += 1) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k += 1) rest -= root[i * n + k] * root[j * n + k];
      // Below a zero pivot a semidefinite matrix has nothing left, up to the root of the pivot's tolerance.
      if (zero && Math.abs(rest) > Math.sqrt(PIVOT_TOLERANCE)) throw notPositiveSemidefinite(-Math.abs(rest));
      root[i * n + j] = zero ? 0 : rest / diagonal;
    }
  }
  return root;
}

function notPositiveSemidefinite(value: number): CobreError {
  return new CobreError('IncompatibleSettings', 'a correlation matrix has no Cholesky factor: not positive definite', {
    file: 'scenarios/correlation.json',
    field: 'method',
    value: 'cholesky',
    suggestion: "Correct the matrix, or use method 'spectral', which takes the nearest matrix that has a root.",
    context: { pivot: value },
  });
}

/**
 * Symmetric R with R R = `matrix` (row-major n by n, symmetric), its negative eigenvalues taken as 0. Cyclic Jacobi
 * rotations (Golub and Van Loan, Matrix Computations, 4th ed., section 8.5): a fixed order, hence fixed bits.
 */
export function spectralRoot(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) vectors[i * n + i] = 1;
  diagonalise(a, vectors, n);
  const root = new Float64Array(n * n);
  for (let k = 0; k < n; k += 1) {
    const scale = Math.sqrt(Math.max(0, a[k * n + k]));
    if (scale === 0) continue;
    for (let i = 0; i < n; i += 1) {
      const left = vectors[i * n + k] * scale;
      for (let j = 0; j <= i; j += 1) root[i * n + j] += left * vectors[j * n + k];
    }
  }
  for (let i = 0; i < n; i += 1) for (let j = 0; j < i; j += 1) root[j * n + i] = root[i * n + j];
  return root;
}

/** Rotates `a` to diagonal form in place and accumulates the eigenvectors as columns of `vectors`. */
function diagonalise(a: Float64Array, vectors: Float64Array, n: number): void {
  let norm = 0;
  for (let i = 0; i < n * n; i += 1) norm += a[i] * a[i];
  for (let sweep = 0; sweep < JACOBI_MAX_SWEEPS; sweep += 1) {
    let offDiagonal = 0;
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) offDiagonal += a[p * n + q] * a[p * n + q];
    if (Math.sqrt(2 * offDiagonal) <= JACOBI_TOLERANCE * Math.sqrt(norm)) return;
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) rotate(a, vectors, n, p, q);
  }
}

/** One Jacobi rotation, which makes `a[p][q]` zero. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const tau = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k += 1) {
    const kp = a[k * n + p];
    const kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
    const vp = vectors[k * n + p];
    const vq = vectors[k * n + q];
    vectors[k * n + p] = c * vp - s * vq;
    vectors[k * n + q] = s * vp + c * vq;
  }
  for (let k = 0; k < n; k += 1) {
    const pk = a[p * n + k];
    const qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}
