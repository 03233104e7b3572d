import { beforeAll, describe, expect, it } from 'vitest';
import { loadCase, validate } from '#cobre/api/load';
import { preprocess } from '#cobre/api/preprocess';
import type { Study } from '#cobre/case/study';
import { hydroModels } from '#cobre/hydro/study-models';
import { inflowParameters } from '#cobre/stochastic/inflow-parameters';
import { HYDROS, set } from '../support/broken-case.js';
import { makeCase } from '../support/case-builder.js';
import { fullCase } from '../support/full-case.js';
import { IN_SAMPLE, noExtras } from '../support/plain-study.js';
import { ranges, remembering } from '../support/rich-studies/study-data.js';
import { makeHydro, makeStages, makeStudy, type StudyParts } from '../support/small-study.js';
import { warningTexts } from '../support/warning-text.js';

const CURVE = { volume: Float64Array.of(0, 200), height: Float64Array.of(100, 140), area: Float64Array.of(1, 3) };
const COMPUTED = {
  model: 'fpha',
  fpha: {
    source: 'computed',
    volumePoints: null,
    turbinedPoints: null,
    spilledPoints: null,
    maxPlanes: null,
    window: null,
  },
  productivity: null,
  from: 0,
  to: null,
} as const;

function plants(tailraces: readonly number[], fpha: object = {}): Study {
  return makeStudy({
    hydros: tailraces.map((level, id) =>
      makeHydro({
        id,
        model: 'fpha',
        head: {
          tailrace: { type: 'polynomial', coefficients: [level] },
          losses: { type: 'factor', value: 0 },
          efficiency: 0.9,
        },
      }),
    ),
    extras: {
      geometry: tailraces.map(() => CURVE),
      productionChoices: tailraces.map(() => ranges({ ...COMPUTED, fpha: { ...COMPUTED.fpha, ...fpha } })),
    },
  });
}

