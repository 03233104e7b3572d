import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { loadStudy } from '#cobre/case/load-case';
import type { Study } from '#cobre/case/study';
import { hydroModels } from '#cobre/hydro/study-models';
import { coefficientValues, planeValues } from '#cobre/results/preprocessing-tables';
import { writeHydroModels, writeStochastic } from '#cobre/results/write-preprocessing';
import { buildInflowModel } from '#cobre/stochastic/inflow-model';
import { inflowParameters } from '#cobre/stochastic/inflow-parameters';
import { StudyNoise } from '#cobre/stochastic/study-noise';
import { applyPatch, type CaseContent, type CasePatch, makeCase } from '../support/case-builder.js';
import { day, fullCase } from '../support/full-case.js';
import { table } from '../support/small-case.js';
import { INPUT_FILES, storedColumns } from './documented-inputs.js';
import { temporaryDirectory } from './fixture.js';

/** The small case with forty years of inflow in place of its statistics: each month remembers the one before. */
function withHistory(orderSelection: 'pacf' | 'pacf_annual'): CasePatch {
  const months = 40 * 12;
  const series = [0, 1].map((hydro) => {
    let state = 2024 + hydro;
    let above = 0;
    return Array.from({ length: months }, (_, month) => {
      // A small linear congruential generator; the mean of four draws is close enough to normal.
      let sum = 0;
      for (let i = 0; i < 4; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        sum += state / 2 ** 32 - 0.5;
      }
      above = (hydro === 0 ? 0.6 : 0.4) * above + sum;
      return 60 + 10 * hydro + 2 * (month % 12) + 12 * above;
    });
  });
  const dates = Array.from({ length: months }, (_, m) => {
    const month = String(1 + (m % 12)).padStart(2, '0');
    return day(`${1980 + Math.floor(m / 12)}-${month}-01`);
  });
  return {
    'scenarios/inflow_seasonal_stats.parquet': null,
    'scenarios/noise_openings.parquet': null,
    'scenarios/correlation.json': null,
    'scenarios/inflow_history.parquet': table({
      hydro_id: ['INT32', series.flatMap((values, hydro) => values.map(() => hydro))],
      date: ['DATE', [...dates, ...dates]],
      value_m3s: ['DOUBLE', series.flat()],
    }),
    'config.json': (config) => {
      config.estimation = { max_order: 4, order_selection: orderSelection };
    },
    'initial_conditions.json': (file) => {
      // As far back as an annual mean reaches.
      const values = (first: number) => Array.from({ length: 14 }, (_, l) => first + l);
      file.past_inflows = [
        { hydro_id: 0, values_m3s: values(61) },
        { hydro_id: 1, values_m3s: values(72) },
      ];
    },
    'stages.json': (stages) => {
      stages.season_definitions = {
        cycle_type: 'monthly',
        seasons: Array.from({ length: 12 }, (_, id) => ({ id, label: `month ${id + 1}`, month_start: id + 1 })),
      };
      for (const [season_id, stage] of stages.stages.entries()) Object.assign(stage, { season_id });
      // As far back as the lags of the first stages look, and as the annual mean of January.
      stages.pre_study_stages = Array.from({ length: 12 }, (_, i) => ({
        id: -12 + i,
        start_date: `2023-${String(i + 1).padStart(2, '0')}-01`,
        end_date: i === 11 ? '2024-01-01' : `2023-${String(i + 2).padStart(2, '0')}-01`,
        season_id: i,
      }));
    },
  };
}

/** What the noise and the inflow of a study are made of. */
function preprocessed(study: Study) {
  const inflow = inflowParameters(study);
  const model = buildInflowModel(study, inflow);
  const { tree } = new StudyNoise(study, model);
  const { base, psi, sigma, mean, maxOrder } = inflow;
  return { base, psi, sigma, mean, maxOrder, initial: model.initial, openings: tree.openings, noise: tree.noise };
}

/** Exports a study's preprocessing and puts it into its case. */
async function replay(directory: string, study: Study): Promise<Study> {
  const output = temporaryDirectory();
  writeStochastic(output, study);
  for (const file of readdirSync(join(output, 'stochastic'))) {
    copyFileSync(join(output, 'stochastic', file), join(directory, 'scenarios', file));
  }
  return loadStudy(directory);
}

/** The same, with what the patch does to stages.json after it. */
function withStages(patch: CasePatch, change: (stages: CaseContent) => void): CasePatch {
  const before = patch['stages.json'] as (stages: CaseContent) => void;
  const both = (stages: CaseContent) => {
    before(stages);
    change(stages);
  };
  return { ...patch, 'stages.json': both };
}

/** February in four weeks of its season, the last of eight days. */
function weeksOfFebruary({ stages }: CaseContent): void {
  const [january, , march] = stages;
  const dates = ['2024-02-01', '2024-02-08', '2024-02-15', '2024-02-22', '2024-03-01'];
  const weeks = [0, 1, 2, 3].map((w) => {
    const hours = w === 3 ? 192 : 168;
    const blocks = [0, 1].map((id) => ({ id, name: `B${id}`, hours: hours / 2 }));
    return { ...march, id: 1 + w, start_date: dates[w], end_date: dates[w + 1], season_id: 1, blocks };
  });
  stages.splice(0, 3, january, ...weeks, { ...march, id: 5 });
}

