import { CASES } from './backends.js';
import { describeRandomPrograms } from './random-programs-suite.js';

/** The sweep has the other sizes. */
const QUICK = CASES.filter(({ backend, size }) => size === 3 || (backend.isOneProcess && size < 3));

describeRandomPrograms(QUICK, { maxLength: 50, batch: 8, batches: 6 });
