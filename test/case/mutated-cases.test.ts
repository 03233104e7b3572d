import { LONG } from '../support/long.js';
import { mutationSuite } from '../support/mutation-suite.js';
import { openingsTable, smallCase } from '../support/small-case.js';

const content = {
  ...smallCase(),
  'scenarios/noise_openings.parquet': openingsTable([4, 4, 4], 3, (t, i, e) => t - i + e),
};

mutationSuite(content, LONG ? 200 : 30);
