import { CASES } from './backends.js';
import { describeConformance } from './conformance-suite.js';

/** Beyond these the ranks crowd the cores, and `npm run test:sweep` has the time. */
const QUICK = CASES.filter(({ size }) => size <= 4);

describeConformance(QUICK, {
  barriers: ({ backend, size }) => (size === 2 && backend.sharesMemory ? 50_000 : size <= 3 ? 2_000 : 1_000),
  rounds: 200,
  largeBytes: ({ size }) => (size === 2 ? 32e6 : 2e6),
});