describe('stochastic/', () => {
  for (const selection of ['pacf', 'pacf_annual'] as const) {
    it(`replays an estimation by ${selection} without one, to the last bit`, async () => {
      const directory = await makeCase(withHistory(selection));
      const study = await loadStudy(directory);
      expect(inflowParameters(study).estimate).not.toBeNull();
      const again = await replay(directory, study);
      expect(inflowParameters(again).estimate).toBeNull();
      expect(preprocessed(again)).toEqual(preprocessed(study));
      expect(inflowParameters(study).maxOrder).toBeGreaterThan(0);
      // And what it exports then is what it was given.
      const [first, second] = [study, again].map((each) => {
        const output = temporaryDirectory();
        writeStochastic(output, each);
        return join(output, 'stochastic');
      });
      for (const file of ['noise_openings.parquet', 'load_seasonal_stats.parquet']) {
        expect(readFileSync(join(second, file))).toEqual(readFileSync(join(first, file)));
      }
      expect(readdirSync(second).sort()).toEqual([
        'correlation.json',
        'load_seasonal_stats.parquet',
        'noise_openings.parquet',
      ]);
      expect(readdirSync(first).sort()).toEqual([
        'correlation.json',
        'fitting_report.json',
        ...(selection === 'pacf_annual' ? ['inflow_annual_component.parquet'] : []),
        'inflow_ar_coefficients.parquet',
        'inflow_seasonal_stats.parquet',
        'load_seasonal_stats.parquet',
        'noise_openings.parquet',
      ]);
    });
  }

  /** Of a study from January to March, whose lags look into months that it does not have. */
  const partial: [string, (stages: CaseContent) => void][] = [
    ['whose stages before it are not stated', ({ pre_study_stages: stated }) => stated.splice(0)],
    ['of whose stages before it only the last two are stated', ({ pre_study_stages: stated }) => stated.splice(0, 10)],
    [
      'of weeks and months',
      (stages) => {
        stages.pre_study_stages = [];
        weeksOfFebruary(stages);
      },
    ],
    [
      'that begins in a month that it has in weeks',
      (stages) => {
        stages.pre_study_stages = [];
        weeksOfFebruary(stages);
        stages.stages.shift();
        for (const stage of stages.stages) stage.id -= 1;
      },
    ],
  ];
  for (const [name, change] of partial) {
    for (const selection of ['pacf', 'pacf_annual'] as const) {
      it(`replays an estimation by ${selection} for a part of a year ${name}, to the last bit`, async () => {
        const patch = withStages(withHistory(selection), change);
        if (name.includes('weeks')) {
          for (const file of ['load_seasonal_stats.parquet', 'load_factors.json']) patch[`scenarios/${file}`] = null;
        }
        const directory = await makeCase(patch);
        const study = await loadStudy(directory);
        const { model, check } = inflowParameters(study);
        expect(model.pastMean.length).toBeGreaterThan(0);
        const again = await replay(directory, study);
        expect(inflowParameters(again).estimate).toBeNull();
        expect(preprocessed(again)).toEqual(preprocessed(study));
        expect(inflowParameters(again).model).toEqual(model);
        expect(inflowParameters(again).check.warnings).toEqual(
          check.warnings.filter(({ file }) => file !== 'scenarios/inflow_history.parquet'),
        );
      });
    }
  }

  it('replays correlation by profile and stage, and generated openings', async () => {
    const directory = await makeCase({ 'scenarios/noise_openings.parquet': null });
    const study = await loadStudy(directory);
    expect(study.correlation.profiles.length).toBeGreaterThan(0);
    const again = await replay(directory, study);
    expect(preprocessed(again)).toEqual(preprocessed(study));
    const matrixAt = ({ correlation }: Study, t: number) => correlation.profiles[correlation.profileOfStage[t]];
    study.stages.forEach((_, t) => {
      expect(matrixAt(again, t)).toEqual(matrixAt(study, t));
    });
    expect(again.correlation.method).toBe(study.correlation.method);
  });

  it('reports the coefficients of each season', async () => {
    const study = await loadStudy(await makeCase(withHistory('pacf')));
    const output = temporaryDirectory();
    writeStochastic(output, study);
    const report = JSON.parse(readFileSync(join(output, 'stochastic', 'fitting_report.json'), 'utf8'));
    expect(Object.keys(report.hydros)).toEqual(['0', '1']);
    const { selected_order, aic_scores, coefficients } = report.hydros[0];
    expect(coefficients).toHaveLength(12);
    expect(selected_order).toBe(Math.max(...coefficients.map((season: number[]) => season.length)));
    expect(aic_scores).toEqual([]);
    const fits = inflowParameters(study).estimate?.cycles[0].fits[0].fits ?? [];
    expect(coefficients).toEqual(fits.map((fit) => [...fit.coefficients]));
  });

  it('has the columns of the files of a case', async () => {
    const study = await loadStudy(await makeCase(withHistory('pacf_annual')));
    const output = temporaryDirectory();
    writeStochastic(output, study);
    for (const [name, columns] of Object.entries(INPUT_FILES)) {
      if (name === 'fpha_hyperplanes') continue;
      const bytes = readFileSync(join(output, 'stochastic', `${name}.parquet`));
      expect([name, storedColumns(parquetMetadata(new Uint8Array(bytes).buffer).schema)]).toEqual([name, columns]);
    }
  });

  it('writes a row a lag, and none for a hydro without', () => {
    const row = { stageId: 4, residualStdRatio: 0.5 };
    const [hydro, stage, lag, coefficient, ratio] = coefficientValues([
      { ...row, hydroId: 9, coefficients: [0.25] },
      { ...row, hydroId: 3, coefficients: [] },
      { ...row, hydroId: 3, stageId: 1, coefficients: [0.5, -0.125] },
    ]);
    expect([...hydro]).toEqual([3, 3, 9]);
    expect([...stage]).toEqual([1, 1, 4]);
    expect([...lag]).toEqual([1, 2, 1]);
    expect([...coefficient]).toEqual([0.5, -0.125, 0.25]);
    expect([...ratio]).toEqual([0.5, 0.5, 0.5]);
  });
});

