/** One small SPMD program for each promise of a communicator; `check` picks one. Results go back to the test. */
import { readFileSync, writeFileSync } from 'node:fs';

export const KINDS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
};

export const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();

export function attempt(action) {
  try {
    action();
    return null;
  } catch (error) {
    return { name: error.name, kind: error.kind, commKind: error.commKind, message: error.message, ...error.details };
  }
}

/** A collective whose result each rank can verify by itself. */
export function isUsable(comm) {
  const sum = new Float64Array(1);
  comm.allreduce(new Float64Array([comm.rank + 1]), sum, 'sum');
  return sum[0] === (comm.size * (comm.size + 1)) / 2;
}

export function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** The same sequence on every rank (mulberry32). */
export function randomSource(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Memory of this process at its highest since `startPeak` [bytes]. */
function peakBytes() {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) * 1024;
}

/** Forgets the peak so far. Returns the memory in use, or null where the system does not tell. */
function startPeak() {
  try {
    // See proc(5): 5 sets the peak to what is resident now.
    writeFileSync('/proc/self/clear_refs', '5');
    return peakBytes();
  } catch {
    return null;
  }
}

/** Calls in which the last rank does not do what the others do. */
function mismatches(comm) {
  const f = (n) => new Float64Array(n);
  const odd = comm.rank === comm.size - 1;
  return {
    operation: () => (odd ? comm.barrier() : comm.allreduce(f(1), f(1), 'sum')),
    operator: () => comm.allreduce(f(1), f(1), odd ? 'min' : 'max'),
    root: () => comm.broadcast(f(1), odd ? comm.size - 1 : 0),
    length: () => comm.broadcast(f(odd ? 2 : 1), 0),
    kind: () => comm.broadcast(odd ? new Float32Array(1) : f(1), 0),
    region: () => comm.createSharedRegion(Int32Array, odd ? 1000 : 1),
    // The same number of bytes, or of the pages and lines that memory is handed out in.
    regionKind: () => comm.createSharedRegion(odd ? Float32Array : Int32Array, 10),
    regionLength: () => comm.createSharedRegion(Int32Array, odd ? 11 : 10),
  };
}

/** Where ranks share no memory: nobody may leave a barrier before the last has come to it, by the host's one clock. */
function barriersByClock(comm, count, lateEvery) {
  const { size } = comm;
  const came = new Float64Array(count);
  const left = new Float64Array(count);
  const now = () => Number(process.hrtime.bigint());
  for (let i = 0; i < count; i++) {
    if (i % lateEvery === 0 && (i / lateEvery) % size === comm.rank) sleep(0.1);
    came[i] = now();
    comm.barrier();
    left[i] = now();
  }
  const lastCame = new Float64Array(count);
  const firstLeft = new Float64Array(count);
  comm.allreduce(came, lastCame, 'max');
  comm.allreduce(left, firstLeft, 'min');
  return size === 1 ? 0 : firstLeft.filter((time, i) => time < lastCame[i]).length;
}

