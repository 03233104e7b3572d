/** One small SPMD program for each promise of a gather buffer; `check` picks one. Results go back to the test. */
import { attempt, bytesOf, isUsable, KINDS, randomSource, sleep } from './conformance.mjs';

const f = (n) => new Float64Array(n);
const of = (kind, value) => (kind.startsWith('Big') ? BigInt(value) : value);

/** What rank r's part of a gather holds: something that no other round, rank or buffer has there. Fits every kind. */
const mark = (buffer, round, rank) => (buffer * 43 + round * 7 + rank) % 128;

function isMarked(view, { counts, displs }, kind, buffer, round) {
  return counts.every((count, r) => {
    const value = of(kind, mark(buffer, round, r));
    return view.subarray(displs[r], displs[r] + count).every((element) => element === value);
  });
}

const checks = {
  /** A few gathers of given values: what the buffer says of itself, and the bytes of each view. */
  gathers(comm, { kind, counts, rounds }) {
    const ctor = KINDS[kind];
    const buffer = comm.allocate(ctor, Int32Array.from(counts));
    const { shared, displs } = buffer;
    const zero = [];
    const sends = [];
    const views = rounds.map((values, i) => {
      const { send } = buffer;
      if (i < 2) zero.push(send.every((element) => element === of(kind, 0)));
      sends.push(send);
      send.set(values[comm.rank]);
      const view = buffer.allgatherv();
      if (!(view instanceof ctor)) throw new Error(`got a ${view.constructor.name}`);
      return bytesOf(view);
    });
    const lengths = sends.map(({ length }) => length);
    const fresh = sends.every((send, i) => i === 0 || send !== sends[i - 1]);
    buffer.release();
    buffer.release();
    return { shared, counts: [...buffer.counts], displs: [...displs], zero, lengths, fresh, views };
  },

  /**
   * Gathers in a row. Each rank writes its next data at once; the one that is late holds its view meanwhile. Counts
   * views that were wrong at the return of their gather, and those that had changed until the call of the next.
   */
  heldViews(comm, { counts, rounds, seed }) {
    const random = randomSource(seed);
    const buffer = comm.allocate(Float64Array, counts);
    let wrong = 0;
    let changed = 0;
    let view = null;
    for (let round = 0; round <= rounds; round++) {
      buffer.send.fill(mark(0, round, comm.rank));
      const late = Math.floor(random() * comm.size);
      const pause = 1.5 * random() ** 3;
      if (comm.rank === late) sleep(pause);
      if (view !== null && !isMarked(view, buffer, 'Float64Array', 0, round - 1)) changed++;
      view = buffer.allgatherv();
      if (!isMarked(view, buffer, 'Float64Array', 0, round)) wrong++;
    }
    buffer.release();
    return { wrong, changed };
  },

  /** Several buffers in any order, other collectives in between; every view is looked at before its next gather. */
  interleaved(comm, { steps, seed }) {
    const random = randomSource(seed);
    const { rank, size } = comm;
    const buffers = Object.keys(KINDS).map((kind, number) => {
      const counts = Array.from({ length: size }, (_, r) => ((r + number) % 3 === 0 ? 0 : 30 * number + r));
      return { kind, number, buffer: comm.allocate(KINDS[kind], counts), view: null, round: 0 };
    });
    const wrong = [];
    for (let step = 0; step < steps; step++) {
      const one = buffers[Math.floor(random() * buffers.length)];
      if (random() < 0.1) sleep(rank === Math.floor(random() * size) ? 1 : 0);
      else random();
      if (random() < 0.2 && !isUsable(comm)) wrong.push('allreduce');
      const { kind, number, buffer } = one;
      buffer.send.fill(of(kind, mark(number, one.round + 1, rank)));
      if (one.view !== null && !isMarked(one.view, buffer, kind, number, one.round)) wrong.push(`held ${kind}`);
      one.round++;
      one.view = buffer.allgatherv();
      if (!isMarked(one.view, buffer, kind, number, one.round)) wrong.push(kind);
    }
    for (const { kind, number, buffer, view, round } of buffers) {
      if (view !== null && !isMarked(view, buffer, kind, number, round)) wrong.push(`kept ${kind}`);
    }
    return wrong;
  },

  /** Views and parts of a buffer are arrays like any other to the other collectives. */
  asArguments(comm, { count }) {
    const { rank, size } = comm;
    const counts = new Array(size).fill(count);
    const buffer = comm.allocate(Float64Array, counts);
    const { displs } = buffer;
    const wrong = [];
    for (let round = 0; round < 6; round++) {
      buffer.send.fill(mark(0, round, rank));
      const view = buffer.allgatherv();
      const recv = f(count * size);
      comm.allgatherv(view.subarray(displs[rank], displs[rank] + count), recv, counts, displs);
      if (!isMarked(recv, buffer, 'Float64Array', 0, round)) wrong.push(`allgatherv ${round}`);
      const root = round % size;
      const buf = rank === root ? view : f(count * size);
      comm.broadcast(buf, root);
      if (!isMarked(buf, buffer, 'Float64Array', 0, round)) wrong.push(`broadcast ${round}`);
      const max = f(count * size);
      comm.allreduce(view, max, 'max');
      if (!isMarked(max, buffer, 'Float64Array', 0, round)) wrong.push(`allreduce ${round}`);
      if (!isMarked(view, buffer, 'Float64Array', 0, round)) wrong.push(`view ${round}`);
    }
    return wrong;
  },

  /** Whether what one rank writes into the memory of a view is there for the others, and whose memory that is. */
  memory(comm) {
    const { rank, size } = comm;
    const buffer = comm.allocate(Int32Array, new Array(size).fill(2));
    const region = comm.createSharedRegion(Int32Array, 1);
    const before = buffer.send;
    const view = buffer.allgatherv();
    comm.barrier();
    if (rank === size - 1) view[0] = 77;
    comm.barrier();
    return {
      shared: buffer.shared,
      seen: view[0] === 77,
      // A longer memory has another buffer object, of the same bytes.
      sameBuffer: view.buffer === before.buffer && view.buffer === region.data.buffer,
      sharedArrayBuffer: view.buffer instanceof SharedArrayBuffer,
      inPlace: view.byteOffset + 8 * rank === before.byteOffset && before.byteLength === 8,
      released: [buffer.release(), region.release()].length,
    };
  },

  /** One rank gives a buffer back and asks for the next while the others still read; it must lie where the last did. */
  earlyRelease(comm, { rounds, count }) {
    const { rank, size } = comm;
    const counts = new Array(size).fill(count);
    const places = new Set();
    const wrong = [];
    for (let round = 0; round < rounds; round++) {
      const buffer = comm.allocate(Float64Array, counts);
      places.add(buffer.send.byteOffset);
      for (let gather = 0; gather < 2; gather++) {
        if (!buffer.send.every((value) => value === 0)) wrong.push(`not zero ${round}`);
        buffer.send.fill(mark(gather, round, rank));
        const view = buffer.allgatherv();
        if (rank !== round % size) sleep(0.5);
        if (!isMarked(view, buffer, 'Float64Array', gather, round)) wrong.push(`view ${round}`);
      }
      buffer.release();
    }
    return { wrong, places: places.size };
  },

  /** All ranks but one have released a buffer when they ask for another. */
  unreleased(comm, { count }) {
    const { rank, size } = comm;
    const odd = rank === size - 1;
    const counts = new Array(size).fill(count);
    const buffer = comm.allocate(Float64Array, counts);
    buffer.send.fill(mark(0, 1, rank));
    const view = buffer.allgatherv();
    if (!odd) buffer.release();
    const error = attempt(() => comm.allocate(Float64Array, counts));
    const intact = !odd || isMarked(view, buffer, 'Float64Array', 0, 1);
    buffer.release();
    const again = comm.allocate(Float64Array, counts);
    again.send.fill(mark(0, 2, rank));
    return { error, intact, usable: isMarked(again.allgatherv(), again, 'Float64Array', 0, 2) && isUsable(comm) };
  },

  /** Only one rank makes the bad call; the others know nothing of it. */
  badCalls(comm, { caller }) {
    const { rank, size } = comm;
    const twos = new Array(size).fill(2);
    const displs = twos.map((_, r) => 2 * r);
    const buffer = comm.allocate(Float64Array, twos);
    const kept = comm.allocate(Float64Array, twos);
    const { send } = buffer;
    const view = buffer.allgatherv();
    const region = comm.createSharedRegion(Float64Array, 2);
    buffer.release();
    region.release();
    const calls = {
      negative: () => comm.allocate(Float64Array, [...twos.slice(1), -1]),
      fractional: () => comm.allocate(Float64Array, [...twos.slice(1), 0.5]),
      notANumber: () => comm.allocate(Float64Array, [...twos.slice(1), Number.NaN]),
      tooMany: () => comm.allocate(Float64Array, [...twos, 2]),
      tooFew: () => comm.allocate(Float64Array, twos.slice(1)),
      noKind: () => comm.allocate(Array, twos),
      send: () => buffer.send,
      gather: () => buffer.allgatherv(),
    };
    const stale = {
      gatherSend: () => comm.allgatherv(send, f(2 * size), twos, displs),
      gatherRecv: () => comm.allgatherv(f(2), view, twos, displs),
      reduceSend: () => comm.allreduce(send, f(2), 'sum'),
      reduceRecv: () => comm.allreduce(f(2), region.data, 'sum'),
      broadcast: () => comm.broadcast(region.data, caller),
      part: () => comm.broadcast(view.subarray(2 * size - 1), caller),
    };
    const errors = {};
    if (rank === caller) {
      for (const [name, call] of Object.entries(calls)) errors[name] = attempt(call);
      if (buffer.shared) for (const [name, call] of Object.entries(stale)) errors[name] = attempt(call);
    }
    kept.send.fill(mark(0, 0, rank));
    const usable = isMarked(kept.allgatherv(), kept, 'Float64Array', 0, 0) && isUsable(comm);
    // What is not handed out at the moment is not stale for good: the next to have it may use it.
    const again = comm.allocate(Float64Array, twos);
    comm.broadcast(again.send, caller);
    return { errors, usable, empty: attempt(() => comm.broadcast(send.subarray(0, 0), caller)) };
  },

  closed(comm) {
    const buffer = comm.allocate(Int32Array, new Array(comm.size).fill(1));
    buffer.allgatherv();
    comm.barrier();
    comm.close();
    const errors = [
      attempt(() => buffer.send),
      attempt(() => buffer.allgatherv()),
      attempt(() => comm.allocate(Int32Array, new Array(comm.size).fill(1))),
    ];
    buffer.release();
    return errors;
  },

  /** More than there is. Buffers of before and after are as good as ever. */
  exhaustion(comm, { each }) {
    const { rank, size } = comm;
    const before = comm.allocate(Float64Array, new Array(size).fill(3));
    before.send.fill(mark(0, 1, rank));
    const view = before.allgatherv();
    const error = attempt(() => comm.allocate(Float64Array, new Array(size).fill(each)));
    const after = comm.allocate(Int8Array, new Array(size).fill(5));
    after.send.fill(mark(1, 2, rank));
    const right = isMarked(after.allgatherv(), after, 'Int8Array', 1, 2);
    return { error, usable: right && isMarked(view, before, 'Float64Array', 0, 1) && isUsable(comm) };
  },

  /** The last rank does something else than the others. Buffers and views are as they were afterwards. */
  mismatch(comm, { names }) {
    const { rank, size } = comm;
    const odd = rank === size - 1;
    const twos = new Array(size).fill(2);
    const a = comm.allocate(Float64Array, twos);
    const b = comm.allocate(Float64Array, twos);
    a.send.fill(mark(0, 1, rank));
    const view = a.allgatherv();
    a.send.fill(mark(0, 2, rank));
    const calls = {
      buffer: () => (odd ? b : a).allgatherv(),
      operation: () => (odd ? comm.barrier() : a.allgatherv()),
      plain: () => (odd ? comm.allgatherv(f(2), f(2 * size), twos, a.displs) : a.allgatherv()),
      counts: () => comm.allocate(Float64Array, odd ? [...twos.slice(0, -2), 1, 3] : twos),
      kind: () => comm.allocate(odd ? BigInt64Array : Float64Array, twos),
      region: () => (odd ? comm.createSharedRegion(Float64Array, 4 * size) : comm.allocate(Float64Array, twos)),
    };
    const errors = names.map((name) => attempt(calls[name]));
    const held = isMarked(view, a, 'Float64Array', 0, 1);
    const after = attempt(() => isUsable(comm));
    if (after !== null) return { errors, held, usable: false };
    const next = isMarked(a.allgatherv(), a, 'Float64Array', 0, 2);
    b.send.fill(mark(1, 1, rank));
    return { errors, held, usable: next && isMarked(b.allgatherv(), b, 'Float64Array', 1, 1) };
  },
};

/** Does each of a list of checks, so that a test starts its ranks once. */
export default function gatherBuffers(comm, list) {
  return list.map(({ check, ...args }) => checks[check](comm, args));
}
