import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Cvar, Study } from '#cobre/case/study';
import { CobreError } from '#cobre/errors';
import { Policy } from '#cobre/results/policy';
import { withPolicy } from '../support/configured.js';
import { openingsFromNoise, solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { inflowMemoryOf } from '../support/equivalent/inflow-memory.js';
import { LONG } from '../support/long.js';
import { makeContract } from '../support/make-rich-study.js';
import { openingTreeOf } from '../support/opening-tree.js';
import { noiseOf } from '../support/rich-studies/rich-study.js';
import { remembering } from '../support/rich-studies/study-data.js';
import { limited } from '../support/run-bits.js';
import { resumedBits, trainedBits } from '../support/same-training.js';
import { makeBus, makeHydro, makeStages, makeStudy, makeThermal } from '../support/small-study.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-boundary-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const NOISE = noiseOf([3, 3, 3, 3], 2, 19);
const LOADS = [[55], [70], [60], [75]];

interface Kind {
  readonly memory?: boolean;
  readonly earning?: boolean;
  readonly cvar?: Cvar;
  /** Lengths of the stages, each of one block. */
  readonly hours?: readonly number[];
}

/** Stages `from` (included) to `to` (not included) of one study of four stages. */
function part(from: number, to: number, { memory = false, earning = false, cvar, hours }: Kind = {}): Study {
  const stages = makeStages(4, 3, [300, 430], 0.98)
    .slice(from, to)
    .map((stage, t) => ({
      ...stage,
      cvar: cvar ?? null,
      ...(hours && { hours: hours[t], blocks: [{ ...stage.blocks[0], hours: hours[t] }] }),
    }));
  return makeStudy({
    stages,
    buses: [makeBus({ excessCost: 0.5 })],
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 80, maxTurbined: 30 }),
      makeHydro({ id: 1, maxStorage: 40, maxTurbined: 45 }),
    ],
    thermals: [makeThermal({ maxMw: 25, cost: 50 }), makeThermal({ id: 1, maxMw: 30, cost: 130 })],
    initialStorage: [30, 10],
    inflowMean: [[18, 6]],
    inflowStd: [[9, 4]],
    loadMean: LOADS.slice(from, to).map(([load]) => [earning ? load - 45 : load]),
    inflowNonNegativity: 'penalty',
    noiseOpenings: NOISE.slice(from, to),
    extras: {
      ...(memory ? remembering(stages, 2) : {}),
      ...(earning ? { contracts: [makeContract({ type: 'export', price: -120, maxMw: 40 })] } : {}),
    },
  });
}

const thorough = (study: Study): Study => {
  const ended = limited(study, 250, 4);
  const rules = [
    ...ended.config.training.stoppingRules,
    { type: 'bound_stalling', iterations: 60, tolerance: 1e-12 } as const,
  ];
  return { ...ended, config: { ...ended.config, training: { ...ended.config.training, stoppingRules: rules } } };
};
const multi = (study: Study): Study => {
  const { training } = study.config;
  const cuts = { ...training.cuts, formulation: 'multi' as const };
  return { ...study, config: { ...study.config, training: { ...training, cuts } } };
};
/** With one remembered inflow of each plant. */
const lagged = (study: Study): Study => {
  const T = study.stages.length;
  const autoregressive = {
    hydro: Int32Array.from({ length: 2 * T }, (_, i) => Math.floor(i / T)),
    stage: Int32Array.from({ length: 2 * T }, (_, i) => i % T),
    lag: new Int32Array(2 * T).fill(1),
    coefficient: new Float64Array(2 * T).fill(0.3),
    residualStdRatio: new Float64Array(2 * T).fill(0.9),
  };
  return { ...study, hash: 'e'.repeat(64), inflowModel: { ...study.inflowModel, autoregressive } };
};
const boundedBy = (study: Study, path: string, sourceStage: number): Study =>
  withPolicy(study, { boundary: { path, sourceStage } });

const optimumOf = async (study: Study): Promise<number> => {
  const openings = openingsFromNoise(study, openingTreeOf(study).noise);
  const memory = study.inflowModel.autoregressive === null ? {} : { inflow: inflowMemoryOf(study) };
  return (await solveDeterministicEquivalent(study, openings, memory)).cost;
};

let places = 0;
const place = (): string => join(directory, String(places++));

const policies = new Map<string, Promise<string>>();

