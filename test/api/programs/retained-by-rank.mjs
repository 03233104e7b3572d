import { Policy, simulate } from 'cobre';
import { Retained } from './retained.mjs';

/** What a rank retains on the way: it simulates as every rank of a communicator does. */
export default async function retainedByRank(comm, { directory, policy, scenarios, at }) {
  const retained = new Retained(at);
  await simulate(directory, comm.rank === 0 ? await Policy.load(policy) : null, {
    communicator: comm,
    scenarios,
    outputDirectory: `${policy}-results`,
    onProgress: ({ scenariosComplete }) => retained.look(scenariosComplete),
  });
  return retained.grown();
}
