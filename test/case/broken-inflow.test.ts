import { describe, expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import type { Study } from '#cobre/case/study';
import { inflowParameters } from '#cobre/stochastic/inflow-parameters';
import {
  ANNUAL,
  type Broken,
  COEFFICIENTS,
  CONFIG,
  CORRELATION,
  cell,
  EXTERNAL_INFLOW,
  EXTERNAL_LOAD,
  expectErrors,
  expectWarnings,
  HISTORY,
  HYDROS,
  INFLOW,
  INITIAL,
  OPENINGS,
  retype,
  STAGES,
  set,
} from '../support/broken-case.js';
import { type CaseContent, type CasePatch, makeCase } from '../support/case-builder.js';
import { day, fullCase } from '../support/full-case.js';
import { table } from '../support/small-case.js';
import { warningTexts } from '../support/warning-text.js';

const coefficients: Broken[] = [
  [
    'a lag is 0',
    cell(COEFFICIENTS, 'lag', 2, 0),
    { kind: 'OutOfRange', file: COEFFICIENTS, field: 'lag', says: 'at least 1' },
  ],
  [
    'lags have a gap',
    cell(COEFFICIENTS, 'lag', 2, 2),
    {
      kind: 'CoverageMismatch',
      file: COEFFICIENTS,
      field: 'lag',
      says: 'hydro_id 0, stage_id 2, without 1',
      errors: 2,
    },
  ],
  [
    'a lag stands twice',
    cell(COEFFICIENTS, 'lag', 0, 1),
    { kind: 'DuplicateId', file: COEFFICIENTS, field: 'hydro_id', says: 'hydro_id, stage_id and lag' },
  ],
  [
    'a residual exceeds the deviation',
    cell(COEFFICIENTS, 'residual_std_ratio', 2, 1.1),
    { kind: 'OutOfRange', file: COEFFICIENTS, field: 'residual_std_ratio', says: 'above 0 and at most 1' },
  ],
  [
    'lags have different residuals',
    cell(COEFFICIENTS, 'residual_std_ratio', 1, 0.8),
    { kind: 'IncompatibleSettings', file: COEFFICIENTS, field: 'residual_std_ratio', says: '0.7 and 0.8' },
  ],
  [
    'coefficients of an unknown stage',
    cell(COEFFICIENTS, 'stage_id', 3, -2),
    { kind: 'MissingReference', file: COEFFICIENTS, field: 'stage_id', says: 'stage -2', errors: 2 },
  ],
  [
    'coefficients of an unknown hydro',
    cell(COEFFICIENTS, 'hydro_id', 3, 8),
    { kind: 'MissingReference', file: COEFFICIENTS, field: 'hydro_id', says: 'hydro 8', errors: 3 },
  ],
  [
    'coefficients without statistics',
    cell(COEFFICIENTS, 'hydro_id', 3, 1),
    { kind: 'CoverageMismatch', file: COEFFICIENTS, field: 'hydro_id', says: 'hydro_id 1, stage_id -1' },
  ],
  [
    'an annual component without deviation',
    cell(ANNUAL, 'annual_std_m3s', 0, 0),
    { kind: 'OutOfRange', file: ANNUAL, field: 'annual_std_m3s', says: 'above 0' },
  ],
  [
    'an annual component without statistics',
    cell(ANNUAL, 'stage_id', 0, -1),
    { kind: 'CoverageMismatch', file: ANNUAL, field: 'hydro_id', says: 'hydro_id 1, stage_id -1' },
  ],
  [
    'statistics of a stage that is not there',
    cell(INFLOW, 'stage_id', 9, 3),
    { kind: 'MissingReference', file: INFLOW, field: 'stage_id', says: 'stage 3', errors: 2 },
  ],
  [
    'statistics of a hydro that operates are missing at a stage',
    cell(INFLOW, 'stage_id', 8, -1),
    { kind: 'CoverageMismatch', file: INFLOW, field: 'hydro_id', says: 'hydro_id 2 at stage 2' },
  ],
];

const past: Broken[] = [
  [
    'a hydro has too few past inflows',
    set(INITIAL, 'past_inflows[0].values_m3s', [28]),
    { kind: 'CoverageMismatch', file: INITIAL, field: 'past_inflows[0].values_m3s', says: 'hydro_id 1 and 2 values' },
  ],
  [
    'there are no past inflows',
    set(INITIAL, 'past_inflows', []),
    { kind: 'CoverageMismatch', file: INITIAL, field: 'past_inflows', says: 'hydro_id 0 and 1 value', errors: 2 },
  ],
  [
    'a past inflow has no season',
    set(INITIAL, 'past_inflows[0].season_ids', [11]),
    { kind: 'CoverageMismatch', file: INITIAL, field: 'past_inflows[0].season_ids', says: '1 seasons for 2 values' },
  ],
  [
    'a past inflow is of an unknown season',
    set(INITIAL, 'past_inflows[1].season_ids', [12]),
    { kind: 'MissingReference', file: INITIAL, field: 'past_inflows[1].season_ids[0]', says: 'season 12' },
  ],
  [
    'a hydro has past inflows twice',
    set(INITIAL, 'past_inflows[1].hydro_id', 1),
    { kind: 'DuplicateId', file: INITIAL, field: 'past_inflows[1].hydro_id', says: 'past_inflows[0]' },
  ],
  [
    'an observation is negative',
    set(INITIAL, 'recent_observations[0].value_m3s', -1),
    { kind: 'OutOfRange', file: INITIAL, field: 'recent_observations[0].value_m3s', says: 'at least 0' },
  ],
  [
    'an observation ends before it starts',
    set(INITIAL, 'recent_observations[1].end_date', '2024-01-01'),
    { kind: 'StageMismatch', file: INITIAL, field: 'recent_observations[1].end_date', says: 'not after' },
  ],
  [
    'observations overlap',
    set(INITIAL, 'recent_observations[1].end_date', '2024-01-05'),
    { kind: 'StageMismatch', file: INITIAL, field: 'recent_observations[0].start_date', says: 'follow each other' },
  ],
  [
    'an observation of an unknown hydro',
    set(INITIAL, 'recent_observations[0].hydro_id', 5),
    { kind: 'MissingReference', file: INITIAL, field: 'recent_observations[0].hydro_id', says: 'hydro 5' },
  ],
];

const YEARS = [2001, 2002, 2003];
/** The full case with a monthly history of three years and nothing estimated yet. */
function historyCase(): CaseContent {
  const content = fullCase();
  const rows = [0, 1, 2].flatMap((hydro) =>
    YEARS.flatMap((year) => Array.from({ length: 12 }, (_, month) => [hydro, Date.UTC(year, month) / 86_400_000])),
  );
  content[HISTORY] = table({
    hydro_id: ['INT32', rows.map(([hydro]) => hydro)],
    date: ['DATE', rows.map(([, date]) => date)],
    value_m3s: ['DOUBLE', rows.map(([hydro], i) => 10 + hydro + (i % 7))],
  });
  for (const file of [INFLOW, COEFFICIENTS, ANNUAL]) delete content[file];
  content[CONFIG].estimation = { min_observations_per_season: 3 };
  return content;
}

const without = (rows: (hydro: number, date: number) => boolean): CasePatch => ({
  [HISTORY]: ({ columns }) => {
    const keep = (columns.hydro_id.data as number[]).map((hydro, i) => !rows(hydro, columns.date.data[i]));
    for (const column of Object.values<{ data: unknown[] }>(columns))
      column.data = column.data.filter((_, i) => keep[i]);
  },
});

const history: Broken[] = [
  [
    'a history is to be estimated from, but there are no seasons',
    {
      [STAGES]: (file) => {
        file.season_definitions = null;
      },
    },
    { kind: 'IncompatibleSettings', file: STAGES, field: 'season_definitions', says: 'Define the seasons' },
  ],
  [
    'a hydro has no history',
    without((hydro) => hydro === 2),
    { kind: 'CoverageMismatch', file: HISTORY, field: 'hydro_id', says: 'hydro_id 2' },
  ],
  [
    'a season is not observed in a year',
    without((hydro, date) => hydro === 1 && date === day('2002-05-01')),
    { kind: 'CoverageMismatch', file: HISTORY, field: 'hydro_id', says: 'season 4 of 2002' },
  ],
  [
    'a history of an unknown hydro',
    cell(HISTORY, 'hydro_id', 0, 9),
    { kind: 'MissingReference', file: HISTORY, field: 'hydro_id', says: 'hydro 9' },
  ],
  [
    'a day is observed twice',
    cell(HISTORY, 'date', 1, day('2001-01-01')),
    { kind: 'DuplicateId', file: HISTORY, field: 'hydro_id', says: 'hydro_id 0, date 2001-01-01 in rows 0 and 1' },
  ],
  [
    'a date is a number',
    retype(HISTORY, 'date', 'INT32'),
    { kind: 'TypeMismatch', file: HISTORY, field: 'date', says: 'DATE' },
  ],
  [
    'a date is far away',
    cell(HISTORY, 'date', 0, 5_000_000),
    { kind: 'OutOfRange', file: HISTORY, field: 'date', says: 'a day of the years 1 to 9999' },
  ],
];

const source = 'training.scenario_source';
const sources: Broken[] = [
  [
    'external inflow is not there',
    { [EXTERNAL_INFLOW]: null },
    { kind: 'IncompatibleSettings', file: CONFIG, field: `${source}.inflow.scheme`, says: `Add ${EXTERNAL_INFLOW}` },
  ],
  [
    'external sources are not there for a simulation',
    {
      ...set(CONFIG, 'simulation.scenario_source', { seed: 1, ncs: { scheme: 'external' } }),
      'scenarios/external_ncs_scenarios.parquet': null,
    },
    {
      kind: 'IncompatibleSettings',
      file: CONFIG,
      field: 'simulation.scenario_source.ncs.scheme',
      says: 'no scenarios in',
    },
  ],
  [
    'external inflow misses a stage',
    { [EXTERNAL_INFLOW]: (file) => file.columns.stage_id.data.fill(7, 9) && undefined },
    { kind: 'CoverageMismatch', file: EXTERNAL_INFLOW, field: 'stage_id', says: 'no row for stage 2' },
  ],
  [
    'external inflow misses a hydro in a scenario',
    cell(EXTERNAL_INFLOW, 'scenario_id', 6, 5),
    { kind: 'CoverageMismatch', file: EXTERNAL_INFLOW, field: 'scenario_id', says: 'scenario 1 of stage 1' },
  ],
  [
    'external inflow has a row twice',
    cell(EXTERNAL_INFLOW, 'scenario_id', 8, 0),
    {
      kind: 'DuplicateId',
      file: EXTERNAL_INFLOW,
      field: 'stage_id',
      says: 'combination of stage_id, scenario_id and hydro_id',
    },
  ],
  [
    'external inflow of an unknown hydro',
    cell(EXTERNAL_INFLOW, 'hydro_id', 0, 12),
    { kind: 'MissingReference', file: EXTERNAL_INFLOW, field: 'hydro_id', says: 'hydro 12' },
  ],
  [
    'a scenario has a negative number',
    cell(EXTERNAL_INFLOW, 'scenario_id', 0, -1),
    { kind: 'OutOfRange', file: EXTERNAL_INFLOW, field: 'scenario_id', says: 'at least 0' },
  ],
  [
    'external load of a bus whose load is certain',
    {
      ...set(CONFIG, `${source}.load.scheme`, 'external'),
      ...cell(EXTERNAL_LOAD, 'bus_id', 0, 0),
    },
    { kind: 'IncompatibleSettings', file: EXTERNAL_LOAD, field: 'bus_id', says: 'bus_id 0, which is not random' },
  ],
  [
    'load is historical',
    set(CONFIG, `${source}.load.scheme`, 'historical'),
    { kind: 'IncompatibleSettings', file: CONFIG, field: `${source}.load.scheme`, says: 'only a history of inflow' },
  ],
  [
    'sources are historical',
    set(CONFIG, `${source}.ncs`, { scheme: 'historical' }),
    { kind: 'IncompatibleSettings', file: CONFIG, field: `${source}.ncs.scheme`, says: 'only a history of inflow' },
  ],
  [
    'inflow is historical without a history',
    { ...set(CONFIG, `${source}.inflow.scheme`, 'historical'), [HISTORY]: null },
    { kind: 'IncompatibleSettings', file: CONFIG, field: `${source}.inflow.scheme`, says: `Add ${HISTORY}` },
  ],
  [
    'openings are residuals without a history',
    { ...set(STAGES, 'stages[1].sampling_method', 'historical_residuals'), [HISTORY]: null },
    { kind: 'IncompatibleSettings', file: STAGES, field: 'stages[1].sampling_method', says: `Add ${HISTORY}` },
  ],
  [
    'a scheme has no seed',
    set(CONFIG, `${source}.seed`, undefined),
    { kind: 'IncompatibleSettings', file: CONFIG, field: `${source}.seed`, says: 'Give a whole number' },
  ],
  [
    'years are chosen for nothing',
    set(CONFIG, `${source}.historical_years`, [2020]),
    {
      kind: 'IncompatibleSettings',
      file: CONFIG,
      field: `${source}.historical_years`,
      says: 'no scheme is historical',
    },
  ],
  [
    'years run backwards',
    set(CONFIG, source, { seed: 1, inflow: { scheme: 'historical' }, historical_years: { from: 2020, to: 2019 } }),
    { kind: 'OutOfRange', file: CONFIG, field: `${source}.historical_years.from`, says: 'earlier year' },
  ],
  [
    'a year is not in the history',
    set(CONFIG, source, { seed: 1, inflow: { scheme: 'historical' }, historical_years: [2020, 2018] }),
    { kind: 'MissingReference', file: CONFIG, field: `${source}.historical_years`, says: '1969 to 2020' },
  ],
  [
    'no year of a range is in the history',
    set(CONFIG, source, { seed: 1, inflow: { scheme: 'historical' }, historical_years: { from: 1990, to: 1999 } }),
    { kind: 'MissingReference', file: CONFIG, field: `${source}.historical_years`, says: 'none of these years' },
  ],
  [
    'a year is a word',
    set(CONFIG, source, { seed: 1, inflow: { scheme: 'historical' }, historical_years: [2020, 'last'] }),
    { kind: 'TypeMismatch', file: CONFIG, field: `${source}.historical_years[1]`, says: 'a number' },
  ],
  [
    'a range of years has no end',
    set(CONFIG, source, { seed: 1, inflow: { scheme: 'historical' }, historical_years: { from: 2020 } }),
    { kind: 'SchemaViolation', file: CONFIG, field: `${source}.historical_years.to`, says: 'is missing' },
  ],
  [
    'years are neither a list nor a range',
    set(CONFIG, `${source}.historical_years`, 2020),
    { kind: 'TypeMismatch', file: CONFIG, field: `${source}.historical_years`, says: 'an array [ ... ] or an object' },
  ],
  [
    'a range of years has an unknown key',
    set(CONFIG, source, { seed: 1, inflow: { scheme: 'historical' }, historical_years: { from: 2020, until: 2021 } }),
    { kind: 'SchemaViolation', file: CONFIG, field: `${source}.historical_years.to`, says: 'is missing', errors: 2 },
  ],
];

const seasons: Broken[] = [
  [
    'a risk measure has an unknown key',
    set(STAGES, 'stages[2].risk_measure.cvar.lamda', 0.5),
    { kind: 'SchemaViolation', file: STAGES, field: 'stages[2].risk_measure.cvar.lamda', says: 'Did you mean lambda?' },
  ],
  [
    'a custom season has no end',
    {
      [STAGES]: (file) => {
        file.season_definitions = {
          cycle_type: 'custom',
          seasons: [0, 1, 2, 11].map((id) => ({
            id,
            label: 'x',
            month_start: id + 1,
            day_start: 1,
            month_end: ((id + 1) % 12) + 1,
            ...(id === 2 ? {} : { day_end: 1 }),
          })),
        };
      },
    },
    { kind: 'SchemaViolation', file: STAGES, field: 'season_definitions.seasons[2].day_end', says: 'cycle is custom' },
  ],
  [
    'a correlation of an unknown source',
    set(CORRELATION, 'profiles.default.correlation_groups[1].entities[0].id', 5),
    {
      kind: 'MissingReference',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[1].entities[0].id',
      says: 'source 5',
    },
  ],
  [
    'openings of too many entities',
    cell(OPENINGS, 'entity_index', 0, 5),
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'entity_index', says: 'sources with random availability' },
  ],
];