/** Trains, once for each study, and returns where the policy lies. */
function stored(study: Study): Promise<string> {
  const key = study.hash + study.config.training.cuts.formulation;
  const known = policies.get(key);
  if (known !== undefined) return known;
  const outputDirectory = place();
  const path = train(thorough(study), { outputDirectory }).then(() => join(outputDirectory, 'policy'));
  policies.set(key, path);
  return path;
}

async function expectBound(front: Study, optimum: number): Promise<void> {
  const { records } = await train(thorough(front), { outputDirectory: place() });
  const unit = Math.abs(optimum);
  expect(Math.abs((records.at(-1)?.lowerBound ?? 0) - optimum) / unit).toBeLessThan(1e-6);
  for (const { lowerBound } of records) expect(lowerBound).toBeLessThanOrEqual(optimum + 1e-9 * unit);
}

describe('a study cut in two has the optimum of the whole', () => {
  it('the front ends with what the policy of the back says after its first stage', async () => {
    const back = await stored(part(2, 4));
    await expectBound(boundedBy(part(0, 3), back, 0), await optimumOf(part(0, 4)));
  });

  it.each<readonly [string, Kind]>([
    ['inflow that remembers', { memory: true }],
    ['revenue, so that costs to go are negative', { earning: true }],
    ['a risk measure', { cvar: { alpha: 0.4, lambda: 0.5 } }],
  ])('%s', async (_, kind) => {
    const whole = part(0, 4, kind);
    const optimum = await optimumOf(whole);
    if (kind.earning) expect(optimum).toBeLessThan(0);
    await expectBound(boundedBy(part(0, 2, kind), await stored(whole), 1), optimum);
  });

  it.runIf(LONG)('cuts of single openings, on either side', async () => {
    const whole = part(0, 4, { cvar: { alpha: 0.4, lambda: 0.5 } });
    const front = part(0, 2, { cvar: { alpha: 0.4, lambda: 0.5 } });
    const optimum = await optimumOf(whole);
    const split = await stored(multi(whole));
    await expectBound(boundedBy(front, split, 1), optimum);
    await expectBound(multi(boundedBy(front, split, 1)), optimum);
    await expectBound(multi(boundedBy(front, await stored(whole), 1)), optimum);
  });

  it('without the boundary it has another', async () => {
    const whole = await optimumOf(part(0, 4));
    expect(await optimumOf(part(0, 3))).toBeLessThan(0.9 * whole);
  });
});

const SCENARIOS = LONG ? 2000 : 400;

