import { describe, expect, test } from 'vitest';
import { FEATURE_STUDIES } from '../support/feature-studies.js';
import { limited } from '../support/run-bits.js';
import { ALONE, waysOf, whatIsMissing } from '../support/ways.js';
import { TIMES } from './effort.js';

/** More scenarios than a block has, and no multiple of anything. */
const SCENARIOS = 37;
const ITERATIONS = 8 * TIMES;
const TRAJECTORIES = 3;

describe(`every study gives the same bits on every way to run${whatIsMissing()}`, () => {
  const ways = [ALONE, ...waysOf({ threads: [2, 4], processes: [2], mpi: [2] })];

  test.each(FEATURE_STUDIES)('$name', async ({ make }) => {
    const study = limited(await make(), ITERATIONS, TRAJECTORIES);
    const alone = await ALONE.run(study, SCENARIOS);
    for (const way of ways) expect(await way.run(study, SCENARIOS), way.name).toEqual(alone);
  });
});
