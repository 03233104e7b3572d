/** Does the job that it is given as JSON and prints what it measured as JSON. */
import { createHash } from 'node:crypto';
import { Policy, simulate, type TrainingResult, train } from '../../src/index.js';
import { type Job, LAYOUTS, type Measurement, type TrainingTimes } from './job.js';

const job = JSON.parse(process.argv[2]) as Job;
const options = {
  numWorkers: job.ranks,
  ...(job.ranks === 1 ? {} : LAYOUTS[job.layout]),
  outputDirectory: job.output,
};
process.stdout.write(JSON.stringify(await (job.task === 'train' ? trained() : simulated())));

async function trained(): Promise<Measurement> {
  const began = performance.now();
  const result = await train(job.case, {
    ...options,
    configOverrides: {
      training: {
        forward_passes: job.forwardPasses,
        stopping_rules: [{ type: 'iteration_limit', limit: job.iterations }],
      },
    },
  });
  const callMs = performance.now() - began;
  if (job.policy !== null) await result.policy.save(job.policy);
  return { callMs, digest: result.policy.digest(), training: sums(result) };
}

function sums({ records, rankRecords }: TrainingResult): TrainingTimes {
  let rankMs = 0;
  let solveMs = 0;
  let waitMs = 0;
  let lpSolves = 0;
  for (const rank of rankRecords) {
    rankMs += rank.forwardMs + rank.backwardMs;
    solveMs += rank.solveMs;
    // Where no memory is shared it counts as exchange: there a rank waits and receives in the same call.
    waitMs += rank.waitMs + rank.exchangeMs;
    lpSolves += rank.lpSolves;
  }
  const iterationsMs = records.reduce((sum, { timeTotalMs }) => sum + timeTotalMs, 0);
  return { iterationsMs, rankMs, solveMs, waitMs, lpSolves };
}

async function simulated(): Promise<Measurement> {
  if (job.policy === null) throw new Error('a simulation needs a policy');
  const policy = await Policy.load(job.policy);
  const began = performance.now();
  const { totalCost } = await simulate(job.case, policy, { ...options, scenarios: job.scenarios });
  const callMs = performance.now() - began;
  const bytes = new Uint8Array(totalCost.buffer, totalCost.byteOffset, totalCost.byteLength);
  return { callMs, digest: createHash('sha256').update(bytes).digest('hex'), training: null };
}
