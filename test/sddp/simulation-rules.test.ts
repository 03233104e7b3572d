import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { StoppingRule, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { costDistance } from '#cobre/sddp/simulation-rules';
import { isBoundStable, shouldStop } from '#cobre/sddp/stopping-rules';
import { trainPolicy } from '#cobre/sddp/train';
import { OTHER_WAYS } from '../support/other-ways.js';
import { resumedBits, trainedBits } from '../support/same-training.js';
import { cascade, singleReservoir } from '../support/small-study.js';

let runtime: HighsRuntime;
let directory: string;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
  directory = mkdtempSync(join(tmpdir(), 'cobre-rule-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const limit: StoppingRule = { type: 'iteration_limit', limit: 100 };
const rule = {
  type: 'simulation',
  replications: 50,
  period: 5,
  boundWindow: 4,
  distanceTolerance: 5e-3,
  boundTolerance: 1e-6,
} as const;

const withRules = (
  study: Study,
  stoppingRules: readonly StoppingRule[],
  stoppingMode: 'any' | 'all' = 'any',
): Study => ({
  ...study,
  config: { ...study.config, training: { ...study.config.training, forwardPasses: 4, stoppingRules, stoppingMode } },
});

describe('what the rule looks at', () => {
  it('is stable where the bound moved less than the tolerance, relative to itself, but at least to 1', () => {
    expect(isBoundStable([100, 200, 200.001], 1, 1e-5)).toBe(true);
    expect(isBoundStable([100, 200, 200.001], 1, 1e-6)).toBe(false);
    expect(isBoundStable([100, 200, 200], 2, 1e-5)).toBe(false);
    expect(isBoundStable([100, 200, 200], 3, 1)).toBe(false);
    expect(isBoundStable([0, 0.5], 1, 0.6)).toBe(true);
    expect(isBoundStable([3, 3], 1, 0)).toBe(false);
  });

  it('is the Euclidean distance of relative changes by stage', () => {
    // 3 % and 4 %.
    expect(costDistance([103, 192], [100, 200])).toBeCloseTo(0.05, 12);
    expect(costDistance([0.5, 0], [0, 0])).toBe(0.5);
  });

  it.each([
    ['any', [null, 0.5], null],
    ['any', [null, 0.001], 'simulation_based'],
    ['all', [null, 0.001], null],
  ] as const)('in mode %s with distances %j: %s', (mode, distances, reason) => {
    const rules = [
      { type: 'bound_stalling', iterations: 3, tolerance: 1e-3 } as const,
      { ...rule, distanceTolerance: 0.01 },
    ];
    const progress = { iteration: 4, elapsedSeconds: 0, distances };
    expect(shouldStop(rules, mode, { ...progress, lowerBounds: [1, 2, 3, 4] })).toBe(reason);
  });

  it('holds with all others at once in mode all', () => {
    const rules = [{ type: 'bound_stalling', iterations: 1, tolerance: 1e-3 } as const, rule];
    const progress = { iteration: 2, elapsedSeconds: 0, lowerBounds: [4, 4] };
    expect(shouldStop(rules, 'all', { ...progress, distances: [null, 0] })).toBe('all_rules');
    expect(shouldStop(rules, 'all', { ...progress, distances: [null, null] })).toBeNull();
    expect(shouldStop([rule], 'all', { ...progress, distances: [0] })).toBe('simulation_based');
  });
});

describe('a training with the rule', () => {
  it.each([singleReservoir, cascade])('ends when bound and policy are stable, and not before: %o', (make) => {
    const study = withRules(make(), [limit, rule]);
    const { history, terminationReason, policy } = trainPolicy(new LocalCommunicator(), study, runtime);
    expect(terminationReason).toBe('simulation_based');
    const last = history.length;
    expect(last).toBeLessThan(100);
    expect(last % rule.period).toBe(0);
    const [check] = policy.training!.simulations;
    expect(check.iteration).toBe(last);
    expect(check.distance).toBeLessThan(rule.distanceTolerance);
    const bounds = history.map((record) => record.lowerBound);
    expect(isBoundStable(bounds, rule.boundWindow, rule.boundTolerance)).toBe(true);
    // A check before it there must have been, of which the last one tells the distance; none of them had ended it.
    const before = trainPolicy(
      new LocalCommunicator(),
      withRules(make(), [{ type: 'iteration_limit', limit: last - 1 }, rule]),
      runtime,
    );
    expect(before.terminationReason).toBe('iteration_limit');
    const [earlier] = before.policy.training!.simulations;
    expect(check.distance).toBe(costDistance(check.costs, earlier.costs));
  });

  it('simulates the scenarios that a simulation of the policy begins with', async () => {
    const study = withRules(singleReservoir(), [limit, rule]);
    const { policy } = await train(study);
    const { meanCost } = await simulate(study, policy, { scenarios: rule.replications });
    const [{ costs }] = policy.data.training!.simulations;
    // No discount in this study: the stages' means add up to the scenarios' mean.
    expect(costs.reduce((sum, cost) => sum + cost, 0) / meanCost).toBeCloseTo(1, 9);
  });

  it('never ends by it where the tolerance is 0', () => {
    const study = withRules(singleReservoir(), [
      { ...limit, limit: 30 },
      { ...rule, distanceTolerance: 0 },
    ]);
    expect(trainPolicy(new LocalCommunicator(), study, runtime).terminationReason).toBe('iteration_limit');
  });

  it('ends alike on other workers, and after a resumption', async () => {
    const study = withRules(singleReservoir(), [limit, rule]);
    const alone = await trainedBits(study, join(directory, 'whole'));
    expect(alone.terminationReason).toBe('simulation_based');
    const { simulations } = (await train(study)).policy.data.training ?? {};
    for (const options of OTHER_WAYS) {
      const { policy, terminationReason } = await train(study, options);
      expect([policy.digest(), terminationReason]).toEqual([alone.digest, alone.terminationReason]);
      expect(policy.data.training?.simulations).toEqual(simulations);
    }
    for (const at of [3, alone.numbers.length - 1]) {
      expect(await resumedBits(study, at, join(directory, 'parts'), 2)).toEqual(alone);
    }
  });
});
