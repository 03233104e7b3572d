import { describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { trainPolicy } from '#cobre/sddp/train';
import { stochasticStudies } from '../support/small-study.js';

function withTraining(study: Study, limit: number, forwardPasses: number): Study {
  const training = {
    ...study.config.training,
    forwardPasses,
    stoppingRules: [{ type: 'iteration_limit', limit } as const],
  };
  return { ...study, config: { ...study.config, training } };
}

/** The bytes of everything a run reports that must not depend on how it was run. */
async function run(study: Study, numWorkers: number) {
  const trained = await train(study, { numWorkers });
  const simulated = await simulate(study, trained.policy, { numWorkers, scenarios: 40 });
  const { lowerBound, upperBound, upperBoundStd } = trained.convergenceHistory;
  const hex = (values: Float64Array) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
  return {
    digest: trained.policy.digest(),
    bases: trained.policy.data.bases,
    lowerBound: hex(lowerBound),
    upperBound: hex(upperBound),
    upperBoundStd: hex(upperBoundStd),
    simulated: hex(simulated.totalCost),
    mean: simulated.meanCost,
  };
}

const studies = stochasticStudies.map((make) => [make.name, make] as const);

describe('policy, bounds and simulated costs are the same to the last bit', () => {
  it.each(studies)('for 1, 2, 3, 4 and 8 workers, and run to run: %s', async (_, make) => {
    // 40 iterations: the cut pool and the basis store grow on the way.
    const study = withTraining(make(), 40, 3);
    const alone = await run(study, 1);
    for (const workers of [2, 3, 4, 8, 2, 1]) expect(await run(study, workers)).toEqual(alone);
  });

  it('with one trajectory, where the openings alone are shared out', async () => {
    const study = withTraining(stochasticStudies[1](), 25, 1);
    const alone = await run(study, 1);
    for (const workers of [2, 4]) expect(await run(study, workers)).toEqual(alone);
  });

  it('with more trajectories than bases are kept for', async () => {
    const study = withTraining(stochasticStudies[0](), 2, 70);
    expect(await run(study, 3)).toEqual(await run(study, 1));
  });

  it('when stage models are given up and rebuilt for want of memory', async () => {
    const study = withTraining(stochasticStudies[1](), 20, 3);
    const runtime = await HighsRuntime.start();
    const roomy = trainPolicy(new LocalCommunicator(), study, runtime);
    const tight = trainPolicy(new LocalCommunicator(), study, runtime, { solverBytes: 1 });
    expect(new Policy(tight.policy).digest()).toBe(new Policy(roomy.policy).digest());
    expect(tight.history.map((r) => r.upperBoundMean)).toEqual(roomy.history.map((r) => r.upperBoundMean));
  });
});