describe('the cuts of a boundary', () => {
  it('are all there at the end, unchanged, whatever is selected; and the bound from above counts them', async () => {
    const source = await stored(part(2, 4));
    const before = (await Policy.load(source)).data.cuts[0];
    const study = thorough(boundedBy(part(0, 3), source, 0));
    const { training } = study.config;
    const cuts = {
      ...training.cuts,
      selection: { method: 'level1', checkFrequency: 5, threshold: 0 } as const,
      maxActivePerStage: 8,
    };
    const upperBound = { initialIteration: 30, interval: 30, scaleFactor: 1, fallbackLipschitz: null };
    const config = { ...study.config, training: { ...training, cuts, upperBound } };
    const { policy, records } = await train({ ...study, config }, { outputDirectory: place() });
    const after = policy.data.cuts[2];
    expect(after.active).toBeNull();
    expect(after.warmStart).toBe(before.count);
    expect(Buffer.from(after.intercept.buffer).equals(Buffer.from(before.intercept.buffer))).toBe(true);
    expect(Buffer.from(after.gradient.buffer).equals(Buffer.from(before.gradient.buffer))).toBe(true);
    expect(policy.data.cuts[0].active).not.toBeNull();
    const optimum = await optimumOf(part(0, 4));
    const bounds = records.flatMap(({ deterministicUpperBound: bound }) => (bound === null ? [] : [bound]));
    expect(bounds.length).toBeGreaterThan(0);
    // The boundary's own policy is converged: what it says of the end is exact where it matters.
    for (const bound of bounds) expect(bound).toBeGreaterThan(optimum * (1 - 1e-6));
    expect(bounds.at(-1)).toBeLessThan(optimum * 1.01);
  });

  it('cost what they say in simulations, of either policy type, and in forward passes', async () => {
    const whole = part(0, 4);
    const source = await stored(whole);
    const study = thorough(boundedBy(part(0, 3), source, 2));
    const upperBound = { initialIteration: 30, interval: 30, scaleFactor: 1, fallbackLipschitz: null };
    const bounded = { ...study, config: { ...study.config, training: { ...study.config.training, upperBound } } };
    const outputDirectory = place();
    const { policy } = await train(bounded, { outputDirectory });
    const optimum = await optimumOf(whole);
    const outer = await simulate(bounded, policy, { scenarios: SCENARIOS });
    const inner = await simulate(
      { ...bounded, config: { ...bounded.config, simulation: { ...bounded.config.simulation, policyType: 'inner' } } },
      policy,
      { scenarios: SCENARIOS },
    );
    for (const { meanCost, stdCost } of [outer, inner]) {
      expect(Math.abs(meanCost - optimum)).toBeLessThan(4 * (stdCost / Math.sqrt(SCENARIOS)) + 0.01 * optimum);
    }
    // Read from its files it is the same policy.
    const loaded = await Policy.load(outputDirectory);
    const again = await simulate(bounded, loaded, { scenarios: 50, numWorkers: 2 });
    expect(again.totalCost).toEqual(outer.totalCost.slice(0, 50));
    expect(loaded.evaluate(2, Float64Array.of(0, 0))).toBe(
      (await Policy.load(source)).evaluate(2, Float64Array.of(0, 0)),
    );
  });

  it('are part of what a resumed training must have begun with', async () => {
    const source = await stored(part(2, 4));
    const study = limited(boundedBy(part(0, 3), source, 0), 9, 3);
    const whole = await trainedBits(study, place());
    expect(await resumedBits(study, 4, place(), 2)).toEqual(whole);

    const outputDirectory = place();
    await train(study, { outputDirectory });
    const resumed = withPolicy(study, { mode: 'resume', path: './policy' });
    await expect(train(resumed, { outputDirectory })).resolves.toMatchObject({ iterations: 9 });
    const without = withPolicy(resumed, { boundary: null });
    await expect(train(without, { outputDirectory })).rejects.toThrow(/policy\.boundary named another cost-to-go/);
  });

  it('stay with a warm start, whose own end another boundary replaces', async () => {
    const source = await stored(part(2, 4));
    const study = limited(boundedBy(part(0, 3), source, 0), 20, 4);
    const outputDirectory = place();
    const { finalLowerBound } = await train(study, { outputDirectory });
    const path = place();
    cpSync(join(outputDirectory, 'policy'), path, { recursive: true });
    const warm = withPolicy(limited(study, 1, 4), { mode: 'warm_start', path });
    const kept = await train(withPolicy(warm, { boundary: null }), { outputDirectory: place() });
    expect(kept.finalLowerBound).toBeGreaterThanOrEqual(finalLowerBound * (1 - 1e-9));
    const named = await train(warm, { outputDirectory: place() });
    expect(named.policy.data.cuts[2]).toEqual(kept.policy.data.cuts[2]);
    expect(named.finalLowerBound).toBe(kept.finalLowerBound);
    expect([kept.origin.foreignCuts, named.origin.foreignCuts]).toEqual([false, false]);
    // Cuts before the end say what that end cost.
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const other = await stored(part(2, 4, { earning: true }));
    const replaced = await train(boundedBy(warm, other, 0), { outputDirectory: place() });
    expect(replaced.origin.foreignCuts).toBe(true);
    expect(warning).toHaveBeenCalledWith(expect.stringContaining('policy.boundary'), 'CobreWarning');
    warning.mockRestore();
  });
});

