/** The measures on the MPI backend, for `mpiexec`: takes the plan as JSON, prints what mpi-rank.c prints. */
import { initMpi } from '../../src/comm/mpi/init-mpi.js';
import measureCollectives from './rank.js';

const comm = await initMpi();
const medians = measureCollectives(comm, { mode: 'copying', plan: JSON.parse(process.argv[2]) });
if (comm.rank === 0) for (const median of medians) console.log(median.toFixed(6));
comm.close();
