import { beforeAll, describe, expect, it } from 'vitest';
import type { Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { trainPolicy } from '#cobre/sddp/train';
import {
  type FittedModels,
  openingsFromNoise,
  solveDeterministicEquivalent,
} from '../support/deterministic-equivalent.js';
import { openingTreeOf } from '../support/opening-tree.js';
import { richStudies } from '../support/rich-studies/index.js';
import { stochasticStudies } from '../support/small-study.js';

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

async function expectOptimum(study: Study, models: FittedModels = {}): Promise<void> {
  const openings = openingsFromNoise(study, openingTreeOf(study).noise);
  const { cost } = await solveDeterministicEquivalent(study, openings, models);
  // Revenue may make the cost negative.
  const unit = Math.abs(cost);
  const config = {
    ...study.config,
    training: {
      ...study.config.training,
      forwardPasses: 4,
      stoppingRules: [
        { type: 'iteration_limit', limit: 400 } as const,
        { type: 'bound_stalling', iterations: 60, tolerance: 1e-12 } as const,
      ],
    },
  };
  const outcome = trainPolicy(new LocalCommunicator(), { ...study, config }, runtime);
  expect(Math.abs(outcome.policy.lowerBound - cost) / unit).toBeLessThan(1e-6);
  // A lower bound never passes the optimum.
  for (const { lowerBound } of outcome.history) expect(lowerBound).toBeLessThanOrEqual(cost + 1e-9 * unit);
}

describe('the lower bound at convergence is the optimum of the whole scenario tree as one linear program', () => {
  it.each(stochasticStudies.map((make) => [make.name, make] as const))('%s', (_, make) => expectOptimum(make()));

  it.each(richStudies.map((make) => [make.name, make] as const))('%s', (_, make) => {
    const { study, models } = make();
    return expectOptimum(study, models);
  });
});
