import { QUICK_CASES } from './backends.js';
import { describeRandomPrograms } from './random-programs-suite.js';

describeRandomPrograms(QUICK_CASES, { maxLength: 50, batch: 8, batches: 6 });
