import { ARRAY_KINDS } from '../array-kind.js';
import type { CommArray } from '../communicator.js';
import { CommError, collectiveFailed, invalidBufferSize } from '../errors.js';
import { ALLREDUCE, BROADCAST, GATHER_BUFFER, OPERATIONS, operationOf } from '../signature.js';
import type { NativeComm, NativeMpi } from './load-native.js';

/** The operation of a rank that closes the communicator: one beyond those of a program. */
const CLOSE = OPERATIONS.length;

/** One cache line, and small enough for every library's eager path. */
export const LINE_BYTES = 64;
const SIGNATURE_WORD = 0;
const EXTENT_OFFSET_BYTES = 8;
const PAYLOAD_OFFSET_BYTES = 16;
const PAYLOAD_BYTES = LINE_BYTES - PAYLOAD_OFFSET_BYTES;
const LINE_WORDS = LINE_BYTES / Int32Array.BYTES_PER_ELEMENT;
const LINE_DOUBLES = LINE_BYTES / Float64Array.BYTES_PER_ELEMENT;

/** The payloads of the lines as elements of one kind. All numbers are in elements. */
interface PayloadView {
  readonly elements: CommArray;
  /** Most elements that a line carries. */
  readonly length: number;
  /** Index of the first element that this rank sends. */
  readonly own: number;
  /** Index of the first element received from rank 0. */
  readonly first: number;
  /** From one rank's payload to the next one's. */
  readonly stride: number;
}

/**
 * How every collective begins: each rank sends all others a line that says what it is calling and on how many
 * elements, with the data itself where it fits (an allgather of `LINE_BYTES`). All ranks see the same lines, so all of
 * them notice when they do not call the same thing, in the same round, and stay in step; MPI itself leaves that
 * undefined. It is also the only place where a rank waits for others that may never come.
 */
export class LineExchange {
  readonly #native: NativeMpi;
  readonly #comm: NativeComm;
  readonly #timeoutMs: number;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #payloads: (PayloadView | undefined)[] = new Array(ARRAY_KINDS.length).fill(undefined);
  /** Why no collective is possible any more. */
  #broken: { readonly why: string; readonly rank: number | null } | null = null;
  #lost = false;

  constructor(native: NativeMpi, comm: NativeComm, timeoutMs: number) {
    this.#native = native;
    this.#comm = comm;
    this.#timeoutMs = timeoutMs;
    this.#words = new Int32Array(comm.lines);
    this.#doubles = new Float64Array(comm.lines);
  }

  get broken(): boolean {
    return this.#broken !== null;
  }

  /** True when the library still has a collective under way, or has failed in one. */
  get lost(): boolean {
    return this.#lost;
  }

  payload(kind: number): PayloadView {
    const existing = this.#payloads[kind];
    if (existing !== undefined) return existing;
    const ctor = ARRAY_KINDS[kind];
    const width = ctor.BYTES_PER_ELEMENT;
    const { lines } = this.#comm;
    const created: PayloadView = {
      elements: new ctor(lines, 0, lines.byteLength / width),
      length: PAYLOAD_BYTES / width,
      own: PAYLOAD_OFFSET_BYTES / width,
      first: (LINE_BYTES + PAYLOAD_OFFSET_BYTES) / width,
      stride: LINE_BYTES / width,
    };
    this.#payloads[kind] = created;
    return created;
  }

