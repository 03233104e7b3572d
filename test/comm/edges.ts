import { isBig, type Kind, type Value } from './model.js';

/** Values at the edges of every kind. Each rank starts at another one, so all pairs meet. */
const FLOAT_EDGES = [0, -0, 1.5, -2.25, 1e300, -1e300, 3e38, 1e-45, 0.1, Infinity, -Infinity, NaN, 2 ** 53, -7];
const INTEGER_EDGES = [
  0n,
  1n,
  -1n,
  127n,
  128n,
  255n,
  32767n,
  65535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** Rank's values of a kind; numbers for the kinds that take numbers. */
export function edgesOf(kind: Kind, rank: number, count: number): Value[] {
  const floats = kind.startsWith('Float');
  return Array.from({ length: count }, (_, i) => {
    if (floats) return FLOAT_EDGES[(i * (rank + 1) + rank * rank) % FLOAT_EDGES.length];
    const value = INTEGER_EDGES[(i * (rank + 1) + rank * rank) % INTEGER_EDGES.length];
    if (isBig(kind)) return value;
    return Number(BigInt.asIntN(32, value));
  });
}