describe('a boundary that cannot be used is refused', () => {
  const refusal = async (study: Study, options = { outputDirectory: place() }): Promise<CobreError> => {
    const error = await train(study, options).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CobreError);
    return error as CobreError;
  };

  it('where there is no policy, no such stage, or nothing after it', async () => {
    const source = await stored(part(2, 4));
    const study = part(0, 3);
    expect(await refusal(boundedBy(study, place(), 0))).toMatchObject({
      kind: 'CheckpointFailed',
      file: 'config.json',
      field: 'policy.boundary.path',
    });
    const missing = await refusal(boundedBy(study, source, 7));
    expect(missing).toMatchObject({ field: 'policy.boundary.source_stage', value: 7 });
    expect(missing.message).toContain('only 0 to 1');
    const last = await refusal(boundedBy(study, source, 1));
    expect(last).toMatchObject({ field: 'policy.boundary.source_stage', value: 1 });
    expect(last.suggestion).toContain('0');
  });

  it('where its state is another', async () => {
    const source = await stored(part(0, 4));
    const remembers = await refusal(boundedBy(part(0, 2, { memory: true }), source, 1));
    expect(remembers.field).toBe('policy.boundary.path');
    expect(remembers.message).toContain('2 state variables');
    const others = part(0, 2);
    const renumbered = { ...others, hydros: others.hydros.map((hydro) => ({ ...hydro, id: hydro.id + 5 })) };
    expect((await refusal(boundedBy(renumbered, source, 1))).message).toContain('0, 1, those of the case 5, 6');
    // Two plants with a lag each have as many state variables as four without.
    const four = makeStudy({
      stages: others.stages,
      hydros: [0, 1, 2, 3].map((id) => makeHydro({ id })),
      thermals: [makeThermal()],
    });
    const two = await stored(lagged(part(0, 4)));
    expect((await refusal(boundedBy(four, two, 1))).message).toContain('0, 1, those of the case 0, 1, 2, 3');
    const unchecked = withPolicy(limited(boundedBy(renumbered, source, 1), 1), { validateCompatibility: false });
    await expect(train(unchecked, { outputDirectory: place() })).resolves.toMatchObject({ iterations: 1 });
  });

  it('where its state has the inflow of longer or shorter stages', async () => {
    const months = await stored(part(0, 4, { memory: true, hours: [744, 672, 744, 720] }));
    const weeks = boundedBy(part(0, 2, { memory: true, hours: [168, 168] }), months, 1);
    expect((await refusal(weeks)).message).toContain('inflow of 672 h where the case has that of the 168 h of stage 1');
    const alike = boundedBy(part(0, 2, { memory: true, hours: [744, 744] }), months, 1);
    await expect(train(limited(alike, 1), { outputDirectory: place() })).resolves.toMatchObject({ iterations: 1 });
  });

  it('where a policy to simulate was trained without it', async () => {
    const source = await stored(part(2, 4));
    const study = part(0, 3);
    const { policy } = await train(limited(study, 3));
    const error = await simulate(boundedBy(study, source, 0), policy).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ kind: 'PolicyMismatch', field: 'policy.boundary' });
  });

  it('where a policy to simulate was trained with another', async () => {
    const source = await stored(part(2, 4));
    const kind = { cvar: { alpha: 0.4, lambda: 0.5 } };
    const study = limited(boundedBy(part(0, 3), source, 0), 3);
    const outputDirectory = place();
    const { policy } = await train(study, { outputDirectory });
    const other = boundedBy(study, await stored(part(2, 4, kind)), 0);
    for (const each of [policy, await Policy.load(outputDirectory)]) {
      await expect(simulate(other, each, { scenarios: 1 })).rejects.toMatchObject({
        kind: 'PolicyMismatch',
        field: 'policy.boundary',
        message: 'the policy was trained with another cost after the last stage',
      });
      await expect(simulate(study, each, { scenarios: 1 })).resolves.toMatchObject({ scenarios: 1 });
    }
    // Cuts of all openings together, at the end of a policy with cuts of single ones; and split ones that are kept.
    const split = multi(limited(boundedBy(part(0, 3), source, 0), 3));
    const whole = limited(boundedBy(part(0, 2), await stored(multi(part(0, 4))), 1), 3);
    for (const each of [split, whole]) {
      const trained = await train(each, { outputDirectory: place() });
      await expect(simulate(each, trained.policy, { scenarios: 1 })).resolves.toMatchObject({ scenarios: 1 });
    }
    // What cannot be compared is taken as it is.
    const gone = boundedBy(study, place(), 0);
    await expect(simulate(gone, policy, { scenarios: 1 })).resolves.toMatchObject({ scenarios: 1 });
    const nowhere = boundedBy(study, '../monthly/policy', 0);
    await expect(simulate(nowhere, policy, { scenarios: 1 })).resolves.toMatchObject({ scenarios: 1 });
  });

  it('where its path is relative and there is nothing that it is relative to', async () => {
    const error = await train(boundedBy(part(0, 3), '../monthly/policy', 0)).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ kind: 'InvalidArgument', field: 'outputDirectory' });
  });
});
