/** What only a process can do, or have done to it; `act` picks one. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';

const forever = () => {
  for (;;);
};

const acts = {
  waits(_comm, _args, context) {
    context.post(process.pid);
    forever();
  },
  /** Like a rank that waits, but it does not end when it is asked to. */
  ignoresTermination(_comm, _args, context) {
    process.on('SIGTERM', () => {});
    context.post(process.pid);
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  /** Like a rank that waits, but it has a last word. */
  obeysTermination(_comm, { file }, context) {
    process.on('SIGTERM', () => writeFileSync(file, 'SIGTERM'));
    context.post(process.pid);
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  signals(comm, { culprit, signal, byDefault = false }, context) {
    if (byDefault) process.removeAllListeners(signal);
    context.post(process.pid);
    if (comm.rank === culprit) process.kill(process.pid, signal);
    // A stopped process goes on here only if somebody lets it.
    comm.barrier();
    forever();
  },
  /** Collectives without end. */
  talks(comm, _args, context) {
    context.post(process.pid);
    const sum = new Float64Array(1);
    for (;;) {
      comm.barrier();
      comm.allreduce(new Float64Array([comm.rank]), sum, 'sum');
    }
  },
  /** The same, until it is asked to stop. */
  talksUntilStopped(comm, _args, context) {
    context.post(process.pid);
    const stop = new Float64Array(1);
    do {
      comm.barrier();
      comm.allreduce(Float64Array.of(context.stopRequested ? 1 : 0), stop, 'max');
    } while (stop[0] === 0);
    return 'stopped';
  },
  /** Rank 0 holds its pipes by a child of its own; the others never look up. */
  leavesChildAndWaits(comm, _args, context) {
    const holder = ['-e', 'setTimeout(() => {}, 30000)'];
    const child = comm.rank === 0 ? spawn(process.execPath, holder, { stdio: 'inherit', detached: true }).pid : null;
    context.post({ pid: process.pid, child });
    forever();
  },
  returnsRegion(comm) {
    const region = comm.createSharedRegion(Float64Array, 3);
    if (comm.isLeader) region.data.set([0, 1, 2]);
    region.fence();
    return region.data;
  },
  stopsOnTheWayOut(comm) {
    process.on('exit', () => process.kill(process.pid, 'SIGSTOP'));
    return comm.rank;
  },
  neverSettles: () => new Promise(() => {}),
  leavesWorkBehind(comm) {
    setInterval(() => {}, 1000);
    createServer().listen(0, '127.0.0.1');
    return comm.rank;
  },
  /** A child of its own that holds the rank's pipes. */
  leavesChildBehind(comm, _args, context) {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)'], { stdio: 'inherit', detached: true });
    context.post(child.pid);
    return comm.rank;
  },
  garbles(comm) {
    if (comm.rank === 1) writeSync(3, Buffer.from('ffffffffffffffff'));
    else forever();
  },
  garblesPayload(comm) {
    const frame = Buffer.alloc(12, 0xee);
    frame.writeBigUInt64LE(4n);
    if (comm.rank === 1) writeSync(3, frame);
    forever();
  },
  place: (comm) => ({
    rank: comm.rank,
    size: comm.size,
    pid: process.pid,
    main: process.argv[1],
    cobre: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('COBRE_'))),
    environ: readFileSync('/proc/self/environ', 'latin1'),
  }),
  prints(comm) {
    process.stdout.write(`out ${comm.rank} `);
    console.error(`err ${comm.rank}`);
    console.log('täglich\nsecond line');
    process.stdout.write('no end of line');
  },
  largeResult: (comm, { length }) => new Float64Array(length).fill(comm.rank),
  kinds: (_comm, { value }) => value,
  touches(_comm, { file }, context) {
    writeFileSync(file, 'left');
    context.post(process.pid);
    forever();
  },
};

export default function processes(comm, { act, ...args }, context) {
  return acts[act](comm, args, context);
}
