/** A rank of its own under `mpiexec` that ends in some other way than together with the others. */
import { initMpi } from '#cobre/comm/mpi/init-mpi';

const [act, culprit] = [process.argv[2], Number(process.argv[3])];
const comm = await initMpi({ timeoutMs: act === 'neverComes' ? 1_000 : 60_000 });
const isCulprit = comm.rank === culprit;
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const acts = {
  uncaught() {
    if (isCulprit) throw new Error('the cause');
    comm.barrier();
  },
  rejects() {
    if (isCulprit) return Promise.reject(new Error('the cause'));
    return comm.barrier();
  },
  closesOnTheWayOut() {
    try {
      if (isCulprit) throw new Error('the cause');
      comm.barrier();
    } finally {
      comm.close();
    }
  },
  closesWhileOthersWaitInSplit() {
    const local = comm.splitLocal();
    try {
      if (isCulprit) throw new Error('the cause');
      local.barrier();
    } finally {
      comm.close();
    }
  },
  killed() {
    if (isCulprit) process.kill(process.pid, 'SIGKILL');
    comm.barrier();
  },
  neverComes() {
    if (isCulprit) sleep(600_000);
    comm.barrier();
  },
  leavesEarly() {
    if (isCulprit) process.exit(0);
    const failures = [() => comm.barrier(), () => comm.broadcast(new Float64Array(1), 0)].map((call) => {
      try {
        call();
        return null;
      } catch (error) {
        return error.details;
      }
    });
    console.log(JSON.stringify(failures));
  },
  forgetsToClose() {
    comm.barrier();
    if (comm.rank === 0) console.log('passed');
  },
  /** `(module (memory 1) (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))` */
  async traps() {
    const bytes = Uint8Array.of(
      ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1],
      ...[7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11],
    );
    const { instance } = await WebAssembly.instantiate(bytes);
    try {
      instance.exports.f(0x7fffff00);
    } catch (error) {
      console.log(`${error.name}: ${error.message}`);
    }
  },
  describes() {
    comm.barrier();
    const { libraryName, standardVersion } = comm;
    if (comm.rank === 0) console.log(JSON.stringify({ libraryName, standardVersion }));
  },
};

await acts[act]();
if (act === 'describes') comm.close();
