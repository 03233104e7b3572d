/** Ways for a rank to fail, and what a run does beside collectives; `act` picks one. */
import { CommError } from '#cobre/comm/errors';
import { CobreError, SolverError, ValidationError } from '#cobre/errors';
import { attempt } from './conformance.mjs';

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms) => Atomics.wait(cell, 0, 0, ms);
const forever = () => {
  for (;;);
};

const errors = {
  plain: () => Object.assign(new TypeError('not a number'), { code: 'E_PLAIN' }),
  cobre: () =>
    new CobreError('OutOfRange', 'too much', {
      file: 'a.json',
      field: 'b[0].c',
      value: 7,
      suggestion: 'use less',
      context: { stage: 3 },
      cause: new RangeError('deep down'),
    }),
  validation: () =>
    new ValidationError([
      new CobreError('MissingFile', 'no such file', { file: 'x.json' }),
      new CobreError('ParseError', 'bad'),
    ]),
  solver: () =>
    new SolverError(
      'stuck',
      { stage: 2, iteration: 1, scenario: null, opening: 4, status: 'Infeasible' },
      'check the bounds',
    ),
  comm: () => new CommError('odd root', { commKind: 'InvalidRoot', root: 9, size: 2 }),
  string: () => 'just words',
};

const acts = {
  throwWhileOthersWait(comm, { culprit, error, pause }) {
    if (comm.rank === culprit) {
      if (pause) sleep(pause);
      throw errors[error]();
    }
    comm.barrier();
  },
  /** A rank gives up waiting for another in a gather. */
  lateGather(comm, { pause }) {
    const buffer = comm.allocate(Int32Array, [1, 1]);
    buffer.send[0] = 10 + comm.rank;
    const view = buffer.allgatherv();
    if (comm.rank === 1) sleep(pause);
    const failure = attempt(() => buffer.allgatherv());
    return { failure, send: attempt(() => buffer.send), again: attempt(() => buffer.allgatherv()), view: [...view] };
  },
  async rejectLater(comm, { culprit }) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (comm.rank === culprit) throw new Error('later');
    comm.barrier();
  },
  uncaught(comm, { culprit }) {
    if (comm.rank !== culprit) return comm.barrier();
    setTimeout(() => {
      throw new Error('nobody listens');
    }, 10);
    return new Promise(() => {});
  },
  uncloneable(comm, { culprit }) {
    if (comm.rank === culprit) return () => 'a function';
    comm.barrier();
    return null;
  },
  exit(comm, { culprit, code }) {
    if (comm.rank === culprit) {
      sleep(50);
      process.exit(code);
    }
    comm.barrier();
  },
  waitAfterPost(comm, _args, context) {
    context.post('here');
    if (comm.rank === 1) forever();
    comm.barrier();
  },
  outOfMemory(comm, { culprit }) {
    if (comm.rank !== culprit) return comm.barrier();
    const hoard = [];
    const pause = new Int32Array(new SharedArrayBuffer(4));
    // Slowly: a thread that outruns the request to end it takes the whole process with it.
    for (;;) {
      for (let n = 0; n < 10; n++) hoard.push(new Array(1000).fill(hoard.length));
      Atomics.wait(pause, 0, 0, 1);
    }
  },
  deafToOthers(comm, { culprit }) {
    if (comm.rank === culprit) throw new Error('the others do not listen');
    forever();
  },
  neverComes(comm, { culprit, how }) {
    if (comm.rank === culprit) {
      if (how === 'spins') forever();
      sleep(1_500);
    }
    comm.barrier();
  },
  leavesEarly(comm, { culprit }) {
    if (comm.rank === culprit) return 'done';
    comm.barrier();
    return 'never';
  },
  survives(comm, { culprit }) {
    if (comm.rank === culprit) return 'left';
    try {
      comm.barrier();
    } catch (error) {
      return error.details;
    }
    return 'never';
  },
  /** Rank 0 leaves; rank 1 goes on calling, while rank 2 is still busy with the last result that all were there for. */
  callsAgain(comm) {
    const counts = [1, 1, 1];
    const slowly = new Proxy([0, 1, 2], {
      get(displs, index) {
        if (index === '0') sleep(200);
        return displs[index];
      },
    });
    const recv = new Float64Array(3);
    comm.allgatherv(Float64Array.of(comm.rank), recv, counts, comm.rank === 2 ? slowly : [0, 1, 2]);
    const failures = [];
    for (let call = 0; comm.rank === 1 && call < 2; call++) {
      try {
        comm.allgatherv(Float64Array.of(-1), new Float64Array(3), counts, [0, 1, 2]);
      } catch (error) {
        failures.push(error.details);
      }
    }
    return { gathered: [...recv], failures };
  },
  tellsWhy(comm, { culprit, pause }, context) {
    if (comm.rank === culprit) {
      sleep(pause);
      throw new Error('the cause');
    }
    try {
      comm.barrier();
    } catch (error) {
      context.post({ commKind: error.commKind, ...error.details });
      throw error;
    }
  },
  twoFail(comm) {
    if (comm.rank === 1) throw new Error('first');
    comm.barrier();
  },
  echo: (comm, { value }) => ({ rank: comm.rank, value }),
  posts(comm, { count }, context) {
    for (let i = 0; i < count; i++) {
      context.post(i);
      if (i % 10 === 0) comm.barrier();
    }
    return count;
  },
  floods(_comm, { count }, context) {
    for (let i = 0; i < count; i++) context.post(i);
  },
  postWhileBusy(comm, { answers }, context) {
    context.post('are you there?');
    // The caller answers through shared memory. This thread's own event loop never turns.
    while (Atomics.load(answers, comm.rank) === 0);
    return Atomics.load(answers, comm.rank);
  },
  untilStopped(comm, _args, context) {
    const stop = new Int32Array(1);
    let iterations = 0;
    do {
      if (iterations++ === 0) context.post('running');
      stop[0] = context.stopRequested ? 1 : 0;
      comm.broadcast(stop, 0);
    } while (stop[0] === 0);
    return iterations;
  },
  async prints(comm) {
    for (let i = 0; i < 200; i++) console.log(`rank ${comm.rank} line ${i}`);
  },
};

export default function faults(comm, { act, ...args }, context) {
  return acts[act](comm, args, context);
}