describe('what a run starts with', () => {
  it('is made once: the study that comes back has it', () => {
    const { errors, study } = preprocess(plants([20]));
    expect(errors).toEqual([]);
    expect(hydroModels(study)).toBe(hydroModels(study));
    expect(inflowParameters(study)).toBe(inflowParameters(study));
    expect(Object.isFrozen(study.warnings)).toBe(true);
  });

  it('has its faults told all at once, each with its file and field', () => {
    // Two plants whose water below stands higher than that above, and an inflow that explains more than there is.
    const study = plants([150, 20, 160]);
    const stages = study.stages.map((stage, t) => ({ ...stage, season: t }));
    const rows = { hydro: [1], stage: [0], lag: [1], coefficient: [0.5], residualStdRatio: [1.5] };
    const { errors } = preprocess({
      ...study,
      stages,
      inflow: { mean: study.inflow.mean.map(() => 10), std: study.inflow.std.map(() => 2) },
      inflowModel: {
        ...study.inflowModel,
        autoregressive: {
          hydro: Int32Array.from(rows.hydro),
          stage: Int32Array.from(rows.stage),
          lag: Int32Array.from(rows.lag),
          coefficient: Float64Array.from(rows.coefficient),
          residualStdRatio: Float64Array.from(rows.residualStdRatio),
        },
      },
    });
    expect(errors.map(({ file, field }) => [file, field])).toEqual([
      ['system/hydros.json', 'tailrace'],
      ['system/hydros.json', 'tailrace'],
      ['scenarios/inflow_ar_coefficients.parquet', 'hydro_id 1, stage_id 0, residual_std_ratio'],
    ]);
    expect(errors[0].message).toContain('hydro 0');
    expect(errors[1].message).toContain('hydro 2');
  });

  it('tells of planes far from the production function', () => {
    // Nearly empty it has no head at all, full it has much.
    const study = plants([99]);
    const { study: made, errors } = preprocess(study);
    expect(errors).toEqual([]);
    const [fitted] = hydroModels(made).production[0];
    const kappa = fitted.kind === 'fpha' ? (fitted.fit?.kappa ?? 1) : 1;
    expect(kappa).toBeLessThan(0.95);
    expect(warningTexts(made.warnings)).toContainEqual(expect.stringMatching(/hydro 0 .*corrected by 0\.\d+.* MW/));
    expect(preprocess(plants([20])).study.warnings).toEqual([]);
  });

  it('suggests more planes only where some were left out', () => {
    const suggestion = (maxPlanes: number) => {
      const { study } = preprocess(plants([99], { maxPlanes }));
      const [fitted] = hydroModels(study).production[0];
      const fit = fitted.kind === 'fpha' ? fitted.fit : null;
      const texts = warningTexts(study.warnings).filter((text) => text.includes('corrected by'));
      expect(texts).toHaveLength(1);
      return { kept: fit?.planes.length, facets: fit?.facets, says: texts[0].split(' | ')[1] };
    };
    const all = suggestion(1000);
    expect(all.kept).toBe(all.facets);
    expect(all.says).toBe('Narrow the fitting window; it is the envelope itself that is off, not a lack of planes.');
    const few = suggestion(1);
    expect(few.kept).toBeLessThan(few.facets ?? 0);
    expect(few.says).toBe('Narrow the fitting window, or raise max_planes_per_hydro.');
  });

  it('tells of fitted planes that are below 0 at rest, which has its price', () => {
    const window = { minVolume: 150, maxVolume: 200, minPercentile: null, maxPercentile: null };
    const { study, errors } = preprocess(plants([99], { window }));
    expect(errors).toEqual([]);
    expect(warningTexts(study.warnings)).toContainEqual(
      expect.stringMatching(
        /fitted planes ask for -\S+ MW .* no solution but at a price \| .* generation_violation_cost\.$/,
      ),
    );
  });

  it.each([
    ['below 0 in an empty reservoir', -3, 0.1, ['-3 MW']],
    ['0 in an empty reservoir', 0, 0.1, []],
    ['above 0', 2, 0, []],
  ])('tells of planes of the case that are below 0 at rest: %s', (_, gamma0, gammaV, says) => {
    const plane = { plane: 0, gamma0: 9, gammaV, gammaQ: 0.8, gammaS: 0, kappa: 1 };
    const anywhere = { stage: null, validVMin: null, validVMax: null, validQMax: null };
    const study = makeStudy({
      hydros: [makeHydro({ model: 'fpha', minStorage: 0, maxStorage: 100 })],
      extras: {
        productionChoices: [ranges({ ...COMPUTED, fpha: { ...COMPUTED.fpha, source: 'precomputed' } })],
        suppliedPlanes: [
          [
            { ...plane, ...anywhere },
            { ...plane, ...anywhere, plane: 1, gamma0 },
          ],
        ],
      },
    });
    const { errors, study: made } = preprocess(study);
    expect(errors).toEqual([]);
    const texts = warningTexts(made.warnings);
    expect(texts).toHaveLength(says.length);
    for (const words of says) {
      expect(texts[0]).toMatch(/^system\/fpha_hyperplanes\.parquet: hydro 0 .* at rest/);
      expect(texts[0]).toContain(words);
    }
  });
});

