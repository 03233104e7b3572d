import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import type { CutSettings, Cvar, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { horizonOf } from '#cobre/sddp/horizon';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { DEFAULT_CUTS } from '../support/fresh-policy.js';
import { LONG, some } from '../support/long.js';
import { OTHER_WAYS } from '../support/other-ways.js';
import { limited, runBits } from '../support/run-bits.js';
import { resumedBits, trainedBits } from '../support/same-training.js';
import { makeBus, makeHydro, makeStages, makeStudy, makeThermal } from '../support/small-study.js';

let runtime: HighsRuntime;
let directory: string;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
  directory = mkdtempSync(join(tmpdir(), 'cobre-cyclic-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MULTI: CutSettings = { ...DEFAULT_CUTS, formulation: 'multi' };
const LEVEL1: CutSettings = { ...DEFAULT_CUTS, selection: { method: 'level1', checkFrequency: 5, threshold: 0 } };
const withCuts = (study: Study, cuts: CutSettings): Study => ({
  ...study,
  config: { ...study.config, training: { ...study.config.training, cuts } },
});

const HOURS = 730;
const PRICE = 50;
/** Loads [MW] of the stages' equally likely openings, served by a thermal plant at 50 $/MWh: costs by hand. */
function thermalOnly(loads: readonly (readonly number[])[], discount: number, cycleStart: number): Study {
  const stages = makeStages(loads.length, 1, [HOURS], discount).map((stage, t) => ({
    ...stage,
    openings: loads[t].length,
  }));
  return makeStudy({
    stages,
    cycleStart,
    buses: [makeBus()],
    thermals: [makeThermal({ maxMw: 1000, cost: PRICE })],
    // Noise of one entity with mean 0 and deviation 1: the opening itself.
    loadMean: [[0]],
    loadStd: [[1]],
    noiseOpenings: loads,
  });
}
const costOf = (loads: readonly number[]) =>
  (loads.reduce((sum, load) => sum + load, 0) / loads.length) * HOURS * PRICE;

describe('without reservoirs, the bound and the cost are geometric series', () => {
  const bounds = (study: Study) => {
    const { history } = trainPolicy(new LocalCommunicator(), limited(study, 40, 3), runtime);
    return history;
  };

  it('of a cycle of one stage: C / (1 - d)', () => {
    const loads = [10, 30];
    const history = bounds(thermalOnly([loads], 0.5, 0));
    expect((history[39].lowerBound * (1 - 0.5)) / costOf(loads)).toBeCloseTo(1, 9);
    // Each iteration looks one stage further: C (1 + d + ... + d^k).
    history.slice(0, 10).forEach(({ lowerBound, iteration }) => {
      const sum = (1 - 0.5 ** (iteration + 1)) / (1 - 0.5);
      expect(lowerBound / (costOf(loads) * sum)).toBeCloseTo(1, 9);
    });
  });

  it('of a cycle of one stage with a certain load: the cost of a path too', () => {
    const { lowerBound, upperBoundMean, upperBoundStd } = bounds(thermalOnly([[20]], 0.8, 0))[39];
    const limit = costOf([20]) / (1 - 0.8);
    expect(lowerBound / limit).toBeCloseTo(1 - 0.8 ** 41, 9);
    // The rounds that are not gone are taken from the policy, which knows 40 stages of them.
    expect(upperBoundMean / limit).toBeGreaterThan(1 - 1e-4);
    expect(upperBoundMean / limit).toBeLessThanOrEqual(1 + 1e-9);
    expect(upperBoundStd / limit).toBeLessThan(1e-12);
  });

  it('of which the policy says what comes after the rounds of a path, or after a simulated one', async () => {
    const study = limited(thermalOnly([[20]], 0.8, 0), 40, 3);
    const { history, policy } = trainPolicy(new LocalCommunicator(), study, runtime);
    const { costToGoMean, upperBoundMean, gapPercent } = history[39];
    const { rounds } = horizonOf([0.8], 0);
    // What is not gone weighs 0.8 a stage, up to what the policy does not know yet.
    expect(costToGoMean! / upperBoundMean).toBeCloseTo(0.8 ** (rounds + 1), 4);
    expect(gapPercent).toBeNull();
    expect(policy.upperBound).toBeNull();
    const simulated = await simulate(study, new Policy(policy), { scenarios: 3 });
    expect(simulated.meanCostToGo! / simulated.meanCost).toBeCloseTo(0.8, 4);
    expect(simulated.meanCost - simulated.meanCostToGo!).toBeCloseTo(costOf([20]), 6);
  });

  it('of a cycle of two stages: (C0 + d C1) / (1 - d^2)', () => {
    const loads = [[10, 20, 30], [40]];
    const limit = (costOf(loads[0]) + 0.6 * costOf(loads[1])) / (1 - 0.36);
    expect(bounds(thermalOnly(loads, 0.6, 0))[39].lowerBound / limit).toBeCloseTo(1, 9);
  });

  it('of two stages after one that does not come again: C0 + d (C1 + d C2) / (1 - d^2)', () => {
    const loads = [[500], [10, 20], [40, 60]];
    const limit = costOf(loads[0]) + (0.6 * (costOf(loads[1]) + 0.6 * costOf(loads[2]))) / (1 - 0.36);
    for (const cuts of [DEFAULT_CUTS, MULTI, LEVEL1]) {
      const { policy } = trainPolicy(
        new LocalCommunicator(),
        limited(withCuts(thermalOnly(loads, 0.6, 1), cuts), 40, 3),
        runtime,
      );
      expect(policy.lowerBound / limit).toBeCloseTo(1, 9);
      // Stages 0 and 2 both lead to stage 1.
      expect(policy.cuts[2].intercept).toEqual(policy.cuts[0].intercept);
    }
  });

  it('under a risk measure: the worst half of the loads, for ever', () => {
    const cvar: Cvar = { alpha: 0.5, lambda: 1 };
    const study = thermalOnly([[10, 20, 30, 40]], 0.5, 0);
    const averse = { ...study, stages: study.stages.map((stage) => ({ ...stage, cvar })) };
    for (const cuts of [DEFAULT_CUTS, MULTI]) {
      const history = bounds(withCuts(averse, cuts));
      expect(history[39].lowerBound / (costOf([30, 40]) / 0.5)).toBeCloseTo(1, 9);
    }
  });
});

/** A wet and a dry season, again and again after a first stage, with a reservoir that carries water between them. */
function seasons(openings: number, laps: number | null): Study {
  const one = { mean: [[20], [35], [8]], load: [[40], [38], [52]] };
  const rounds = laps ?? 1;
  const order = [0, ...Array.from({ length: 2 * rounds }, (_, i) => 1 + (i % 2))];
  const stages = makeStages(order.length, openings, [HOURS], 0.6);
  const noise = [
    [0.3, -0.8],
    [1.2, -1],
    [0.5, -0.4],
  ];
  return makeStudy({
    name: 'seasons',
    stages,
    ...(laps === null ? { cycleStart: 1 } : {}),
    hydros: [makeHydro({ maxStorage: 100 })],
    thermals: [makeThermal({ maxMw: 20, cost: 60 }), makeThermal({ id: 1, maxMw: 30, cost: 150 })],
    initialStorage: [30],
    inflowMean: order.map((season) => one.mean[season]),
    inflowStd: [[6]],
    loadMean: order.map((season) => one.load[season]),
    noiseOpenings: order.map((season) => noise[season].slice(0, openings)),
  });
}

describe('with a reservoir', () => {
  it('the bound climbs to the optimum of the same stages written out until they weigh nothing', async () => {
    const written = seasons(1, 25);
    const { cost } = await solveDeterministicEquivalent(written, buildStageProblems(written).realised);
    const { history } = trainPolicy(new LocalCommunicator(), limited(seasons(1, null), 80, 3), runtime);
    expect(history[79].lowerBound / cost).toBeCloseTo(1, 6);
    for (const { lowerBound } of history) expect(lowerBound).toBeLessThanOrEqual(cost * (1 + 1e-9));
    expect(history[79].upperBoundMean / cost).toBeCloseTo(1, 4);
  });

  it.runIf(LONG)('and of a policy trained on them, with random inflow', () => {
    const written = trainPolicy(new LocalCommunicator(), limited(seasons(2, 14), 150, 4), runtime);
    const cyclic = trainPolicy(new LocalCommunicator(), limited(seasons(2, null), 120, 4), runtime);
    // 29 stages weigh all but 0.6^29 of the endless cost.
    expect(cyclic.policy.lowerBound / written.policy.lowerBound).toBeCloseTo(1, 4);
  });

  const ways = [
    ['selected cuts', LEVEL1],
    ['single cuts', DEFAULT_CUTS],
    ['one cut an opening', MULTI],
  ] as const;
  it.each(some(ways, 1))('is the same bits on other workers, and resumed: %s', async (_, cuts) => {
    const study = withCuts(limited(seasons(2, null), 12, 3), cuts);
    const alone = await runBits(study, 1, 40);
    for (const way of OTHER_WAYS) expect(await runBits(study, way, 40)).toEqual(alone);
    const whole = await trainedBits(study, join(directory, 'whole'));
    expect(await resumedBits(study, 6, join(directory, 'parts'), 2)).toEqual(whole);
  });

  it('a simulation counts what the policy takes the stages after the last one for', async () => {
    const study = limited(seasons(2, null), 80, 4);
    const { policy } = trainPolicy(new LocalCommunicator(), study, runtime);
    const { meanCost, stdCost } = await simulate(study, new Policy(policy), { scenarios: 2000 });
    expect(Math.abs(meanCost - policy.lowerBound)).toBeLessThan((4 * stdCost) / Math.sqrt(2000));
  });
});

describe('the horizon', () => {
  it('of a chain is a step back a stage', () => {
    expect(horizonOf([1, 1, 1], null)).toMatchObject({
      rounds: 0,
      poolOf: [0, 1, 2],
      steps: [
        { stage: 2, source: 1 },
        { stage: 1, source: 0 },
        { stage: 0, source: -1 },
      ],
    });
  });

  it('of a cycle goes round until costs weigh less than a hundredth, but not beyond 60 stages', () => {
    // 0.5^7 < 1e-2: 7 stages, 6 of them after the first.
    expect(horizonOf([0.5], 0)).toMatchObject({
      rounds: 6,
      poolOf: [0],
      steps: [
        { stage: 0, source: 0 },
        { stage: 0, source: -1 },
      ],
    });
    const monthly = horizonOf(new Array(24).fill(1 / 1.06 ** (1 / 12)), 12);
    expect(monthly.rounds).toBe(3);
    expect(monthly.poolOf[23]).toBe(11);
    expect(monthly.steps[0]).toEqual({ stage: 12, source: 23 });
  });
});
