import { fullCase } from '../support/full-case.js';
import { mutationSuite } from '../support/mutation-suite.js';

mutationSuite(fullCase(), 40);
