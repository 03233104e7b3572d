import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Cvar, Study, UpperBoundSettings } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { lipschitzConstants } from '#cobre/sddp/lipschitz';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { openingsFromNoise, solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { LONG, some } from '../support/long.js';
import { openingTreeOf } from '../support/opening-tree.js';
import { OTHER_WAYS } from '../support/other-ways.js';
import { randomStudy } from '../support/random-study.js';
import { memory } from '../support/rich-studies/time-and-head.js';
import { limited } from '../support/run-bits.js';
import { resumedBits, trainedBits } from '../support/same-training.js';
import { cascade, makeHydro, makeStages, makeStudy, makeThermal, stochasticStudies } from '../support/small-study.js';

let runtime: HighsRuntime;
let directory: string;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
  directory = mkdtempSync(join(tmpdir(), 'cobre-inner-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const EVERY_FIFTH: UpperBoundSettings = { initialIteration: 5, interval: 5, scaleFactor: 1, fallbackLipschitz: null };

const bounded = (study: Study, upperBound = EVERY_FIFTH): Study => ({
  ...study,
  config: { ...study.config, training: { ...study.config.training, upperBound } },
});
const measures: readonly (Cvar | null)[] = [{ alpha: 0.5, lambda: 0.5 }, { alpha: 0.4, lambda: 1 }, null];
const averse = (study: Study): Study => ({
  ...study,
  stages: study.stages.map((stage, t) => ({ ...stage, cvar: measures[t % measures.length] })),
});

/** Trains and compares with the optimum; returns how far above it the last bound ends, relative to it. */
async function gapAfter(study: Study, iterations: number): Promise<number> {
  const { cost } = await solveDeterministicEquivalent(study, buildStageProblems(study).realised);
  const unit = Math.max(cost, 1);
  const { history } = trainPolicy(new LocalCommunicator(), bounded(limited(study, iterations, 8)), runtime);
  let gap = Number.POSITIVE_INFINITY;
  for (const { iteration, deterministicUpperBound: bound, lowerBound } of history) {
    expect(bound === null).toBe(iteration % 5 !== 0);
    if (bound === null) continue;
    // Above the optimum, so above every lower bound.
    expect((bound - cost) / unit).toBeGreaterThanOrEqual(-1e-8);
    expect((bound - lowerBound) / unit).toBeGreaterThanOrEqual(-1e-8);
    gap = (bound - cost) / unit;
  }
  return gap;
}

describe('the bound by inner approximation is never below the optimum, and meets it', () => {
  const named = stochasticStudies.map((make) => [make.name, make] as const);
  it.each(some(named, 2))('%s', async (_, make) => {
    expect(await gapAfter(make(), 40)).toBeLessThan(1e-3);
  });

  it.each(some(named, 2))('under risk measures: %s', async (_, make) => {
    expect(await gapAfter(averse(make()), 40)).toBeLessThan(1e-3);
  });

  it('any small study: never below', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomStudy(), fc.boolean(), async (study, risk) => {
        await gapAfter(risk ? averse(study) : study, 10);
      }),
      { seed: 2_718_281, numRuns: 10, endOnFailure: true },
    );
  });
});

describe('where Lipschitz constants cannot be computed', () => {
  // Above what a hm3 of water can be worth (energy not served at both plants, 1000 / 0.0036 each) and what a m3/s of inflow
  // remembered can: it brings at most some 2.6 hm3 in each of the stages to come.
  const given: UpperBoundSettings = { ...EVERY_FIFTH, fallbackLipschitz: 5e6 };

  it('the bound with constants that are given is never below the optimum, and comes near it: inflow that remembers', async () => {
    const { study, models } = memory();
    const openings = openingsFromNoise(study, openingTreeOf(study).noise);
    const { cost } = await solveDeterministicEquivalent(study, openings, models);
    const { history, policy } = trainPolicy(new LocalCommunicator(), bounded(limited(study, 60, 8), given), runtime);
    const bounds = history.flatMap(({ deterministicUpperBound }) => deterministicUpperBound ?? []);
    expect(bounds).toHaveLength(12);
    for (const bound of bounds) expect(bound).toBeGreaterThanOrEqual(cost * (1 - 1e-8));
    expect(bounds.at(-1)).toBeLessThan(cost * 1.01);
    // The states that vertices are of hold what is remembered.
    expect(policy.vertices?.[0].states.length).toBe((policy.vertices?.[0].count ?? 0) * policy.stateDimension);
    expect(policy.stateDimension).toBeGreaterThan(study.hydros.length);
  });

  it('says so where none are given', () => {
    const { study } = memory();
    expect(() => trainPolicy(new LocalCommunicator(), bounded(limited(study, 1)), runtime)).toThrow(
      expect.objectContaining({
        kind: 'NotSupported',
        field: 'upper_bound_evaluation.lipschitz.fallback_value',
        message: expect.stringContaining('inflow that depends on earlier inflow'),
      }),
    );
  });

  it('a training that is resumed has the same bits', async () => {
    const study = bounded(limited(memory().study, 12, 3), given);
    const whole = await trainedBits(study, join(directory, 'memory-whole'));
    expect(await resumedBits(study, 7, join(directory, 'memory-resumed'), 2)).toEqual(whole);
  });
});

