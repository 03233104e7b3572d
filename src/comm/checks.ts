import { CobreError } from '../errors.js';
import { kindOf, kindOfConstructor } from './array-kind.js';
import type { CommArray, CommArrayConstructor, Counts, ReduceOp } from './communicator.js';
import { invalidBufferSize, invalidRoot } from './errors.js';

/** Both buffers must hold the same kind of element. Returns that kind. */
function sameKind(operation: string, send: CommArray, recv: CommArray): number {
  const kind = kindOf(send);
  const other = kindOf(recv);
  if (kind !== other) {
    throw new CobreError('TypeMismatch', `${operation}: send and recv are typed arrays of different kinds`, {
      field: 'recv',
      value: recv[Symbol.toStringTag],
      suggestion: `make recv a ${send[Symbol.toStringTag]}`,
    });
  }
  return kind;
}

/** Checks the arguments of an allgatherv on this rank alone. Returns the kind of the elements. */
export function checkAllgatherv(
  send: CommArray,
  recv: CommArray,
  counts: Counts,
  displs: Counts,
  rank: number,
  size: number,
): number {
  const kind = sameKind('allgatherv', send, recv);
  if (counts.length !== size) throw invalidBufferSize('allgatherv', 'length of counts', size, counts.length);
  if (displs.length !== size) throw invalidBufferSize('allgatherv', 'length of displs', size, displs.length);
  let end = 0;
  let ascending = true;
  for (let r = 0; r < size; r++) {
    const count = counts[r];
    const displ = displs[r];
    // A negative or fractional entry can never be met, whatever the buffers are.
    if (!Number.isSafeInteger(count) || count < 0) {
      throw invalidBufferSize('allgatherv', `counts[${r}] must be a whole number, zero or more`, 0, count);
    }
    if (!Number.isSafeInteger(displ) || displ < 0) {
      throw invalidBufferSize('allgatherv', `displs[${r}] must be a whole number, zero or more`, 0, displ);
    }
    if (displ + count > recv.length) {
      throw invalidBufferSize('allgatherv', `recv is too short for rank ${r}'s elements`, displ + count, recv.length);
    }
    if (count > 0) {
      if (displ < end) ascending = false;
      end = displ + count;
    }
  }
  if (!ascending) refuseOverlap(counts, displs, size);
  if (send.length !== counts[rank]) {
    throw invalidBufferSize('allgatherv', `length of send, which is counts[${rank}]`, counts[rank], send.length);
  }
  return kind;
}

/** Regions out of order are allowed; regions that share an element are not. */
function refuseOverlap(counts: Counts, displs: Counts, size: number): void {
  const order = Array.from({ length: size }, (_, r) => r)
    .filter((r) => counts[r] > 0)
    .sort((a, b) => displs[a] - displs[b]);
  for (let i = 1; i < order.length; i++) {
    const before = order[i - 1];
    const end = displs[before] + counts[before];
    if (displs[order[i]] < end) {
      throw invalidBufferSize(
        'allgatherv',
        `regions of ranks ${before} and ${order[i]} overlap: displs[${order[i]}] at least`,
        end,
        displs[order[i]],
      );
    }
  }
}

/** Checks the arguments of an allreduce on this rank alone. Returns the kind of the elements. */
export function checkAllreduce(send: CommArray, recv: CommArray, op: ReduceOp): number {
  const kind = sameKind('allreduce', send, recv);
  if (send.length !== recv.length) throw invalidBufferSize('allreduce', 'length of recv', send.length, recv.length);
  if (op !== 'sum' && op !== 'min' && op !== 'max') {
    throw new CobreError('InvalidArgument', `allreduce: unknown operator ${String(op)}`, {
      field: 'op',
      value: op,
      suggestion: "use 'sum', 'min' or 'max'",
    });
  }
  return kind;
}

/** Checks the arguments of a broadcast on this rank alone. Returns the kind of the elements. */
export function checkBroadcast(buf: CommArray, root: number, size: number): number {
  if (!Number.isInteger(root) || root < 0 || root >= size) throw invalidRoot(root, size);
  return kindOf(buf);
}

/** Checks the arguments of an allocation of a shared region on this rank alone. Returns the kind of the elements. */
export function checkRegion(ctor: CommArrayConstructor<CommArray>, count: number): number {
  const kind = kindOfConstructor(ctor);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw invalidBufferSize('createSharedRegion', 'count must be a whole number, zero or more', 0, count);
  }
  return kind;
}

/** Checks the arguments of an allocation of a gather buffer on this rank alone. Returns the kind of the elements. */
export function checkAllocate(ctor: CommArrayConstructor<CommArray>, counts: Counts, size: number): number {
  const kind = kindOfConstructor(ctor);
  if (counts.length !== size) throw invalidBufferSize('allocate', 'length of counts', size, counts.length);
  for (let r = 0; r < size; r++) {
    const count = counts[r];
    if (!Number.isSafeInteger(count) || count < 0) {
      throw invalidBufferSize('allocate', `counts[${r}] must be a whole number, zero or more`, 0, count);
    }
  }
  return kind;
}
