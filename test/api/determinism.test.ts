import { describe, expect, it } from 'vitest';
import { loadCase } from '#cobre/api/load';
import { limited } from '../support/run-bits.js';
import { ALONE, waysOf, whatIsMissing } from '../support/ways.js';

const SCENARIOS = 30;

// The whole matrix is in the sweep.
describe(`policy, bounds and simulated costs are the same to the last bit on every backend${whatIsMissing()}`, () => {
  const ways = waysOf({ threads: [2, 3], processes: [2], mpi: [2] });

  it('cascade', { timeout: 120_000 }, async () => {
    const study = limited(await loadCase('examples/cascade'), 4, 3);
    const alone = await ALONE.run(study, SCENARIOS);
    for (const way of ways) expect(await way.run(study, SCENARIOS), way.name).toEqual(alone);
  });
});
