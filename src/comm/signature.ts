import type { Counts, ReduceOp } from './communicator.js';

/** What a rank is calling, packed into one word, so that the others can tell whether they call the same. */
export const OPERATIONS = [
  'barrier',
  'allgatherv',
  'allreduce',
  'broadcast',
  'createSharedRegion',
  'splitLocal',
  'fence',
  'allocate',
  'GatherBuffer.allgatherv',
] as const;
type Operation = (typeof OPERATIONS)[number];

export const BARRIER = 0;
export const ALLGATHERV = 1;
export const ALLREDUCE = 2;
export const BROADCAST = 3;
export const CREATE_SHARED_REGION = 4;
export const SPLIT_LOCAL = 5;
export const FENCE = 6;
export const ALLOCATE = 7;
export const GATHER_BUFFER = 8;

const OPERATION_BITS = 4;
const KIND_BITS = 4;
const OPERATION_MASK = (1 << OPERATION_BITS) - 1;

/** `detail` is the operator of a reduction or the root of a broadcast. */
export function packSignature(operation: number, kind: number, detail: number): number {
  return operation | (kind << OPERATION_BITS) | (detail << (OPERATION_BITS + KIND_BITS));
}

export function operationOf(signature: number): Operation {
  return OPERATIONS[signature & OPERATION_MASK];
}

export function operatorCode(op: ReduceOp): number {
  return op === 'sum' ? 0 : op === 'min' ? 1 : 2;
}

const FNV_OFFSET_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** Digest of the counts of an allgatherv (FNV-1a over whole numbers): every rank must pass the same. */
export function digestCounts(counts: Counts): number {
  let digest = FNV_OFFSET_BASIS;
  for (let r = 0; r < counts.length; r++) digest = Math.imul(digest ^ counts[r], FNV_PRIME);
  return digest;
}
