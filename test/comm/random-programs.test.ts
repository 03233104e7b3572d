import { CASES } from './backends.js';
import { describeRandomPrograms } from './random-programs-suite.js';

const QUICK = CASES.filter(({ backend, size }) => backend.isOneProcess || size <= 4);

describeRandomPrograms(QUICK, { maxLength: 50, batch: 8, batches: 6 });
