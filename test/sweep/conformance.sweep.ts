import { CASES, type Case } from '../comm/backends.js';
import { describeConformance } from '../comm/conformance-suite.js';
import { TIMES } from './effort.js';

const MILLION = 1_000_000;

/**
 * A million where each rank has a core of its own. Where ranks outnumber cores a barrier costs switches between all of
 * them: on two cores 5 to 60 us in shared memory and under Open MPI, 100 to 600 over TCP, and under MPICH, whose ranks do
 * not yield, 30 to 2000 by what else the machine does. There it is as many as take seconds, and more when more is asked for.
 */
function barriers({ backend, size }: Case): number {
  if (size <= 2) return MILLION;
  const slow = backend.name === 'tcp' || backend.name === 'mpi-mpich';
  return Math.min(MILLION, (slow ? 20_000 : 250_000) * TIMES);
}

describeConformance(CASES, { barriers, rounds: 1_000 * TIMES, largeBytes: () => 100e6 });