describe('hydro_models/fpha_hyperplanes.parquet', () => {
  const constant = [{ start_stage_id: 0, model: 'constant_productivity', productivity_override: 0.8 }];
  /** The full case, with planes given for plant 2. */
  const patch: CasePatch = {
    'system/hydro_production_models.json': (models) => {
      const stage_ranges = [{ start_stage_id: 0, model: 'fpha', fpha_config: { source: 'precomputed' } }];
      models.production_models.push({ hydro_id: 2, selection_mode: 'stage_ranges', stage_ranges });
    },
  };

  it('gives the fitted planes back as precomputed ones, to the last bit', async () => {
    const study = await loadStudy(await makeCase(patch, fullCase()));
    const output = temporaryDirectory();
    writeHydroModels(output, study);
    const bytes = readFileSync(join(output, 'hydro_models', 'fpha_hyperplanes.parquet'));
    const buffer = new Uint8Array(bytes).buffer;
    expect(storedColumns(parquetMetadata(buffer).schema)).toEqual(INPUT_FILES.fpha_hyperplanes);
    const rows = await parquetReadObjects({ file: buffer });
    // Plant 0 alone has fitted planes, at stages 0 and 1, of one fit.
    expect(new Set(rows.map(({ hydro_id, stage_id }) => `${hydro_id} ${stage_id}`))).toEqual(new Set(['0 null']));
    expect(rows.map(({ plane_id }) => plane_id)).toEqual(rows.map((_, i) => i));

    const precomputed = applyPatch(fullCase(), {
      ...patch,
      // It has none for the other plants, which do without.
      'system/fpha_hyperplanes.parquet': bytes,
    });
    const models = precomputed['system/hydro_production_models.json'];
    const fitted = models.production_models.find((entry: { hydro_id: number }) => entry.hydro_id === 0);
    fitted.stage_ranges[0].fpha_config = { source: 'precomputed' };
    const others = [1, 2].map((hydro_id) => ({ hydro_id, selection_mode: 'stage_ranges', stage_ranges: constant }));
    models.production_models = [fitted, ...others];
    const again = await loadStudy(await makeCase({}, precomputed));
    const planes = (of: Study, t: number) => {
      const made = hydroModels(of).production[0][t];
      return made.kind === 'fpha' ? made.planes : null;
    };
    for (const t of [0, 1]) {
      expect(planes(study, t)).not.toBeNull();
      expect(planes(again, t)).toEqual(planes(study, t));
    }
  });

  it('is not written where nothing was fitted', async () => {
    const output = temporaryDirectory();
    mkdirSync(output, { recursive: true });
    writeHydroModels(output, await loadStudy(await makeCase()));
    expect(existsSync(join(output, 'hydro_models'))).toBe(false);
  });

  it('puts planes of all stages before those of one', () => {
    const plane = { gamma0: 1, gammaV: 2, gammaQ: 3, gammaS: -4, kappa: 0.5 };
    const row = { ...plane, validVMinHm3: 6, validVMaxHm3: null, validQMaxM3s: 7 };
    const values = planeValues([
      { ...row, hydroId: 2, stageId: 0, planeId: 0 },
      { ...row, hydroId: 2, stageId: null, planeId: 1 },
      { ...row, hydroId: 1, stageId: 5, planeId: 0 },
      { ...row, hydroId: 2, stageId: null, planeId: 0 },
    ]);
    expect(values.slice(0, 3).map((column) => [...column])).toEqual([
      [1, 2, 2, 2],
      [5, null, null, 0],
      [0, 0, 1, 0],
    ]);
    expect(values.slice(3).map((column) => [...column][0])).toEqual([1, 2, 3, -4, 0.5, 6, null, 7]);
  });
});