const checks = {
  identity: (comm) => ({ rank: comm.rank, size: comm.size, isLeader: comm.isLeader }),

  gather(comm, { kind, counts, displs, length, sends, sentinel }) {
    const ctor = KINDS[kind];
    const send = ctor.from(sends[comm.rank]);
    const recv = new ctor(length).fill(sentinel);
    comm.allgatherv(send, recv, counts, displs);
    return bytesOf(recv);
  },

  /** @param shift How far from its place `send` lies, in elements; it stays within `recv`. */
  gatherInPlace(comm, { count, shift }) {
    const length = count * comm.size;
    const all = new Int32Array(length).fill(-1);
    const at = (comm.rank * count + shift) % (length - count + 1);
    const own = all.subarray(at, at + count);
    for (let i = 0; i < count; i++) own[i] = comm.rank * count + i;
    const counts = new Int32Array(comm.size).fill(count);
    comm.allgatherv(
      own,
      all,
      counts,
      counts.map((_, r) => r * count),
    );
    return all.every((value, i) => value === i);
  },

  reduce(comm, { kind, op, sends, inPlace }) {
    const ctor = KINDS[kind];
    const send = ctor.from(sends[comm.rank]);
    const recv = inPlace ? send : new ctor(send.length);
    comm.allreduce(send, recv, op);
    return bytesOf(recv);
  },

  broadcast(comm, { kind, values }) {
    const ctor = KINDS[kind];
    const results = [];
    for (let root = 0; root < comm.size; root++) {
      const buf = comm.rank === root ? ctor.from(values[root]) : new ctor(values[root].length);
      comm.broadcast(buf, root);
      results.push(bytesOf(buf));
    }
    return results;
  },

  barriers(comm, { count, lateEvery }) {
    const arrivals = comm.createSharedRegion(Int32Array, comm.size);
    if (!arrivals.shared) return barriersByClock(comm, count, lateEvery);
    let early = 0;
    for (let i = 1; i <= count; i++) {
      Atomics.store(arrivals.data, comm.rank, i);
      comm.barrier();
      // Everybody has arrived at i; somebody may already be on the way to i + 1, nobody further.
      for (let r = 0; r < comm.size; r++) {
        const arrived = Atomics.load(arrivals.data, r);
        if (arrived !== i && arrived !== i + 1) early++;
      }
    }
    return early;
  },

  delays(comm, { rounds, seed, inlineLength, slotLength }) {
    const random = randomSource(seed);
    const sum = (n) => (n * (n - 1)) / 2;
    let wrong = 0;
    for (let round = 0; round < rounds; round++) {
      const late = Math.floor(random() * comm.size);
      const operation = Math.floor(random() * 4);
      const length = random() < 0.5 ? inlineLength : slotLength;
      const pause = random() < 0.2 ? 2 * random() : 0;
      if (comm.rank === late && pause > 0) sleep(pause);
      if (operation === 0) {
        comm.barrier();
      } else if (operation === 1) {
        const buf = new Float64Array(length).fill(comm.rank === late ? round : -1);
        comm.broadcast(buf, late);
        if (!buf.every((value) => value === round)) wrong++;
      } else if (operation === 2) {
        const recv = new Float64Array(length);
        comm.allreduce(new Float64Array(length).fill(comm.rank * round), recv, 'sum');
        if (!recv.every((value) => value === sum(comm.size) * round)) wrong++;
      } else {
        const counts = new Array(comm.size).fill(length);
        const recv = new Int32Array(length * comm.size);
        comm.allgatherv(
          new Int32Array(length).fill(round + comm.rank),
          recv,
          counts,
          counts.map((n, r) => n * r),
        );
        if (!recv.every((value, i) => value === round + Math.floor(i / length))) wrong++;
      }
    }
    return wrong;
  },

  regions(comm, { length }) {
    const region = comm.createSharedRegion(Float64Array, length);
    const zero = region.data.every((value) => value === 0);
    region.fence();
    for (let i = comm.rank; i < length; i += comm.size) region.data[i] = i + 1;
    region.fence();
    const complete = region.data.every((value, i) => value === i + 1);
    region.fence();
    region.release();
    region.release();
    const again = comm.createSharedRegion(Float64Array, length);
    const zeroAgain = again.data.every((value) => value === 0);
    again.fence();
    again.release();
    return { shared: region.shared, length: region.data.length, zero, complete, zeroAgain };
  },

  regionKinds(comm) {
    const wrong = [];
    for (const [name, ctor] of Object.entries(KINDS)) {
      const region = comm.createSharedRegion(ctor, 5);
      const one = name.startsWith('Big') ? 1n : 1;
      if (comm.rank === comm.size - 1 || !region.shared) region.data.fill(one);
      region.fence();
      if (!(region.data instanceof ctor) || region.data.length !== 5 || !region.data.every((v) => v === one)) {
        wrong.push(name);
      }
    }
    const empty = comm.createSharedRegion(Float64Array, 0);
    if (empty.data.length !== 0) wrong.push('empty');
    return wrong;
  },

  tickets(comm, { tickets }) {
    const counter = comm.createSharedRegion(Int32Array, 1);
    const taken = comm.createSharedRegion(Int32Array, tickets);
    let mine = 0;
    for (;;) {
      const ticket = Atomics.add(counter.data, 0, 1);
      if (ticket >= tickets) break;
      Atomics.add(taken.data, ticket, 1);
      mine++;
    }
    counter.fence();
    return { mine, onceEach: taken.data.every((count) => count === 1) };
  },

  recycling(comm, { rounds, bytes }) {
    for (let i = 0; i < rounds; i++) {
      const region = comm.createSharedRegion(Uint8Array, bytes);
      const split = comm.splitLocal();
      split.barrier();
      region.data[comm.rank] = 1;
      region.release();
      split.close();
    }
    return isUsable(comm);
  },

  exhaustion(comm, { elements }) {
    const before = comm.createSharedRegion(Int32Array, 4);
    const error = attempt(() => comm.createSharedRegion(Float64Array, elements));
    const after = comm.createSharedRegion(Int32Array, 4);
    if (comm.isLeader) after.data[0] = 7;
    after.fence();
    return { error, seen: after.data[0], untouched: before.data[0], usable: isUsable(comm) };
  },

  /** Data that lies in shared regions: on all ranks, on some, on the receiving side, and in place. */
  regionTransfers(comm, { length }) {
    const { rank, size } = comm;
    const wrong = [];
    const counts = new Array(size).fill(length);
    const displs = counts.map((n, r) => n * r);
    const expected = (round) => (value, i) => value === round * 1000 + Math.floor(i / length);
    const regions = Array.from({ length: size }, () => comm.createSharedRegion(Float64Array, length));
    const all = comm.createSharedRegion(Float64Array, length * size);
    const mine = regions[rank].data;
    const own = new Float64Array(length);
    const recv = new Float64Array(length * size);
    for (let round = 0; round < 20; round++) {
      // All ranks send from a region and change it as soon as the call returns.
      mine.fill(round * 1000 + rank);
      comm.allgatherv(mine, recv, counts, displs);
      mine.fill(-1);
      if (!recv.every(expected(round))) wrong.push(`all ${round}`);
      // Every other rank does.
      const send = rank % 2 === round % 2 ? mine : own;
      send.fill(round * 1000 + rank);
      comm.allgatherv(send, recv, counts, displs);
      send.fill(-1);
      if (!recv.every(expected(round))) wrong.push(`mixed ${round}`);
      const buf = rank === round % size ? mine.fill(round) : own;
      comm.broadcast(buf, round % size);
      if (!buf.every((value) => value === round)) wrong.push(`broadcast ${round}`);
      mine.fill(-1);
    }
    if (regions[rank].shared) {
      all.data.subarray(rank * length, (rank + 1) * length).fill(7000 + rank);
      comm.allgatherv(all.data.subarray(rank * length, (rank + 1) * length), all.data, counts, displs);
      if (!all.data.every(expected(7))) wrong.push('in place');
      comm.barrier();
    }
    return wrong;
  },

  split(comm) {
    const local = comm.splitLocal();
    const other = comm.splitLocal();
    const one = new Float64Array([local.rank]);
    const max = new Float64Array(1);
    local.allreduce(one, max, 'max');
    comm.barrier();
    other.broadcast(one, other.size - 1);
    local.close();
    const closed = attempt(() => local.barrier());
    other.barrier();
    return { rank: local.rank, size: local.size, max: max[0], root: one[0], closed, usable: isUsable(comm) };
  },

  large(comm, { elements }) {
    const { rank, size } = comm;
    // Uneven parts; more than two ranks share what two would have, for the machine to hold it all.
    const whole = elements * (size === 2 ? 2 : 1);
    const parts = (size * (size + 1)) / 2;
    const displs = Array.from({ length: size }, (_, r) => Math.floor((whole * ((r * (r + 1)) / 2)) / parts));
    const counts = displs.map((displ, r) => (displs[r + 1] ?? whole) - displ);
    const fill = (array, first) => {
      for (let i = 0; i < array.length; i++) array[i] = first + i;
    };
    const send = new Float64Array(Math.max(elements, counts[rank]));
    fill(send, displs[rank]);
    // Memory counts once it is written to.
    const recv = new Float64Array(whole).fill(-1);
    const extra = [];
    const measured = (collective) => {
      comm.barrier();
      const before = startPeak();
      comm.barrier();
      collective();
      comm.barrier();
      extra.push(before === null ? null : peakBytes() - before);
    };
    measured(() => comm.allgatherv(send.subarray(0, counts[rank]), recv, counts, displs));
    const gathered = recv.every((value, i) => value === i);
    fill(send, rank);
    const own = send.subarray(0, elements);
    measured(() => comm.allreduce(own, recv.subarray(0, elements), 'sum'));
    const sum = (size * (size - 1)) / 2;
    const reduced = recv.subarray(0, elements).every((value, i) => value === sum + size * i);
    measured(() => comm.broadcast(own, size - 1));
    const sent = own.every((value, i) => value === size - 1 + i);
    return { gathered, reduced, sent, extra: extra.includes(null) ? null : Math.max(...extra) };
  },

  oversize(comm) {
    const error = attempt(() => comm.createSharedRegion(Float64Array, 2 ** 45));
    return { error, usable: isUsable(comm) };
  },

  neverComes(comm, { operation, culprit, absentMs }) {
    const { rank, size } = comm;
    const f = (n) => new Float64Array(n);
    const region = comm.createSharedRegion(Int32Array, 1);
    const ones = new Array(size).fill(1);
    const calls = {
      barrier: () => comm.barrier(),
      allreduce: () => comm.allreduce(f(4), f(4), 'sum'),
      allgatherv: () =>
        comm.allgatherv(
          f(1),
          f(size),
          ones,
          ones.map((_, r) => r),
        ),
      broadcast: () => comm.broadcast(f(4), culprit),
      fence: () => region.fence(),
    };
    comm.barrier();
    if (rank === culprit) {
      sleep(absentMs);
      return null;
    }
    const start = performance.now();
    return { error: attempt(calls[operation]), ms: performance.now() - start };
  },

  /** Only one rank makes the bad call; the others know nothing of it. */
  badCalls(comm, { caller }) {
    const { size } = comm;
    const f = (n) => new Float64Array(n);
    const twos = new Array(size).fill(2);
    const spread = twos.map((_, r) => 2 * r);
    const calls = {
      sendTooShort: () => comm.allgatherv(f(1), f(2 * size), twos, spread),
      recvTooShort: () => comm.allgatherv(f(2), f(2 * size - 1), twos, spread),
      countsTooShort: () => comm.allgatherv(f(2), f(2 * size), twos.slice(1), spread),
      displsTooLong: () => comm.allgatherv(f(2), f(2 * size), twos, [...spread, 0]),
      negativeCount: () =>
        comm.allgatherv(
          f(2),
          f(2 * size),
          twos.map(() => -1),
          spread,
        ),
      fractionalDispl: () =>
        comm.allgatherv(
          f(2),
          f(2 * size),
          twos,
          spread.map(() => 0.5),
        ),
      reduceLengths: () => comm.allreduce(f(2), f(3), 'sum'),
      reduceKinds: () => comm.allreduce(f(2), new Float32Array(2), 'sum'),
      reduceOperator: () => comm.allreduce(f(2), f(2), 'product'),
      rootTooLarge: () => comm.broadcast(f(1), size),
      rootNegative: () => comm.broadcast(f(1), -1),
      rootFractional: () => comm.broadcast(f(1), 0.5),
      notAnArray: () => comm.broadcast([1, 2], 0),
      regionNegative: () => comm.createSharedRegion(Float64Array, -1),
    };
    if (size > 1)
      calls.overlap = () =>
        comm.allgatherv(
          f(2),
          f(2 * size),
          twos,
          spread.map((d) => Math.max(0, d - 1)),
        );
    const errors = {};
    if (comm.rank === caller) for (const [name, call] of Object.entries(calls)) errors[name] = attempt(call);
    return { errors, usable: isUsable(comm) };
  },

  closed(comm) {
    const region = comm.createSharedRegion(Int32Array, 1);
    comm.barrier();
    comm.close();
    comm.close();
    const f = new Float64Array(1);
    return [
      attempt(() => comm.barrier()),
      attempt(() => comm.allreduce(f, f, 'sum')),
      attempt(() => comm.broadcast(f, 0)),
      attempt(() => comm.allgatherv(f, f, [1], [0])),
      attempt(() => comm.createSharedRegion(Int32Array, 1)),
      attempt(() => comm.splitLocal()),
      attempt(() => region.fence()),
    ];
  },

  /** Ranks that do not call the same thing. */
  mismatch(comm) {
    const errors = {};
    for (const [name, call] of Object.entries(mismatches(comm))) errors[name] = attempt(call);
    return { errors, usable: isUsable(comm) };
  },

  /** One mismatch, and a collective after it. */
  oneMismatch(comm, { name }) {
    return { error: attempt(mismatches(comm)[name]), after: attempt(() => isUsable(comm)) };
  },
};

/** Does each of a list of checks, so that a test starts its ranks once. */
export default function conformance(comm, list) {
  return list.map(({ check, ...args }) => checks[check](comm, args));
}