  /**
   * Tells the others what this rank is calling, waits for them, and checks that they call the same.
   * @throws CommError on every rank alike when they do not
   */
  exchange(operation: number, signature: number, extent: number): void {
    if (this.#broken !== null) throw this.#brokenError(operation);
    this.#writeLine(signature, extent);
    const code = this.#native.exchangeLines(this.#comm.handle, this.#timeoutMs / 1000);
    if (code !== 0) this.#failWaiting(operation, code);
    const { size } = this.#comm;
    const words = this.#words;
    const doubles = this.#doubles;
    const extentAt = EXTENT_OFFSET_BYTES / Float64Array.BYTES_PER_ELEMENT;
    for (let line = 1; line <= size; line++) {
      if (words[line * LINE_WORDS] !== signature || doubles[line * LINE_DOUBLES + extentAt] !== extent) {
        this.#refuseMismatch(operation, signature, extent);
      }
    }
  }

  /** Begins to tell the others that this rank closes. `false` where there is nobody left to tell. */
  postClose(): boolean {
    if (this.#broken !== null) return false;
    this.#writeLine(CLOSE, 0);
    if (this.#native.postLines(this.#comm.handle) === 0) return true;
    this.#lose('the library failed while closing');
    return false;
  }

  /**
   * Waits for what the others do, without limit, as MPI_Finalize does. Returns whether all of them close; if not, they
   * know now that this rank has left.
   */
  awaitClose(): boolean {
    if (this.#native.waitLines(this.#comm.handle, Number.POSITIVE_INFINITY) !== 0) {
      this.#lose('the library failed while closing');
      return false;
    }
    for (let line = 1; line <= this.#comm.size; line++) {
      if (this.#words[line * LINE_WORDS + SIGNATURE_WORD] !== CLOSE) return false;
    }
    return true;
  }

  /** Passes a result of the native module through; an error of the library ends the communicator. */
  check(operation: number, code: number): void {
    if (code === 0) return;
    const name = OPERATIONS[operation];
    const why = this.#native.errorString(code);
    this.#lose(why);
    throw new CommError(`${name} failed: ${why}`, {
      commKind: 'CollectiveFailed',
      operation: name,
      mpiErrorCode: code,
      failedRank: null,
    });
  }

  #writeLine(signature: number, extent: number): void {
    this.#words[SIGNATURE_WORD] = signature;
    this.#doubles[EXTENT_OFFSET_BYTES / Float64Array.BYTES_PER_ELEMENT] = extent;
  }

  #lose(why: string): void {
    this.#lost = true;
    this.#broken = { why, rank: null };
  }

  #failWaiting(operation: number, code: number): never {
    if (code !== this.#native.TIMED_OUT) this.check(operation, code);
    const why = `not all ranks came within ${this.#timeoutMs} ms`;
    this.#lose(why);
    throw collectiveFailed(OPERATIONS[operation], why);
  }

  #brokenError(operation: number): CommError {
    const { why, rank } = this.#broken!;
    return collectiveFailed(OPERATIONS[operation], `the communicator is broken since ${why}`, rank);
  }

  #refuseMismatch(operation: number, signature: number, extent: number): never {
    const name = OPERATIONS[operation];
    const { rank, size } = this.#comm;
    const lines = Array.from({ length: size }, (_, r) => ({
      theirs: this.#words[(r + 1) * LINE_WORDS + SIGNATURE_WORD],
      length: this.#doubles[(r + 1) * LINE_DOUBLES + EXTENT_OFFSET_BYTES / Float64Array.BYTES_PER_ELEMENT],
    }));
    // A rank that has left is the reason whatever else differs: no later call can succeed.
    const left = lines.findIndex(({ theirs }) => theirs === CLOSE);
    if (left >= 0) {
      this.#broken = { why: `rank ${left} closed it`, rank: left };
      throw collectiveFailed(name, `rank ${left} has closed the communicator`, left);
    }
    for (const [r, { theirs, length }] of lines.entries()) {
      if (operationOf(theirs) !== name) {
        throw collectiveFailed(name, `rank ${r} called ${operationOf(theirs)} where rank ${rank} did not`, r);
      }
      if (theirs !== signature) {
        throw collectiveFailed(name, `rank ${r} passed another kind of array, operator or root`, r);
      }
      if (length !== extent) {
        if (operation === ALLREDUCE || operation === BROADCAST) {
          throw invalidBufferSize(name, `length of the buffer on rank ${r}`, extent, length);
        }
        if (operation === GATHER_BUFFER) throw collectiveFailed(name, `rank ${r} gathers another buffer`, r);
        throw collectiveFailed(name, `rank ${r} passed other sizes than rank ${rank}`, r);
      }
    }
    throw collectiveFailed(name, 'the ranks do not agree on the call');
  }
}
