import { CASES } from './backends.js';
import { describeConformance } from './conformance-suite.js';

/** Three differ from two, and from powers of two; `npm run test:sweep` has the time for the other sizes. */
const QUICK = CASES.filter(({ backend, size }) => size === 3 || (backend.isOneProcess && size < 3));

describeConformance(QUICK, {
  barriers: ({ backend, size }) => (size === 2 && backend.sharesMemory ? 50_000 : size <= 3 ? 2_000 : 1_000),
  rounds: 200,
  largeBytes: ({ size }) => (size === 2 ? 32e6 : 2e6),
});
