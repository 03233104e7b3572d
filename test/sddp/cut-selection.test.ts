import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CutSettings, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { VERDICT, verdicts } from '#cobre/sddp/cut-selection';
import type { TrainingOutcome } from '#cobre/sddp/outcome';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { DEFAULT_CUTS } from '../support/fresh-policy.js';
import { some } from '../support/long.js';
import { OTHER_WAYS } from '../support/other-ways.js';
import { limited, runBits } from '../support/run-bits.js';
import { resumedBits, trainedBits } from '../support/same-training.js';
import { cascade, singleReservoir } from '../support/small-study.js';

let runtime: HighsRuntime;
let directory: string;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
  directory = mkdtempSync(join(tmpdir(), 'cobre-selection-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const level1: CutSettings = { ...DEFAULT_CUTS, selection: { method: 'level1', checkFrequency: 5, threshold: 0 } };
const lml1: CutSettings = { ...DEFAULT_CUTS, selection: { method: 'lml1', checkFrequency: 5, memoryWindow: 10 } };
const domination: CutSettings = {
  ...DEFAULT_CUTS,
  selection: { method: 'domination', checkFrequency: 5, epsilon: 1e-6 },
};
const limit: CutSettings = { ...DEFAULT_CUTS, activityTolerance: 1e-6, maxActivePerStage: 100 };
const all: readonly (readonly [name: string, cuts: CutSettings])[] = [
  ['level1', level1],
  ['lml1', lml1],
  ['domination', domination],
  ['a limit alone', limit],
  ['level1 and a limit', { ...level1, maxActivePerStage: 25 }],
];

const withCuts = (study: Study, cuts: CutSettings): Study => ({
  ...study,
  config: { ...study.config, training: { ...study.config.training, cuts } },
});

describe('which cuts go', () => {
  interface Drawn {
    readonly cuts: readonly { readonly intercept: number; readonly slope: number; readonly iteration: number }[];
    readonly points: readonly { readonly x: number; readonly iteration: number }[];
  }
  const NOW = 10;
  const drawn: fc.Arbitrary<Drawn> = fc.record({
    cuts: fc.array(
      fc.record({
        intercept: fc.integer({ min: -6, max: 6 }),
        slope: fc.integer({ min: -3, max: 3 }),
        iteration: fc.integer({ min: 0, max: NOW }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    points: fc.array(fc.record({ x: fc.integer({ min: -4, max: 4 }), iteration: fc.integer({ min: 1, max: NOW }) }), {
      minLength: 1,
      maxLength: 8,
    }),
  });
  /** The slots that go. */
  const drop = (settings: CutSettings, { cuts, points }: Drawn, iteration = NOW) => {
    const verdict = verdicts(
      settings,
      {
        slots: Int32Array.from(cuts.keys()),
        intercept: Float64Array.from(cuts, (cut) => cut.intercept),
        gradient: Float64Array.from(cuts, (cut) => cut.slope),
        opening: null,
        iteration: Int32Array.from(cuts, (cut) => cut.iteration),
      },
      {
        count: points.length,
        iteration: Int32Array.from(points, (point) => point.iteration),
        states: Float64Array.from(points, (point) => point.x),
      },
      1,
      iteration,
    );
    return [...cuts.keys()].filter((slot) => verdict[slot] !== VERDICT.kept);
  };
  const value = (cut: Drawn['cuts'][number], x: number) => cut.intercept + cut.slope * x;
  const highest = ({ cuts }: Drawn, x: number) => Math.max(...cuts.map((cut) => value(cut, x)));
  const check = (settings: CutSettings, goes: (world: Drawn, cut: Drawn['cuts'][number]) => boolean) =>
    fc.assert(
      fc.property(drawn, (world) => {
        const expected = world.cuts.flatMap((cut, slot) => (cut.iteration < NOW && goes(world, cut) ? [slot] : []));
        expect(drop(settings, world)).toEqual(expected);
      }),
      { numRuns: 500 },
    );

  it.each([0, 2])('level1: those that are highest at no trial point, or at %d', (threshold) => {
    check({ ...DEFAULT_CUTS, selection: { method: 'level1', checkFrequency: 5, threshold } }, (world, cut) => {
      return world.points.filter(({ x }) => value(cut, x) === highest(world, x)).length <= threshold;
    });
  });

  it('level1 with a tolerance: those that are never within it', () => {
    check({ ...level1, activityTolerance: 2 }, (world, cut) => {
      return !world.points.some(({ x }) => value(cut, x) >= highest(world, x) - 2);
    });
  });

  it('lml1: those that are highest at no trial point of late', () => {
    check({ ...DEFAULT_CUTS, selection: { method: 'lml1', checkFrequency: 5, memoryWindow: 3 } }, (world, cut) => {
      const recent = world.points.filter(({ iteration }) => iteration >= NOW - 3);
      return cut.iteration < NOW - 3 && !recent.some(({ x }) => value(cut, x) === highest(world, x));
    });
  });

  it('domination: those that lie more than epsilon below another everywhere', () => {
    check({ ...DEFAULT_CUTS, selection: { method: 'domination', checkFrequency: 5, epsilon: 1 } }, (world, cut) => {
      return world.points.every(({ x }) => highest(world, x) - value(cut, x) > 1);
    });
  });

  it('a limit: those active longest ago, then at fewer points, then older', () => {
    const cuts = [0, 1, 2, 3].map((k) => ({
      intercept: k === 0 ? 5 : 0,
      slope: k === 0 ? 0 : 1,
      iteration: k === 3 ? NOW : 1,
    }));
    // Cut 0 is highest at 0, visited in iteration 2; the others at 8, visited in iteration 4.
    const world = {
      cuts,
      points: [
        { x: 0, iteration: 2 },
        { x: 8, iteration: 4 },
      ],
    };
    expect(drop({ ...DEFAULT_CUTS, maxActivePerStage: 4 }, world)).toEqual([]);
    expect(drop({ ...DEFAULT_CUTS, maxActivePerStage: 3 }, world)).toEqual([0]);
    expect(drop({ ...DEFAULT_CUTS, maxActivePerStage: 2 }, world)).toEqual([0, 1]);
    // The cut of this iteration stays.
    expect(drop({ ...DEFAULT_CUTS, maxActivePerStage: 1 }, world)).toEqual([0, 1, 2]);
  });

  it('none between the checks', () => {
    const world = {
      cuts: [
        { intercept: 0, slope: 0, iteration: 1 },
        { intercept: 1, slope: 0, iteration: 1 },
      ],
      points: [{ x: 0, iteration: 1 }],
    };
    expect(drop(level1, world, 9)).toEqual([]);
    expect(drop(level1, world, 10)).toEqual([0]);
  });
});

/** As many variables are basic as there are rows, in every basis that is kept. */
function expectSquareBases({ policy }: TrainingOutcome): void {
  const { bases } = policy.training!;
  bases.statuses.forEach((statuses, t) => {
    const length = statuses.length / bases.slots;
    for (let slot = 0; slot < bases.slots; slot++) {
      const basic = statuses.subarray(slot * length, (slot + 1) * length).filter((code) => code === 1).length;
      expect(basic, `stage ${t}, slot ${slot}`).toBe(bases.rows[t]);
    }
  });
}

describe('a training that selects its cuts', () => {
  it.each(some(all.toReversed(), 2))('reaches the optimum and tells what it dropped: %s', async (_, cuts) => {
    for (const make of [singleReservoir, cascade]) {
      const study = limited(make(), 60, 4);
      const { cost } = await solveDeterministicEquivalent(study, buildStageProblems(study).realised);
      const plain = trainPolicy(new LocalCommunicator(), study, runtime);
      const selected = trainPolicy(new LocalCommunicator(), withCuts(study, cuts), runtime);
      // A limit makes no such promise: it may cost some of the bound.
      const reached = cuts.maxActivePerStage === null ? 1e-6 : 1e-3;
      expect(Math.abs(selected.policy.lowerBound - cost) / cost).toBeLessThan(reached);
      expect(Math.abs(selected.policy.lowerBound - plain.policy.lowerBound) / cost).toBeLessThan(reached);
      for (const { lowerBound } of selected.history) expect(lowerBound).toBeLessThanOrEqual(cost * (1 + 1e-9));
      let active = 0;
      for (const record of selected.history) {
        active += record.cutsAdded - record.cutsRemoved;
        expect(record.cutsActive).toBe(active);
      }
      const flags = selected.policy.cuts.map((each) => each.active ?? new Uint8Array(each.count).fill(1));
      expect(flags.reduce((sum, each) => sum + each.filter((flag) => flag === 1).length, 0)).toBe(active);
      expect(active).toBeLessThan(plain.history[plain.history.length - 1].cutsActive);
      expectSquareBases(selected);
    }
  });

  it.each(some(all.slice(-1).concat(all.slice(0, -1)), 1))('is the same bits on other workers: %s', async (_, cuts) => {
    const study = withCuts(limited(cascade(), 11, 3), { ...cuts, maxActivePerStage: cuts.maxActivePerStage && 12 });
    const alone = await runBits(study, 1, 40);
    for (const way of OTHER_WAYS) expect(await runBits(study, way, 40)).toEqual(alone);
  });

  it('is the same bits when stage models are given up and rebuilt for want of memory', () => {
    const study = withCuts(limited(cascade(), 20, 3), level1);
    const roomy = trainPolicy(new LocalCommunicator(), study, runtime);
    const tight = trainPolicy(new LocalCommunicator(), study, runtime, { solverBytes: 1 });
    expect(new Policy(tight.policy).digest()).toBe(new Policy(roomy.policy).digest());
    expect(tight.history.map((r) => r.upperBoundMean)).toEqual(roomy.history.map((r) => r.upperBoundMean));
  });

  it.each(some(all.slice(2).concat(all.slice(0, 2)), 1))(
    'goes on from a checkpoint to the same bits: %s',
    async (_, cuts) => {
      const study = withCuts(limited(cascade(), 17, 3), { ...cuts, maxActivePerStage: cuts.maxActivePerStage && 12 });
      const whole = await trainedBits(study, join(directory, 'whole'));
      expect(await resumedBits(study, 8, join(directory, 'parts'), 2)).toEqual(whole);
    },
  );
});

it('a policy file tells which cuts are active, and its digest too', async () => {
  const study = withCuts(limited(cascade(), 10, 3), level1);
  const policy = new Policy(trainPolicy(new LocalCommunicator(), study, runtime).policy);
  await policy.save(join(directory, 'policy'));
  const loaded = await Policy.load(join(directory, 'policy'));
  expect(loaded.data.cuts).toEqual(policy.data.cuts);
  expect(loaded.data.training?.visited).toEqual(policy.data.training?.visited);
  expect(loaded.digest()).toBe(policy.digest());
  const other = new Policy({ ...policy.data, cuts: policy.data.cuts.map((cuts) => ({ ...cuts, active: null })) });
  expect(other.digest()).not.toBe(policy.digest());
});
