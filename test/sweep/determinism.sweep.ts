import { describe, expect, test } from 'vitest';
import { loadCase } from '#cobre/api/load';
import { limited } from '../support/run-bits.js';
import { ALONE, waysOf, whatIsMissing } from '../support/ways.js';
import { TIMES } from './effort.js';

/** More scenarios than a block has, and no multiple of anything. */
const SCENARIOS = 150;
/** Each way is gone twice: the second time must not differ either. */
const RUNS = 2;

const CASES = [
  { name: 'one-reservoir', iterations: 30 },
  { name: 'cascade', iterations: 30 },
  { name: 'four-regions', iterations: 6 },
];

describe.each(CASES)(`$name gives the same bits${whatIsMissing()}`, ({ name, iterations }) => {
  const reference = loadCase(`examples/${name}`).then(async (whole) => {
    const study = limited(whole, iterations);
    return { study, alone: await ALONE.run(study, SCENARIOS) };
  });
  const ways = [ALONE, ...waysOf({ threads: [2, 3, 4, 8], processes: [2, 4], mpi: [2, 4] })];

  test.each(ways)('on $name', async (way) => {
    const { study, alone } = await reference;
    for (let run = 0; run < RUNS * TIMES; run++) expect(await way.run(study, SCENARIOS)).toEqual(alone);
  });
});
