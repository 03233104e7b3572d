/** A rank of an MPI job that tells who it is and talks until somebody ends it. */
import { writeSync } from 'node:fs';
import { initMpi } from '#cobre/comm/mpi/init-mpi';
import untilFailure from '../programs/until-failure.mjs';

const comm = await initMpi();
const pause = Number(process.argv[2]);
// Not through the stream: this thread's event loop turns no more.
const post = () => writeSync(1, `rank ${comm.rank} is ${process.pid}\n`);
const failure = untilFailure(comm, { pause }, { post });
throw new Error(JSON.stringify(failure));
