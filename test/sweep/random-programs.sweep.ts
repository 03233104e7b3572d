import { CASES } from '../comm/backends.js';
import { describeRandomPrograms } from '../comm/random-programs-suite.js';
import { TIMES } from './effort.js';

describeRandomPrograms(CASES, { maxLength: 200, batch: 4, batches: 15 * TIMES });