describe('a fault of inflow models is named with its place and its remedy: coefficients:', () => {
  expectErrors(coefficients, fullCase);
});
describe('what was before the study:', () => {
  expectErrors(past, fullCase);
});
describe('history:', () => {
  it('is valid to begin with', async () => {
    const { errors, study } = await validateCase(await makeCase({}, historyCase()));
    expect(errors).toEqual([]);
    expect(study?.inflowModel).toMatchObject({ estimateStatistics: true, estimateCoefficients: true });
  });

  it('of a custom season may be dated on its last day', async () => {
    const content = historyCase();
    content[STAGES].season_definitions = {
      cycle_type: 'custom',
      seasons: Array.from({ length: 12 }, (_, id) => ({
        id,
        label: 'x',
        month_start: id + 1,
        day_start: 1,
        month_end: id + 1,
        day_end: new Date(Date.UTC(2001, id + 1, 0)).getUTCDate(),
      })),
    };
    const march = YEARS.indexOf(2002) * 12 + 2;
    content[HISTORY].columns.date.data[march] = day('2002-03-31');
    const { errors, warnings } = await validateCase(await makeCase({}, content));
    expect(errors).toEqual([]);
    expect(warnings.filter(({ file, kind }) => file === HISTORY && kind === 'CoverageMismatch')).toEqual([]);
  });

  expectErrors(history, historyCase);
});
describe('statistics of stages before the study that stages.json does not have', () => {
  /** The full case without them, whose lags reach from January to twelve months before. */
  const statistics = (
    past: readonly (readonly [hydro: number, stage: number, mean: number, std: number])[],
  ): CasePatch => ({
    [STAGES]: (file) => {
      file.pre_study_stages = [];
    },
    [COEFFICIENTS]: ({ columns }) => {
      for (const column of Object.values<{ data: unknown[] }>(columns)) column.data.pop();
    },
    [INFLOW]: ({ columns }) => {
      for (const column of Object.values<{ data: unknown[] }>(columns)) column.data.pop();
      for (const [hydro, stage, mean, std] of past) {
        columns.hydro_id.data.push(hydro);
        columns.stage_id.data.push(stage);
        columns.mean_m3s.data.push(mean);
        columns.std_m3s.data.push(std);
      }
    },
  });
  const loaded = async (patch: CasePatch) => {
    const { errors, study } = await validateCase(await makeCase(patch, fullCase()));
    expect(errors).toEqual([]);
    return inflowParameters(study as Study);
  };
  const unknown = ({ check }: ReturnType<typeof inflowParameters>) =>
    check.warnings.filter(({ message }) => message.startsWith('nothing tells the mean inflow'));

  it('are taken where a warning asks for them, and end it', async () => {
    const without = await loaded(statistics([]));
    expect(unknown(without)).toMatchObject([{ field: 'stage_id -1', suggestion: expect.stringContaining('need not') }]);
    const ids = Array.from({ length: 12 }, (_, k) => -1 - k);
    const rows = [0, 1, 2].flatMap((hydro) => ids.map((id) => [hydro, id, 100 * (hydro + 1) - id, 3 - id] as const));
    const all = await loaded(statistics(rows));
    expect(unknown(all)).toEqual([]);
    expect([...all.pastMean]).toEqual(ids.flatMap((id) => [100 - id, 200 - id, 300 - id]));
    expect([...all.model.pastStd]).toEqual(ids.flatMap((id) => [3 - id, 3 - id, 3 - id]));
    // Lags of stage 1 reach them: plant 1 has two, and an annual mean.
    expect(all.base[3 + 1]).not.toBe(without.base[3 + 1]);
  });

  it('may leave some out, of which the season of the calendar or a warning tells', async () => {
    const some = await loaded(statistics([[1, -2, 77, 7]]));
    expect([...some.pastMean.subarray(3, 6)]).toEqual([80, 77, 12]);
    expect(unknown(some)).toHaveLength(1);
  });
});
describe('sources of scenarios:', () => {
  expectErrors(sources, fullCase);
});
describe('seasons and noise:', () => {
  expectErrors(seasons, fullCase);
});

