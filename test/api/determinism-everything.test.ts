import { describe, expect, it } from 'vitest';
import { WHOLE_STUDIES } from '../support/feature-studies.js';
import { PROCESS_GANGS } from '../support/gangs.js';
import { limited, runBits } from '../support/run-bits.js';

const SCENARIOS = 10;
/** Trajectories: fewer than the most workers here, so that openings are shared out as well. */
const TRAJECTORIES = 3;
const FEW = ['everything, external', 'everything, many cuts'];

// All studies on all ways are in the sweep.
describe('policy, bounds and simulated costs are the same to the last bit on 1, 2 and 4 workers', () => {
  it.each(WHOLE_STUDIES.filter(({ name }) => FEW.includes(name)))('$name', async ({ make }) => {
    const study = limited(await make(), 3, TRAJECTORIES);
    const alone = await runBits(study, 1, SCENARIOS);
    for (const workers of [2, 4]) expect(await runBits(study, workers, SCENARIOS)).toEqual(alone);
  });

  it.each(PROCESS_GANGS.slice(0, 1))('on $name', async ({ options }) => {
    const study = limited(await WHOLE_STUDIES[1].make(), 3, TRAJECTORIES);
    const alone = await runBits(study, 1, SCENARIOS);
    expect(await runBits(study, { numWorkers: 2, ...options }, SCENARIOS)).toEqual(alone);
  });
});
