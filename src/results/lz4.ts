/*
 * LZ4 block format (Y. Collet, "LZ4 Block Format Description"): sequences of a token, literals, and a copy of at least
 * four bytes from at most 65,535 bytes back. The last sequence has literals only.
 */

const LEAST_MATCH = 4;
/** The last match begins this far before the end at the latest, and the last bytes are literals. */
const MATCH_LIMIT = 12;
const LAST_LITERALS = 5;
const FURTHEST = 65_535;
const HASH_BITS = 14;
/** Knuth's multiplicative hash: 2^32 over the golden ratio. */
const HASH_FACTOR = 2_654_435_761;
/** A length's first part fits into four bits; what is beyond follows in bytes. */
const SHORT = 15;
const BYTE = 255;

/** Compresses bytes greedily to one LZ4 block: the longest match with the last place that began with the same four bytes. */
export function compressLz4(input: Uint8Array): Uint8Array {
  const size = input.length;
  // A page without values: readers expect it to stay empty.
  if (size === 0) return input;
  // Incompressible bytes grow by one in 255, and the token and its lengths.
  const out = new Uint8Array(size + Math.ceil(size / BYTE) + 16);
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  let written = 0;
  let anchor = 0;

  const writeLength = (rest: number) => {
    let left = rest;
    for (; left >= BYTE; left -= BYTE) out[written++] = BYTE;
    out[written++] = left;
  };
  const writeSequence = (literalEnd: number, distance: number, match: number) => {
    const literals = literalEnd - anchor;
    const extra = match - LEAST_MATCH;
    out[written++] = (Math.min(literals, SHORT) << 4) | (match === 0 ? 0 : Math.min(extra, SHORT));
    if (literals >= SHORT) writeLength(literals - SHORT);
    out.set(input.subarray(anchor, literalEnd), written);
    written += literals;
    if (match === 0) return;
    out[written++] = distance & BYTE;
    out[written++] = distance >> 8;
    if (extra >= SHORT) writeLength(extra - SHORT);
  };
  const four = (i: number) => input[i] | (input[i + 1] << 8) | (input[i + 2] << 16) | (input[i + 3] << 24);

  for (let at = 0; at <= size - MATCH_LIMIT - 1; ) {
    const word = four(at);
    const slot = Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
    const candidate = table[slot];
    table[slot] = at;
    if (candidate < 0 || at - candidate > FURTHEST || four(candidate) !== word) {
      at++;
      continue;
    }
    let match = LEAST_MATCH;
    while (at + match < size - LAST_LITERALS && input[candidate + match] === input[at + match]) match++;
    writeSequence(at, at - candidate, match);
    at += match;
    anchor = at;
  }
  writeSequence(size, 0, 0);
  return out.subarray(0, written);
}
