import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { trainPolicy } from '#cobre/sddp/train';
import { LONG } from '../support/long.js';
import { expectOptimum, patient, richOptimum, SCALES, WAYS } from '../support/random-optimum.js';
import { randomRichStudy } from '../support/random-rich-study/index.js';
import { COMMON_SCALES, randomStudy } from '../support/random-study.js';

/** The same studies on every run; test/sweep has a longer campaign of others. */
const SEED = 20_240_607;

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

describe('for any small study, the lower bound climbs to the optimum of its scenario tree and no further', () => {
  const runs = LONG ? [15, 5, 3] : [6, 3, 2];
  it.each(SCALES.map(([name, scale], i) => [name, scale, runs[i]] as const))('%s', async (_, scale, numRuns) => {
    await fc.assert(
      fc.asyncProperty(randomStudy(scale), (study) => expectOptimum(runtime, study, scale)),
      { seed: SEED, numRuns, endOnFailure: true },
    );
  });
});

describe('for any small study of everything that a case may have, the lower bound climbs to the optimum', () => {
  const runs = LONG ? [20, 8, 8] : [8, 4, 4];
  it.each(SCALES.map(([name, scale], i) => [name, scale, runs[i]] as const))('%s', async (_, scale, numRuns) => {
    const property = richOptimum(runtime, scale, WAYS['by its mean']);
    await fc.assert(property, { seed: SEED + 2, numRuns, endOnFailure: true });
  });

  it.each(Object.entries(WAYS).slice(1))('%s', async (_, way) => {
    const property = richOptimum(runtime, COMMON_SCALES, way);
    await fc.assert(property, { seed: SEED + 3, numRuns: LONG ? 5 : 2, endOnFailure: true });
  });
});

describe('for any small study, policy and bounds are the same bits', () => {
  async function expectSameBits(drawn: Study, workers: readonly number[]): Promise<void> {
    const study = patient(drawn);
    const alone = trainPolicy(new LocalCommunicator(), study, runtime);
    const bounds = (all: typeof alone.history) =>
      all.map((r) => [r.lowerBound, r.upperBoundMean, r.upperBoundStd, r.upperBoundStdError]);
    for (const numWorkers of workers) {
      const { policy, records } = await train(study, { numWorkers });
      expect(policy.digest()).toBe(new Policy(alone.policy).digest());
      expect(bounds(records)).toEqual(bounds(alone.history));
    }
  }

  it('on one worker and on 2 or 3', async () => {
    await fc.assert(
      fc.asyncProperty(randomStudy(), fc.integer({ min: 2, max: 3 }), (study, workers) =>
        expectSameBits(study, [workers]),
      ),
      { seed: SEED + 1, numRuns: LONG ? 4 : 2, endOnFailure: true },
    );
  });

  it('on 1, 2 and 4 workers, of everything that a case may have', async () => {
    await fc.assert(
      fc.asyncProperty(randomRichStudy(), ({ study }) => expectSameBits(study, [2, 4])),
      { seed: SEED + 4, numRuns: LONG ? 10 : 1, endOnFailure: true },
    );
  });
});
