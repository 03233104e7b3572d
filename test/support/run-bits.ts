import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';

/** A study that stops after `limit` iterations, with `forwardPasses` trajectories if given. */
export function limited(study: Study, limit: number, forwardPasses?: number): Study {
  const training = {
    ...study.config.training,
    ...(forwardPasses === undefined ? {} : { forwardPasses }),
    stoppingRules: [{ type: 'iteration_limit', limit } as const],
  };
  return { ...study, config: { ...study.config, training } };
}

function hex(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
}

/** Everything a run reports that must not depend on how it was run, byte for byte. */
export async function runBits(study: Study, numWorkers: number, scenarios: number) {
  const trained = await train(study, { numWorkers });
  const simulated = await simulate(study, trained.policy, { numWorkers, scenarios });
  const { lowerBound, upperBound, upperBoundStd } = trained.convergenceHistory;
  return {
    digest: trained.policy.digest(),
    bases: trained.policy.data.bases,
    lowerBound: hex(lowerBound),
    upperBound: hex(upperBound),
    upperBoundStd: hex(upperBoundStd),
    simulated: hex(simulated.totalCost),
    mean: simulated.meanCost,
    std: simulated.stdCost,
  };
}
