/** The measures of the benchmark on the MPI backend: run under `mpiexec`, prints what bench/mpi-collectives.c prints. */
import { initMpi } from '../src/comm/mpi/init-mpi.js';
import measureCollectives from './collectives-rank.js';

const comm = await initMpi();
const medians = measureCollectives(comm, { fromRegion: false });
if (comm.rank === 0) for (const median of medians) console.log(median.toFixed(6));
comm.close();
