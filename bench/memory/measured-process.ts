/** Does the job that it is given as JSON, and nothing else that would take memory. */
import { Policy, simulate, train } from '../../src/index.js';
import { type Job, LAYOUTS } from './job.js';

const job = JSON.parse(process.argv[2]) as Job;
const options = { ...LAYOUTS[job.layout], outputDirectory: job.output };
if (job.task === 'train') {
  const { policy } = await train(job.case, {
    ...options,
    configOverrides: { training: { stopping_rules: [{ type: 'iteration_limit', limit: job.iterations }] } },
  });
  await policy.save(job.policy);
} else {
  const { scenarios } = await simulate(job.case, await Policy.load(job.policy), {
    ...options,
    scenarios: job.scenarios,
  });
  if (scenarios !== job.scenarios) throw new Error(`${scenarios} of ${job.scenarios} scenarios were simulated`);
}
