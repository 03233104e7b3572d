import { fullCase } from '../support/full-case.js';
import { LONG } from '../support/long.js';
import { mutationSuite } from '../support/mutation-suite.js';

mutationSuite(fullCase(), LONG ? 40 : 5);
