import { createHash, type Hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { PolicyData } from '../sddp/outcome.js';

function updateWithFloats(hash: Hash, values: Float64Array): void {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (endianness() === 'LE') hash.update(bytes);
  else hash.update(Buffer.from(bytes).swap64());
}

/**
 * SHA-256 (hex) over the cuts of a policy: two policies have the same digest exactly when their cuts have the same
 * bits. For each stage 0..T-1 in order, all little-endian:
 *
 * 1. number of cuts, uint32
 * 2. intercepts in slot order, float64 each [$]
 * 3. gradients in slot order, one float64 a state variable [$/hm3]
 *
 * 4. where cuts were taken out of the stage's problem: one byte a slot, 1 for those that are in it
 * 5. where a cut bounds the cost of a single opening: the openings in slot order, int32 each, -1 for all
 *
 * A stage without cuts contributes its four zero bytes.
 */
export function policyDigest(policy: PolicyData): string {
  const hash = createHash('sha256');
  const count = Buffer.alloc(4);
  for (const cuts of policy.cuts) {
    count.writeUInt32LE(cuts.count);
    hash.update(count);
    updateWithFloats(hash, cuts.intercept.subarray(0, cuts.count));
    updateWithFloats(hash, cuts.gradient.subarray(0, cuts.count * policy.stateDimension));
    if (cuts.active?.includes(0)) hash.update(cuts.active);
    for (const opening of cuts.opening ?? []) {
      count.writeInt32LE(opening);
      hash.update(count);
    }
  }
  return hash.digest('hex');
}
