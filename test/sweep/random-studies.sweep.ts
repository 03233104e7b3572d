import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { richOptimum, SCALES, WAYS } from '../support/random-optimum.js';
import { TIMES } from './effort.js';

/** Other studies than the tests have; each batch of them has its own. */
const SEED = 7_001;
const BATCH = 100;

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

const usual = SCALES[0][1];
const entries = Object.entries(WAYS);
/** Batches of each scale and way: the plainest way most, cuts that are taken out only where quantities are usual. */
const campaign = SCALES.flatMap(([name, scale]) =>
  entries.flatMap(([wayName, way]) => {
    if (scale !== usual && ('selection' in way.cuts || 'maxActivePerStage' in way.cuts)) return [];
    const batches = scale === usual && way === WAYS['by its mean'] ? 5 : 1;
    return Array.from({ length: Math.ceil(batches * TIMES) }, (_, batch) => ({ name, wayName, scale, way, batch }));
  }),
);

describe('the bound of any rich study climbs to its optimum', () => {
  it.each(campaign)('$name, $wayName: batch $batch', async ({ scale, way, batch }) => {
    await fc.assert(richOptimum(runtime, scale, way), { seed: SEED + batch, numRuns: BATCH, endOnFailure: true });
  });
});
