import { portableLog } from '../math/portable.js';

/** Quantiles of the standard normal distribution in operations that IEEE 754 fixes to the bit alone; see `portableLog`. */

/** Where the central rational approximation ends, |p - 1/2|, and where the far tail begins, sqrt(-ln p). */
const CENTRAL_LIMIT = 0.425;
const CENTRAL_CONSTANT = 0.180625;
const TAIL_LIMIT = 5;
const TAIL_CONSTANT = 1.6;

// The published coefficients, ascending, each as the nearest double.
const CENTRAL_NUMERATOR = Float64Array.of(
  3.3871328727963665,
  133.14166789178438,
  1971.5909503065513,
  13731.69376550946,
  45921.95393154987,
  67265.7709270087,
  33430.57558358813,
  2509.0809287301227,
);
const CENTRAL_DENOMINATOR = Float64Array.of(
  1,
  42.31333070160091,
  687.1870074920579,
  5394.196021424751,
  21213.794301586597,
  39307.89580009271,
  28729.085735721943,
  5226.495278852854,
);
const TAIL_NUMERATOR = Float64Array.of(
  1.4234371107496835,
  4.630337846156546,
  5.769497221460691,
  3.6478483247632045,
  1.2704582524523684,
  0.2417807251774506,
  0.022723844989269184,
  0.0007745450142783414,
);
const TAIL_DENOMINATOR = Float64Array.of(
  1,
  2.053191626637759,
  1.6763848301838038,
  0.6897673349851,
  0.14810397642748008,
  0.015198666563616457,
  0.0005475938084995345,
  1.0507500716444169e-9,
);
const FAR_TAIL_NUMERATOR = Float64Array.of(
  6.657904643501103,
  5.463784911164114,
  1.7848265399172913,
  0.29656057182850487,
  0.026532189526576124,
  0.0012426609473880784,
  0.000027115555687434876,
  2.0103343992922881e-7,
);
const FAR_TAIL_DENOMINATOR = Float64Array.of(
  1,
  0.599832206555888,
  0.1369298809227358,
  0.014875361290850615,
  0.0007868691311456133,
  0.000018463183175100548,
  1.421511758316446e-7,
  2.0442631033899397e-15,
);

function polynomial(coefficients: Float64Array, x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i -= 1) sum = sum * x + coefficients[i];
  return sum;
}

/**
 * x with P(N(0, 1) <= x) = p, for p in (0, 1); relative accuracy about 1e-16. Infinite at 0 and 1, NaN outside.
 * Algorithm AS 241, routine PPND16: M. J. Wichura, Applied Statistics 37 (1988) 477-484.
 */
export function inverseNormalCdf(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= CENTRAL_LIMIT) {
    const r = CENTRAL_CONSTANT - q * q;
    return (q * polynomial(CENTRAL_NUMERATOR, r)) / polynomial(CENTRAL_DENOMINATOR, r);
  }
  const tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail === 0 ? (q < 0 ? -Infinity : Infinity) : Number.NaN;
  const r = Math.sqrt(-portableLog(tail));
  const x =
    r <= TAIL_LIMIT
      ? polynomial(TAIL_NUMERATOR, r - TAIL_CONSTANT) / polynomial(TAIL_DENOMINATOR, r - TAIL_CONSTANT)
      : polynomial(FAR_TAIL_NUMERATOR, r - TAIL_LIMIT) / polynomial(FAR_TAIL_DENOMINATOR, r - TAIL_LIMIT);
  return q < 0 ? -x : x;
}