describe('Lipschitz constants', () => {
  it('are what a unit of water can be worth at most: energy not served at every plant down to the sea', () => {
    const study = makeStudy({
      stages: makeStages(3, 1, [730], 0.5),
      hydros: [makeHydro({ downstream: 1, productivity: 0.5 }), makeHydro({ id: 1, productivity: 2 })],
      thermals: [makeThermal()],
    });
    // 1 hm3 is 1 m3/s for 1 / 0.0036 h; deficit costs 1000 $/MWh.
    const perUnit = 1000 / 0.0036;
    const constants = lipschitzConstants(study, buildStageProblems(study));
    expect(constants[0][1] / (2 * perUnit)).toBeCloseTo(1, 12);
    expect(constants[0][0] / (2.5 * perUnit)).toBeCloseTo(1, 12);
    expect([...constants[2]]).toEqual([0, 0]);
  });

  it('are no less than the slope of any cut', () => {
    for (const make of stochasticStudies) {
      const study = limited(make(), 20, 4);
      const { policy } = trainPolicy(new LocalCommunicator(), study, runtime);
      const constants = lipschitzConstants(study, buildStageProblems(study));
      policy.cuts.forEach(({ gradient }, t) => {
        gradient.forEach((slope, i) => {
          expect(Math.abs(slope)).toBeLessThanOrEqual(constants[t][i % policy.stateDimension] * (1 + 1e-9));
        });
      });
    }
  });
});

describe('a policy by its vertices', () => {
  it.runIf(LONG)('costs about the optimum in expectation, and no more than the bound says', async () => {
    const study = bounded(limited(cascade(), 40, 8));
    const { policy, records } = await train(study);
    const bound = records.at(-1)?.deterministicUpperBound as number;
    const inner: Study = {
      ...study,
      config: { ...study.config, simulation: { ...study.config.simulation, policyType: 'inner' } },
    };
    const outerRun = await simulate(study, policy, { scenarios: 600 });
    const innerRun = await simulate(inner, policy, { scenarios: 600 });
    expect(innerRun.meanCost).not.toBe(outerRun.meanCost);
    expect(innerRun.meanCost).toBeLessThan(bound + (4 * innerRun.stdCost) / Math.sqrt(600));
    // The same scenarios, so nearly the same cost.
    expect(Math.abs(innerRun.meanCost / outerRun.meanCost - 1)).toBeLessThan(1e-2);
    expect((await simulate(inner, policy, { scenarios: 600, numWorkers: 3 })).totalCost).toEqual(innerRun.totalCost);

    const plain = await train(limited(cascade(), 5, 2));
    await expect(
      simulate({ ...inner, hash: plain.policy.data.studyHash }, plain.policy, { scenarios: 2 }),
    ).rejects.toMatchObject({
      kind: 'PolicyMismatch',
      field: 'simulation.policy_type',
    });
  });

  it('is the same bits on other workers, and after a resumption', async () => {
    const study = bounded(limited(cascade(), 12, 3));
    const { policy, records } = await train(study);
    const bounds = records.map((record) => record.deterministicUpperBound);
    for (const options of OTHER_WAYS) {
      const other = await train(study, options);
      expect(other.records.map((record) => record.deterministicUpperBound)).toEqual(bounds);
      expect(other.policy.data.vertices).toEqual(policy.data.vertices);
      expect(other.policy.data.training?.waiting).toEqual(policy.data.training?.waiting);
    }
    const whole = await trainedBits(study, join(directory, 'whole'));
    expect(await resumedBits(study, 7, join(directory, 'parts'), 2)).toEqual(whole);
  });

  it('is written beside the cuts, and left out where exports.vertices says so', async () => {
    const study = bounded(limited(cascade(), 10, 3));
    const output = join(directory, 'written');
    const { policy, records } = await train(study, { outputDirectory: output });
    const { data } = await Policy.load(join(output, 'policy'));
    expect(data.vertices).toEqual(policy.data.vertices);
    expect(data.vertices?.[0].count).toBeGreaterThan(0);
    const manifest = JSON.parse(readFileSync(join(output, 'training', '_manifest.json'), 'utf8'));
    expect(manifest.convergence.deterministic_upper_bounds).toEqual(
      [5, 10].map((iteration) => ({ iteration, upper_bound: records[iteration - 1].deterministicUpperBound })),
    );
    const without = { ...study, config: { ...study.config, exports: { ...study.config.exports, vertices: false } } };
    await train(without, { outputDirectory: join(directory, 'without') });
    expect((await Policy.load(join(directory, 'without', 'policy'))).data.vertices).toBeNull();
  });
});
