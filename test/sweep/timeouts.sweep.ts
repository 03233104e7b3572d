import { BACKENDS } from '../comm/backends.js';
import { describeTimeouts } from '../comm/conformance-suite.js';

describeTimeouts(BACKENDS.filter(({ sizes }) => sizes.some((size) => size > 1)));
