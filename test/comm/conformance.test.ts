import { QUICK_CASES } from './backends.js';
import { describeConformance } from './conformance-suite.js';

describeConformance(QUICK_CASES, { barriers: () => 2_000, rounds: 200, largeBytes: () => 2e6 });
