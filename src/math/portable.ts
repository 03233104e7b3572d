/**
 * Logarithm and exponential in additions, multiplications and divisions alone. IEEE 754 fixes the result of each of these
 * to the bit; `Math.log`, `Math.exp` and `**` are left to the engine: their last bit may change between versions and
 * processors.
 */

/** ln 2 in two parts: the first has 21 trailing zero bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** 1 / (2k + 1), k = 11..0: the series of artanh up to s^23, beyond double precision for |s| <= 0.1716. */
const ARTANH_SERIES = Float64Array.from({ length: 12 }, (_, i) => 1 / (2 * (11 - i) + 1));
/** Terms of the series of exp, beyond double precision for |r| <= ln 2 / 2. */
const EXP_TERMS = 14;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const HIGH_WORD = LITTLE_ENDIAN ? 1 : 0;
const EXPONENT_BIAS = 1023;
const LEAST_EXPONENT = -1022;

/** Natural logarithm of a positive normal number, the same bits everywhere. Error below 2 ulp. */
export function portableLog(x: number): number {
  double[0] = x;
  const high = words[HIGH_WORD];
  let exponent = (high >>> 20) - EXPONENT_BIAS;
  words[HIGH_WORD] = (high & 0x000fffff) | (EXPONENT_BIAS << 20);
  let mantissa = double[0];
  if (mantissa * Math.SQRT1_2 > 1) {
    mantissa *= 0.5;
    exponent += 1;
  }
  // ln m = 2 artanh(s), s = (m - 1) / (m + 1), with m in [sqrt(1/2), sqrt(2)].
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let i = 0; i < ARTANH_SERIES.length; i += 1) series = series * square + ARTANH_SERIES[i];
  return exponent * LN2_HIGH + (2 * s * series + exponent * LN2_LOW);
}

/** e to the power of x, the same bits everywhere. Error below 2 ulp; 0 where it is below the least normal number. */
export function portableExp(x: number): number {
  const exponent = Math.round(x / Math.LN2);
  if (exponent < LEAST_EXPONENT) return 0;
  if (exponent > EXPONENT_BIAS) return Number.POSITIVE_INFINITY;
  const rest = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  let series = 1;
  for (let k = EXP_TERMS; k > 0; k -= 1) series = 1 + (series * rest) / k;
  double[0] = 0;
  words[HIGH_WORD] = (exponent + EXPONENT_BIAS) << 20;
  return series * double[0];
}