describe('noise that is otherwise than asked for', () => {
  const parts: StudyParts = {
    stages: makeStages(2, 3),
    hydros: [makeHydro()],
    inflowMean: [[20]],
    inflowStd: [[5]],
    loadMean: [[30], [40]],
    loadStd: [[0], [4]],
  };
  const external = (values: readonly number[]) => ({
    scenarios: values.length / 2,
    values: Float64Array.from(values),
  });
  const sourced = (study: Study, source: Partial<Study['config']['training']['source']>): Study => ({
    ...study,
    config: {
      ...study.config,
      training: { ...study.config.training, source: { ...study.config.training.source, ...source } },
    },
  });
  const warningsOf = (study: Study) => {
    const { errors, study: made } = preprocess(study);
    expect(errors).toEqual([]);
    return warningTexts(made.warnings);
  };

  it('is told of: external values beside a mean that is certain', () => {
    const study = makeStudy({ ...parts, extras: { externalLoad: external([30, 33, 30, 41, 42, 43]) } });
    expect(warningsOf(sourced(study, { load: 'external' }))).toEqual([
      expect.stringMatching(/^scenarios\/external_load_scenarios\.parquet: 1 value differs from the mean load/),
    ]);
  });

  it('is told of: fewer openings than asked for', () => {
    const study = makeStudy({ ...parts, loadStd: [[0]], extras: { externalInflow: external([20, 22, 18, 25]) } });
    expect(warningsOf(sourced(study, { inflow: 'external' }))).toEqual([
      expect.stringMatching(/^stages\.json: stages 0, 1 have fewer openings .*\(2 instead of 3\)/),
    ]);
  });

  it('is told of: a sampling method that draws nothing out of sample', () => {
    const stages = makeStages(2, 3).map((stage, t) => ({
      ...stage,
      sampling: t === 1 ? ('selective' as const) : ('saa' as const),
    }));
    const study = makeStudy({
      ...parts,
      stages,
      loadStd: [[0]],
      noiseOpenings: [
        [0, 1, -1],
        [0.5, 0, 1],
      ],
    });
    expect(warningsOf(study)).toEqual([]);
    expect(warningsOf(sourced(study, { inflow: 'out_of_sample' }))).toEqual([
      expect.stringMatching(/^stages\.json: selective .* drawn by saa at stage 1 \|/),
    ]);
  });

  const observed = (years = 8) => {
    const stages = makeStages(2).map((stage, t) => ({ ...stage, season: t }));
    const months = Array.from({ length: 12 * years }, (_, i) => i);
    const { inflowModel } = noExtras(stages, 1, 0);
    return makeStudy({
      ...parts,
      stages,
      loadStd: [[0]],
      extras: {
        inflowModel: {
          ...inflowModel,
          history: {
            hydro: new Int32Array(months.length),
            date: months.map((i) => `${2010 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01`),
            value: Float64Array.from(months, (i) => 20 + ((i * i * 7) % 11)),
          },
          estimateStatistics: true,
          estimateCoefficients: true,
        },
      },
    });
  };

  it('is told of: a short history', () => {
    expect(warningsOf(observed())).toContainEqual(
      expect.stringMatching(
        /^scenarios\/inflow_history\.parquet: hydro 0 has fewer than .* = 30 inflows: 8 in season 0, 8 in season 1/,
      ),
    );
  });

  it('cannot be made of a history of one year', () => {
    expect(preprocess(observed(1)).errors).toMatchObject([
      { kind: 'CoverageMismatch', field: 'hydro_id', value: 0, message: 'hydro 0 has 1 inflow in season 0' },
    ]);
  });

  it('is told of: years that cannot be replayed, which are not left out in silence', () => {
    const replayed = (historicalYears: number[]) => {
      const study = observed();
      const source = { ...IN_SAMPLE, inflow: 'historical' as const, historicalYears };
      return { ...study, config: { ...study.config, training: { ...study.config.training, source } } };
    };
    const warnings = warningsOf(replayed([2010, 2012, 2018]));
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^config\.json: historical_years: 2018 \(the inflow from it on .* hydro 0\) .*; what remains is 2010, 2012 \|/,
      ),
    );
    expect(warningsOf(replayed([2012])).filter((text) => text.includes('historical_years'))).toEqual([]);
    expect(preprocess(replayed([2018])).errors).toMatchObject([{ kind: 'CoverageMismatch' }]);
  });
});

