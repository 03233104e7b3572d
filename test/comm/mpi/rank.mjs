/**
 * A rank of an MPI job that runs one program after another. Rank 0 is told on its standard input which, as lines of JSON
 * { program, args, results, options }: URL of the module, file with the serialised arguments, and the directory that
 * every rank writes its result to. Each program has a communicator of its own. The job ends with the input.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { deserialize, serialize } from 'node:v8';
import { initMpi } from '#cobre/comm/mpi/init-mpi';

const control = await initMpi({ timeoutMs: Number.POSITIVE_INFINITY });
const lines = control.rank === 0 ? createInterface({ input: process.stdin })[Symbol.asyncIterator]() : null;

const own = new Int32Array([process.pid]);
const pids = new Int32Array(control.size);
control.allgatherv(
  own,
  pids,
  pids.map(() => 1),
  pids.map((_, r) => r),
);
if (control.rank === 0) console.log(`<ranks are ${JSON.stringify([...pids])}`);

/** The next line on every rank; empty at the end. */
async function nextLine() {
  const mine = lines === null ? '' : ((await lines.next()).value ?? '');
  const length = new Int32Array([Buffer.byteLength(mine)]);
  control.broadcast(length, 0);
  const bytes = Buffer.alloc(length[0]);
  if (control.rank === 0) bytes.write(mine);
  control.broadcast(bytes, 0);
  return bytes.toString();
}

for (let line = await nextLine(); line !== ''; line = await nextLine()) {
  const { program, args, results, options } = JSON.parse(line);
  const { default: run } = await import(program);
  const comm = await initMpi(options);
  let result;
  try {
    result = { value: await run(comm, deserialize(readFileSync(args)), {}) };
  } catch (error) {
    result = { error: `rank ${comm.rank}: ${error.stack}` };
  }
  comm.close();
  writeFileSync(`${results}/${control.rank}`, serialize(result));
  control.barrier();
  if (control.rank === 0) console.log('<all ranks are done>');
}
control.close();
