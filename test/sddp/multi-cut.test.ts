import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { CutSettings, Cvar, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { withPolicy } from '../support/configured.js';
import { solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { DEFAULT_CUTS } from '../support/fresh-policy.js';
import { some } from '../support/long.js';
import { OTHER_WAYS } from '../support/other-ways.js';
import { randomStudy } from '../support/random-study.js';
import { limited, runBits } from '../support/run-bits.js';
import { resumedBits, trainedBits } from '../support/same-training.js';
import { cascade, stochasticStudies } from '../support/small-study.js';

let runtime: HighsRuntime;
let directory: string;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
  directory = mkdtempSync(join(tmpdir(), 'cobre-multi-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MULTI: CutSettings = { ...DEFAULT_CUTS, formulation: 'multi' };
const SELECTING: CutSettings = { ...MULTI, selection: { method: 'level1', checkFrequency: 5, threshold: 0 } };

const withCuts = (study: Study, cuts: CutSettings): Study => ({
  ...study,
  config: { ...study.config, training: { ...study.config.training, cuts } },
});
const measures: readonly (Cvar | null)[] = [{ alpha: 0.5, lambda: 0.5 }, { alpha: 0.4, lambda: 1 }, null];
const averse = (study: Study): Study => ({
  ...study,
  stages: study.stages.map((stage, t) => ({ ...stage, cvar: measures[t % measures.length] })),
});

function patient(study: Study): Study {
  const training = {
    ...study.config.training,
    forwardPasses: 8,
    stoppingRules: [
      { type: 'iteration_limit', limit: 200 } as const,
      { type: 'bound_stalling', iterations: 12, tolerance: 1e-12 } as const,
    ],
  };
  return { ...study, config: { ...study.config, training } };
}

async function expectOptimum(drawn: Study): Promise<void> {
  const study = patient(drawn);
  const { cost } = await solveDeterministicEquivalent(study, buildStageProblems(study).realised);
  const unit = Math.max(cost, 1);
  for (const cuts of [MULTI, SELECTING]) {
    const { history } = trainPolicy(new LocalCommunicator(), withCuts(study, cuts), runtime);
    expect(Math.abs(history[history.length - 1].lowerBound - cost) / unit).toBeLessThan(1e-6);
    for (const { lowerBound } of history) expect((lowerBound - cost) / unit).toBeLessThanOrEqual(1e-9);
  }
}

const named = stochasticStudies.map((make) => [make.name, make] as const);

describe('with one cut an opening, the bound climbs to the optimum of the scenario tree, and no further', () => {
  it.each(some(named, 2))('%s', (_, make) => expectOptimum(make()));
  it.each(some(named, 2))('under risk measures: %s', (_, make) => expectOptimum(averse(make())));

  it('any small study, with risk measures and without', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomStudy(), fc.boolean(), (study, risk) => expectOptimum(risk ? averse(study) : study)),
      { seed: 31_415_926, numRuns: 8, endOnFailure: true },
    );
  });
});

it('makes as many cuts as there are trial points and openings, each of its own', () => {
  const study = withCuts(limited(cascade(), 3, 2), MULTI);
  const { policy, history } = trainPolicy(new LocalCommunicator(), study, runtime);
  const openings = study.stages.map((stage) => stage.openings);
  expect(history.map((r) => r.cutsAdded)).toEqual([1, 2, 3].map(() => 2 * (openings[1] + openings[2] + openings[3])));
  expect(policy.splitFuture?.openings).toEqual([...openings.slice(1), 0]);
  expect([...(policy.cuts[0].opening ?? [])]).toEqual(Array.from({ length: 18 }, (_, i) => i % 3));
  // In less than as many iterations the outer approximation is at least as good as the aggregated one's.
  const single = trainPolicy(new LocalCommunicator(), withCuts(study, DEFAULT_CUTS), runtime);
  expect(policy.lowerBound).toBeGreaterThanOrEqual(single.policy.lowerBound * (1 - 1e-9));
});

it('a policy puts the costs of the openings together as its stage problem does', () => {
  const study = patient(averse(cascade()));
  const { policy, history } = trainPolicy(new LocalCommunicator(), withCuts(study, SELECTING), runtime);
  const single = new Policy(trainPolicy(new LocalCommunicator(), withCuts(study, DEFAULT_CUTS), runtime).policy);
  // Where the last trial points lie, both know the cost-to-go.
  const visited = policy.training!.visited!.states[0].subarray(-2 * history[0].forwardPasses);
  for (let m = 0; m < history[0].forwardPasses; m++) {
    const state = visited.slice(2 * m, 2 * m + 2);
    const [a, b] = [new Policy(policy).evaluate(0, state), single.evaluate(0, state)];
    expect(b).toBeGreaterThan(0);
    expect(Math.abs(a - b) / b).toBeLessThan(1e-6);
  }
});

const ways = [
  ['risk measures and selection', SELECTING, true],
  ['expectation', MULTI, false],
] as const;
it.each(some(ways, 1))('is the same bits on other workers, and resumed: %s', async (_, cuts, risk) => {
  const study = withCuts(limited(risk ? averse(cascade()) : cascade(), 8, 3), cuts);
  const alone = await runBits(study, 1, 40);
  for (const way of OTHER_WAYS) expect(await runBits(study, way, 40)).toEqual(alone);
  const whole = await trainedBits(study, join(directory, 'whole'));
  expect(await resumedBits(study, 4, join(directory, 'parts'), 2)).toEqual(whole);
});

it('a policy of single-opening cuts is read back, simulated, and can begin a training that makes others', async () => {
  const study = withCuts(limited(cascade(), 30, 4), MULTI);
  const output = join(directory, 'output');
  const { policy, finalLowerBound } = await train(study, { outputDirectory: output });
  const loaded = await Policy.load(join(output, 'policy'));
  expect(loaded.digest()).toBe(policy.digest());
  expect(loaded.data.cuts).toEqual(policy.data.cuts);
  const simulated = await simulate(study, policy, { scenarios: 60 });
  expect((await simulate(study, loaded, { scenarios: 60 })).totalCost).toEqual(simulated.totalCost);

  const single = withPolicy(withCuts(limited(cascade(), 1, 4), DEFAULT_CUTS), { mode: 'warm_start' });
  const warm = await train(single, { outputDirectory: output });
  expect(warm.finalLowerBound).toBeGreaterThanOrEqual(finalLowerBound * (1 - 1e-9));
  const { opening, warmStart } = warm.policy.data.cuts[0];
  expect(opening?.slice(warmStart).every((each) => each === -1)).toBe(true);
  expect(opening?.slice(0, warmStart).every((each) => each >= 0)).toBe(true);
});
