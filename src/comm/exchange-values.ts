import type { Communicator } from './communicator.js';
import { packError, unpackError } from './error-transfer.js';
import { decodePayload, encodePayload } from './process/frame.js';

/** What rank 0 came to. */
type Word = { readonly value: unknown } | { readonly error: ReturnType<typeof packError> };

/** Errors that every rank has been told of. */
const shared = new WeakSet<object>();

/** Whether an error was thrown by `onRankZero`: all ranks have it then, and none is left waiting. */
export function isKnownToAll(error: unknown): boolean {
  return typeof error === 'object' && error !== null && shared.has(error);
}

/** Gives every rank a clone of `root`'s value, which can be anything that can be cloned. Collective. */
export function broadcastValue<T>(comm: Communicator, value: T, root: number): T {
  const own = comm.rank === root ? encodePayload(value) : null;
  const length = Float64Array.of(own?.length ?? 0);
  comm.broadcast(length, root);
  const bytes = own ?? Buffer.allocUnsafeSlow(length[0]);
  comm.broadcast(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), root);
  return own === null ? (decodePayload(bytes) as T) : value;
}

/** Everybody's value on every rank, in rank order. Collective. */
export function gatherValues<T>(comm: Communicator, value: T): T[] {
  const own = encodePayload(value);
  const { size } = comm;
  const one = new Array<number>(size).fill(1);
  const lengths = new Float64Array(size);
  comm.allgatherv(Float64Array.of(own.length), lengths, one, [...one.keys()]);
  const counts = [...lengths];
  const displs = startsOf(counts);
  const all = new Uint8Array(displs[size - 1] + counts[size - 1]);
  comm.allgatherv(new Uint8Array(own.buffer, own.byteOffset, own.length), all, counts, displs);
  return counts.map((count, rank) => decodePayload(Buffer.from(all.buffer, displs[rank], count)) as T);
}

/** Where each part begins when they lie one after the other. */
function startsOf(lengths: readonly number[]): number[] {
  let at = 0;
  return lengths.map((length) => {
    const start = at;
    at += length;
    return start;
  });
}

/**
 * Does something on rank 0 alone; every rank gets what came of it, a clone of the value or the error. Collective.
 * @throws what `work` threw, on every rank
 */
export async function onRankZero<T>(comm: Communicator, work: () => T | Promise<T>): Promise<T> {
  let word: Word = { value: undefined };
  let thrown: unknown;
  if (comm.rank === 0) {
    try {
      word = { value: await work() };
    } catch (error) {
      thrown = error;
      word = { error: packError(error) };
    }
  }
  const heard = broadcastValue(comm, word, 0);
  if (!('error' in heard)) return heard.value as T;
  const error = comm.rank === 0 ? thrown : unpackError(heard.error);
  if (typeof error === 'object' && error !== null) shared.add(error);
  throw error;
}
