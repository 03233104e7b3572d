import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { trainPolicy } from '#cobre/sddp/train';
import { generateOpeningTree } from '#cobre/stochastic/opening-tree';
import {
  type FittedModels,
  openingsFromNoise,
  solveDeterministicEquivalent,
} from '../support/deterministic-equivalent.js';
import { randomRichStudy } from '../support/random-rich-study/index.js';
import { COMMON_SCALES, randomStudy, type Scales } from '../support/random-study.js';

/** The same studies on every run; a longer campaign is run by hand with other seeds. */
const SEED = 20_240_607;
/** The optimum is reached to this, and passed by no more than that. */
const REACHED = 1e-6;
const PASSED = 1e-9;

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

/** As many trajectories as let a unit of work hold all openings of a stage, and the openings share a basis. */
const TRAJECTORIES = 16;

/** Stops once the bound has not moved for so many iterations that a path not yet sampled is unlikely. */
function patient(study: Study): Study {
  const training = {
    ...study.config.training,
    forwardPasses: TRAJECTORIES,
    stoppingRules: [
      { type: 'iteration_limit', limit: 200 } as const,
      { type: 'bound_stalling', iterations: 8, tolerance: 1e-12 } as const,
    ],
  };
  return { ...study, config: { ...study.config, training } };
}

async function expectOptimum(drawn: Study, { cost: price, size }: Scales, models: FittedModels = {}): Promise<void> {
  const openings = openingsFromNoise(drawn, generateOpeningTree(drawn).noise);
  const { cost } = await solveDeterministicEquivalent(drawn, openings, models);
  // Where everything is all but free, an error relative to the optimum says nothing. Revenue makes it negative.
  const unit = Math.max(Math.abs(cost), 0.01 * price * size);
  const { history } = trainPolicy(new LocalCommunicator(), patient(drawn), runtime);
  expect(Math.abs(history[history.length - 1].lowerBound - cost) / unit).toBeLessThan(REACHED);
  let before = -Infinity;
  for (const { lowerBound, upperBoundMean, upperBoundStd } of history) {
    expect((lowerBound - cost) / unit).toBeLessThanOrEqual(PASSED);
    expect((before - lowerBound) / unit).toBeLessThanOrEqual(PASSED);
    before = lowerBound;
    expect(Number.isFinite(upperBoundMean) && Number.isFinite(upperBoundStd)).toBe(true);
  }
}

describe('for any small study, the lower bound climbs to the optimum of its scenario tree and no further', () => {
  const scales: readonly (readonly [string, Scales, number])[] = [
    ['in everyday quantities', COMMON_SCALES, 15],
    ['with costs in thousands of $ and hourly stages', { cost: 1e-3, size: 1, hours: [1] }, 5],
    ['with a cheap currency and a large system', { cost: 1e3, size: 1e4, hours: [744] }, 3],
  ];
  it.each(scales)('%s', async (_, scale, numRuns) => {
    await fc.assert(
      fc.asyncProperty(randomStudy(scale), (study) => expectOptimum(study, scale)),
      { seed: SEED, numRuns, endOnFailure: true },
    );
  });
});

describe('for any small study of everything that a case may have, the lower bound climbs to the optimum', () => {
  it('in everyday quantities', async () => {
    await fc.assert(
      fc.asyncProperty(randomRichStudy(), ({ study, models }) => expectOptimum(study, COMMON_SCALES, models)),
      { seed: SEED + 2, numRuns: 10, endOnFailure: true },
    );
  });
});

describe('for any small study, policy and bounds are the same bits', () => {
  it('on one worker and on 2 or 3', async () => {
    await fc.assert(
      fc.asyncProperty(randomStudy(), fc.integer({ min: 2, max: 3 }), async (drawn, numWorkers) => {
        const study = patient(drawn);
        const alone = trainPolicy(new LocalCommunicator(), study, runtime);
        const { policy, records } = await train(study, { numWorkers });
        expect(policy.digest()).toBe(new Policy(alone.policy).digest());
        const bounds = (all: typeof records) =>
          all.map((r) => [r.lowerBound, r.upperBoundMean, r.upperBoundStd, r.upperBoundStdError]);
        expect(bounds(records)).toEqual(bounds(alone.history));
      }),
      { seed: SEED + 1, numRuns: 4, endOnFailure: true },
    );
  });
});