describe('what may not be meant earns a warning:', () => {
  expectWarnings(
    [
      [
        'past inflows that no state remembers',
        {
          ...set(INITIAL, 'past_inflows', [{ hydro_id: 0, values_m3s: [75] }]),
          [STAGES]: (file) => {
            for (const stage of file.stages) stage.state_variables.inflow_lags = false;
          },
        },
        'hydro 1 has 0 values in past_inflows',
      ],
      ['fewer scenarios than passes', set(CONFIG, 'training.forward_passes', 3), '2 scenarios for 3 forward passes'],
      [
        'openings of no power of 2',
        { ...set(STAGES, 'stages[1].num_scenarios', 3), [OPENINGS]: null },
        'no power of 2 at stage 1',
      ],
      [
        'a storage that is no state',
        set(STAGES, 'stages[1].state_variables.storage', false),
        'storage is false at stage 1',
      ],
      [
        'stages that overlap',
        set(STAGES, 'stages[1].start_date', '2024-01-25'),
        'stage 1 starts on 2024-01-25, before stage 0 ends',
      ],
      ['a season of no stage', {}, 'no stage is of seasons 3, 4, 5'],
    ],
    fullCase,
  );

  expectWarnings(
    [
      [
        'observations by the half month',
        cell(HISTORY, 'date', 1, day('2001-01-16')),
        'more than one observation, so that their mean is taken of hydro 0 in season 0 of 2001',
      ],
    ],
    historyCase,
  );

  describe('scenarios that end before the study does:', () => {
    /** External inflow with so many scenarios at each stage. */
    const scenarios = (counts: readonly number[]): CasePatch => {
      const rows = counts.flatMap((count, t) =>
        Array.from({ length: count }, (_, n) => [0, 1, 2].map((hydro) => [t, n, hydro, 20 + t + n + hydro])),
      );
      const column = (c: number) => rows.flat().map((row) => row[c]);
      return {
        [EXTERNAL_INFLOW]: table({
          stage_id: ['INT32', column(0)],
          scenario_id: ['INT32', column(1)],
          hydro_id: ['INT32', column(2)],
          value_m3s: ['DOUBLE', column(3)],
        }),
      };
    };
    const texts = async (patch: CasePatch) => {
      const { errors, warnings } = await validateCase(await makeCase(patch, fullCase()));
      expect(errors).toEqual([]);
      return warningTexts(warnings).filter((text) => /but only|goes on with/.test(text));
    };
    const simulated = set(CONFIG, 'simulation.scenario_source', { seed: 1, inflow: { scheme: 'external' } });

    it('the stage, the counts and who follows them are named', async () => {
      expect(await texts(scenarios([3, 3, 2]))).toEqual([
        `${EXTERNAL_INFLOW}: ${EXTERNAL_INFLOW} has 3 scenarios, but only 2 at stage 2: what follows scenario 2 in training goes on with scenario 0 at stage 2 | Give every stage the scenarios 0 to 2, or remove those from 2 on.`,
      ]);
      expect(await texts({ ...scenarios([2, 4, 1]), ...simulated })).toEqual([
        expect.stringMatching(
          /4 scenarios, but only 2 at stage 0, 1 at stage 2: .* 2 in training and simulation .* from 1 on\.$/,
        ),
      ]);
    });

    it('a beginning that all share is meant', async () => {
      expect(await texts(scenarios([3, 3, 3]))).toEqual([]);
      expect(await texts(scenarios([1, 3, 3]))).toEqual([]);
      expect(await texts(scenarios([1, 1, 1]))).toEqual([]);
      expect(await texts(scenarios([1, 3, 1]))).toHaveLength(1);
    });
  });

  it('a plant that enters later needs no earlier statistics', async () => {
    const patch: CasePatch = {
      [HYDROS]: (file) => {
        file.hydros[0].entry_stage_id = 1;
      },
      [INFLOW]: ({ columns }) => {
        for (const column of Object.values<{ data: unknown[] }>(columns)) column.data.shift();
      },
    };
    expect((await validateCase(await makeCase(patch))).errors).toEqual([]);
  });

  expectErrors([
    [
      'coefficients without any statistics',
      {
        [INFLOW]: null,
        [COEFFICIENTS]: table({
          hydro_id: ['INT32', [0]],
          stage_id: ['INT32', [0]],
          lag: ['INT32', [1]],
          coefficient: ['DOUBLE', [0.5]],
          residual_std_ratio: ['DOUBLE', [0.9]],
        }),
        ...set(INITIAL, 'past_inflows', [{ hydro_id: 0, values_m3s: [75] }]),
      },
      {
        kind: 'CoverageMismatch',
        file: INFLOW,
        says: 'past_inflows of initial_conditions.json need one of them',
      },
    ],
    [
      'an estimation without a history',
      { [INFLOW]: null, ...set(CONFIG, 'estimation', {}) },
      { kind: 'CoverageMismatch', file: HISTORY, says: 'estimation of config.json needs one of them' },
    ],
  ]);

  expectWarnings([
    [
      'a correlation of a source that is not random',
      {
        'system/non_controllable_sources.json': {
          non_controllable_sources: [{ id: 0, name: 'Wind', bus_id: 0, max_generation_mw: 9 }],
        },
        [CORRELATION]: (file) =>
          void file.profiles.default.correlation_groups.push({
            name: 'winds',
            entities: [{ type: 'ncs', id: 0 }],
            matrix: [[1]],
          }),
      },
      'the availability of source 0 is not random',
    ],
  ]);
});
