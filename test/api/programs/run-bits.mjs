import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';

const hex = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

/** Everything a run reports that must not depend on how it was run, byte for byte. */
export async function runBits(study, options, scenarios) {
  const trained = await train(study, options);
  const simulated = await simulate(study, trained.policy, { ...options, scenarios });
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

/** The same as one rank among others. */
export default function rank(comm, { study, scenarios }) {
  return runBits(study, { communicator: comm }, scenarios);
}
