import { describe, expect, it } from 'vitest';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { stochasticStudies } from '../support/small-study.js';

describe('the lower bound at convergence is the optimum of the whole scenario tree as one linear program', () => {
  it.each(stochasticStudies.map((make) => [make.name, make] as const))('%s', async (_, make) => {
    const study = make();
    const { realised } = buildStageProblems(study);
    const { cost } = await solveDeterministicEquivalent(study, realised);
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
    const outcome = trainPolicy(new LocalCommunicator(), { ...study, config }, await HighsRuntime.start());
    expect(Math.abs(outcome.policy.lowerBound - cost) / cost).toBeLessThan(1e-6);
    // A lower bound never passes the optimum.
    for (const { lowerBound } of outcome.history) expect(lowerBound).toBeLessThanOrEqual(cost * (1 + 1e-9));
  });
});
