/** 2^-40 of the logarithm of a norm is far below what a warning needs. */
const SQUARINGS = 40;

/**
 * Spectral radius of a periodic autoregression over one cycle: below 1, and only then, a shock dies away (Brockwell and
 * Davis; for the periodic case Hipel and McLeod, 1994, section 14.3). It is that of the product of the seasons'
 * companion matrices, found as the limit of |P^n|^(1/n) by repeated squaring.
 * @param psi coefficients of each season, in the order of the cycle, lag 1 first; all in one unit.
 */
export function cycleSpectralRadius(psi: readonly ArrayLike<number>[]): number {
  const n = psi.reduce((most, own) => Math.max(most, own.length), 0);
  if (n === 0) return 0;
  // Rows of the product: newest first.
  let product = identity(n);
  for (const own of psi) product = companionTimes(own, product, n);
  let radius = 1;
  for (let k = 0; k < SQUARINGS; k += 1) {
    const norm = maxNorm(product);
    if (norm === 0 || !Number.isFinite(norm)) return norm;
    radius *= rootOfPowerOfTwo(norm, k);
    for (let i = 0; i < product.length; i += 1) product[i] /= norm;
    product = multiply(product, product, n);
  }
  return radius;
}

/** The 2^k-th root. */
function rootOfPowerOfTwo(x: number, k: number): number {
  let root = x;
  for (let i = 0; i < k; i += 1) root = Math.sqrt(root);
  return root;
}

/** Companion matrix of one season times `state`: a new first row, the others move down. */
function companionTimes(psi: ArrayLike<number>, state: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let j = 0; j < n; j += 1) {
    for (let l = 0; l < psi.length; l += 1) result[j] += psi[l] * state[l * n + j];
  }
  result.set(state.subarray(0, (n - 1) * n), n);
  return result;
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < n; k += 1) {
      const factor = a[i * n + k];
      for (let j = 0; j < n; j += 1) result[i * n + j] += factor * b[k * n + j];
    }
  }
  return result;
}

function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) result[i * n + i] = 1;
  return result;
}

function maxNorm(matrix: Float64Array): number {
  return matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
