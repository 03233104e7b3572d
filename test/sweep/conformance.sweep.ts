import { CASES, type Case } from '../comm/backends.js';
import { describeConformance } from '../comm/conformance-suite.js';
import { TIMES } from './effort.js';

const MILLION = 1_000_000;

/**
 * A million where each rank has a core of its own. Where ranks outnumber cores a barrier costs the naps of all of them,
 * 30 to 100 us in shared memory and under Open MPI, 200 under MPICH, 500 over TCP: there a few seconds' worth, and more
 * when more is asked for.
 */
function barriers({ backend, size }: Case): number {
  if (size <= 2) return MILLION;
  const few = backend.name === 'tcp' || backend.name === 'mpi-mpich' ? 10_000 : 50_000;
  return Math.min(MILLION, few * TIMES);
}

describeConformance(CASES, { barriers, rounds: 1_000 * TIMES, largeBytes: () => 100e6 });
