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
  trapsInWasm() {
    // (module (memory 1) (func (export "f") (result i32) (i32.load (i32.const 0x7ffffff0))))
    const bytes = '0061736d010000000105016000017f030201000503010001070501016600000a0d010b0041f0ffffff072802000b';
    const module = new WebAssembly.Module(Buffer.from(bytes, 'hex'));
    try {
      new WebAssembly.Instance(module).exports.f();
    } catch (error) {
      if (comm.rank === 0) console.log(error.message);
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