describe('inflow that is cut off at 0', () => {
  const stages = makeStages(2, 2);
  /** Inflow of two plants, of which the openings are `noise` standard deviations off the mean. */
  const study = (method: Study['config']['inflowNonNegativity'], noise: number, coefficients?: readonly number[]) => {
    const { inflowModel } = remembering(stages, 2);
    const { autoregressive } = inflowModel!;
    return makeStudy({
      stages,
      hydros: [makeHydro(), makeHydro({ id: 1 })],
      inflowMean: [[20, 20]],
      inflowStd: [[5, 5]],
      inflowNonNegativity: method,
      noiseOpenings: stages.map(() => [-noise, -noise, noise, noise]),
      ...(coefficients && {
        extras: {
          inflowModel: {
            ...inflowModel!,
            autoregressive: {
              ...autoregressive!,
              coefficient: autoregressive!.coefficient.map((_, i) => coefficients[i % coefficients.length]),
            },
          },
        },
      }),
    });
  };
  const warnings = (made: Study) =>
    preprocess(made).study.warnings.filter(({ field }) => field?.startsWith('modeling'));

  it.each(['truncation', 'truncation_with_penalty'] as const)(
    'makes the lower bound an estimate with memory: %s',
    (method) => {
      const [warning, ...more] = warnings(study(method, 6, [0.1]));
      expect(more).toEqual([]);
      expect(warning).toMatchObject({
        kind: 'IncompatibleSettings',
        file: 'config.json',
        field: 'modeling.inflow_non_negativity.method',
        value: method,
        message: expect.stringContaining('the lower bound is only an estimate'),
        suggestion: expect.stringContaining('"penalty"'),
      });
    },
  );

  it('is no matter where it is not, depends on nothing, never falls below 0 or is not trained with', () => {
    expect(warnings(study('penalty', 6, [0.1]))).toEqual([]);
    expect(warnings(study('truncation', 6))).toEqual([]);
    expect(warnings(study('truncation', 2, [0.1]))).toEqual([]);
    const other = study('truncation', 6, [0.1]);
    const training = { ...other.config.training, enabled: false };
    expect(warnings({ ...other, config: { ...other.config, training } })).toEqual([]);
  });

  it('is one where much inflow before makes it less, however small its own spread', () => {
    expect(warnings(study('truncation', 2, [-0.1]))).toHaveLength(1);
  });
});

/** The full case with what its plant of the model fpha needs: where the planes come from. */
function runnableCase() {
  const content = fullCase();
  const range = { start_stage_id: 0, end_stage_id: null, model: 'fpha', fpha_config: { source: 'precomputed' } };
  content['system/hydro_production_models.json'].production_models.push({
    hydro_id: 2,
    selection_mode: 'stage_ranges',
    stage_ranges: [range],
  });
  return content;
}

describe('a case on disk', () => {
  let sound: string;
  let broken: string;
  beforeAll(async () => {
    sound = await makeCase({}, runnableCase());
    const noHead = set(HYDROS, 'hydros[0].tailrace', { type: 'polynomial', coefficients: [5000] });
    broken = await makeCase(noHead, runnableCase());
  });
  it('is valid where all this can be made', async () => {
    const { errors, study } = await validate(sound);
    expect(errors).toEqual([]);
    expect(study?.warnings).toEqual((await loadCase(sound)).warnings);
  });

  it('is not valid where a plant of the model fpha does not say where its planes come from', async () => {
    const { errors } = await validate(await makeCase({}, fullCase()));
    expect(errors).toMatchObject([
      { kind: 'MissingReference', file: HYDROS, message: expect.stringContaining('where its planes come from') },
    ]);
  });

  it('is not valid, and not loaded, where a part of it cannot', async () => {
    const { errors, study } = await validate(broken);
    expect(study).toBeNull();
    expect(errors).toMatchObject([{ kind: 'PhysicalConstraint', file: 'system/hydros.json', field: 'tailrace' }]);
    await expect(loadCase(broken)).rejects.toMatchObject({ kind: 'ValidationFailed', errors: [{ field: 'tailrace' }] });
  });
});
