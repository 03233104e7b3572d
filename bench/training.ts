/**
 * Training speed: iterations per second with one and two workers, and where the ranks' time goes.
 *
 *   npm run bench:training [-- CASE_DIRECTORY [ITERATIONS [FORWARD_PASSES]]]
 *
 * Without arguments it takes the example `four-regions` and, where the shared cases lie beside the project, `1dtoy` and
 * `4ree`. Runs with one and two workers take turns, so that a noisy neighbour hits both; medians are compared. It is
 * timed by hand rather than by a sampling library: one sample is a whole training of seconds.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCase, type Study, type TrainingResult, train } from '../src/index.js';

const ROUNDS = 5;
const WORKERS = [1, 2];

interface Sample {
  readonly iterationsPerSecond: number;
  /** Shares of the ranks' time in the iterations. */
  readonly solve: number;
  readonly exchange: number;
  readonly wait: number;
  readonly lpPerSecond: number;
}

function sample(result: TrainingResult): Sample {
  let total = 0;
  let solve = 0;
  let exchange = 0;
  let wait = 0;
  let solves = 0;
  for (const rank of result.rankRecords) {
    total += rank.forwardMs + rank.backwardMs;
    solve += rank.solveMs;
    exchange += rank.exchangeMs;
    wait += rank.waitMs;
    solves += rank.lpSolves;
  }
  const seconds = result.records.reduce((sum, record) => sum + record.timeTotalMs, 0) / 1000;
  return {
    iterationsPerSecond: result.iterations / seconds,
    solve: solve / total,
    exchange: exchange / total,
    wait: wait / total,
    lpPerSecond: solves / seconds,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function measure(directory: string, iterations: number, forwardPasses: number | null): Promise<void> {
  const study: Study = await loadCase(directory, {
    configOverrides: {
      training: {
        stopping_rules: [{ type: 'iteration_limit', limit: iterations }],
        ...(forwardPasses === null ? {} : { forward_passes: forwardPasses }),
      },
    },
  });
  const samples = new Map<number, Sample[]>(WORKERS.map((workers) => [workers, []]));
  const digests = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const workers of WORKERS) {
      const result = await train(study, { numWorkers: workers });
      samples.get(workers)?.push(sample(result));
      digests.add(result.policy.digest());
    }
  }
  const passes = study.config.training.forwardPasses;
  console.log(`\n${study.name}: ${iterations} iterations, ${passes} forward passes, medians of ${ROUNDS} rounds`);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  console.table(
    WORKERS.map((workers) => {
      const of = (field: keyof Sample) => median((samples.get(workers) ?? []).map((s) => s[field]));
      return {
        workers,
        'iterations/s': of('iterationsPerSecond').toFixed(2),
        'LPs/s': of('lpPerSecond').toFixed(0),
        solving: percent(of('solve')),
        exchanging: percent(of('exchange')),
        waiting: percent(of('wait')),
      };
    }),
  );
  const speed = (workers: number) => (samples.get(workers) ?? []).map((s) => s.iterationsPerSecond);
  const ratios = speed(2).map((two, round) => two / speed(1)[round]);
  console.log(
    `two workers against one: ${median(ratios).toFixed(2)} times (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}); ` +
      `policies identical: ${digests.size === 1 ? 'yes' : 'NO'}`,
  );
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const [directory, iterations, forwardPasses] = process.argv.slice(2);
if (directory !== undefined) {
  await measure(directory, Number(iterations ?? 40), forwardPasses === undefined ? null : Number(forwardPasses));
} else {
  await measure(`${root}/examples/four-regions`, 40, 10);
  for (const [name, limit, passes] of [
    ['1dtoy', 128, null],
    ['4ree', 40, 10],
  ] as const) {
    const shared = `${root}/../shared/cases/${name}`;
    if (existsSync(shared)) await measure(shared, limit, passes);
    else console.log(`\n${name}: not here, skipped`);
  }
}
