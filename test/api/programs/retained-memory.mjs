import { simulate, train } from 'cobre';
import { runRanks } from 'cobre/comm';
import { Retained } from './retained.mjs';

/** Prints what each of those who take part in a simulation retains more at the second number of scenarios. */
const { directory, policy, scenarios, at } = JSON.parse(process.argv[2]);

const trained = await train(directory, {
  configOverrides: { training: { stopping_rules: [{ type: 'iteration_limit', limit: 5 }] } },
});
await trained.policy.save(policy);

const ranks = new URL('./retained-by-rank.mjs', import.meta.url);
const args = { directory, policy, scenarios, at };
const [alone] = await runRanks(ranks, { backend: 'local', size: 1, args });
const [rank0, rank1] = await runRanks(ranks, { size: 2, args });

const retained = new Retained(at);
await simulate(directory, trained.policy, {
  numWorkers: 2,
  scenarios,
  outputDirectory: `${policy}-results`,
  onProgress: ({ scenariosComplete }) => retained.look(scenariosComplete),
});
process.stdout.write(JSON.stringify({ alone, rank0, rank1, parent: retained.grown() }));
