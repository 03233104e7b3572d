import { describe, expect, test } from 'vitest';
import { CobreError } from '#cobre/errors';
import { estimatePar, estimationOptions } from '#cobre/stochastic/par/estimate-par';
import { statisticsFromEstimate, withCoefficients } from '#cobre/stochastic/par/model-from-estimate';
import { coefficientsFromTables, statisticsFromTable } from '#cobre/stochastic/par/model-from-tables';
import { residualCorrelation, residualSeries } from '#cobre/stochastic/par/residual-correlation';
import { makeSeason } from '../../support/make-season.js';
import { monthlyHistory, monthlyProcess, monthlyStages, normals, simulate } from './simulate.js';

const MONTHS = {
  cycle: 'monthly' as const,
  seasons: Array.from({ length: 12 }, (_, id) => makeSeason({ id, monthStart: id + 1 })),
};

function shape(stages = monthlyStages(12), preStudyStages: ReturnType<typeof monthlyStages> = []) {
  return { hydroIds: [3, 8], stages, preStudyStages, definitions: MONTHS };
}

/** Columns of rows. */
function columns<K extends string>(names: readonly K[], rows: readonly (readonly number[])[]): Record<K, number[]> {
  return Object.fromEntries(names.map((name, c) => [name, rows.map((row) => row[c])])) as Record<K, number[]>;
}

const statistics = (rows: number[][]) => columns(['hydro_id', 'stage_id', 'mean_m3s', 'std_m3s'], rows);
const coefficients = (rows: number[][]) =>
  columns(['hydro_id', 'stage_id', 'lag', 'coefficient', 'residual_std_ratio'], rows);

function errorOf(run: () => unknown): CobreError {
  try {
    run();
  } catch (error) {
    if (error instanceof CobreError) return error;
  }
  throw new Error('no CobreError was thrown');
}

describe('statistics of the files', () => {
  const rows = [3, 8].flatMap((id) => Array.from({ length: 12 }, (_, t) => [id, t, 10 * id + t, id + t / 10]));

  test('are those of the rows, in any order; lags before the study have the season of the calendar', () => {
    const own = [3, -1, 500, 50];
    const found = statisticsFromTable(statistics([...rows, own].reverse()), shape(), 2);
    expect(found.warnings).toEqual([]);
    expect([...found.statistics.mean.subarray(0, 4)]).toEqual([30, 80, 31, 81]);
    // Stage -1: the first hydro's own row, the second's December; stage -2: November of both.
    expect([...found.statistics.pastMean]).toEqual([500, 91, 40, 90]);
    expect([...found.statistics.pastStd]).toEqual([50, 9.1, 4, 9]);
  });

  test('a pre-study stage may state another season', () => {
    const stated = [{ id: -1, startDate: '2023-12-01', endDate: '2024-01-01', season: 5 }];
    const found = statisticsFromTable(statistics(rows), shape(monthlyStages(12), stated), 1);
    expect([...found.statistics.pastMean]).toEqual([35, 85]);
  });

  test('stand in with those of stage 0, and a warning, where the study has no such season', () => {
    const short = rows.filter(([, t]) => t < 3);
    const found = statisticsFromTable(statistics(short), shape(monthlyStages(3)), 1);
    expect([...found.statistics.pastMean]).toEqual([30, 80]);
    expect(found.warnings).toMatchObject([{ field: 'stage_id -1' }]);
  });

  test('without definitions the seasons in use make the cycle', () => {
    const stages = monthlyStages(4).map((stage) => ({ ...stage, season: stage.id % 2 }));
    const found = statisticsFromTable(statistics(rows), { ...shape(stages), definitions: null }, 2);
    expect([...found.statistics.pastMean]).toEqual([31, 81, 30, 80]);
  });
});

describe('coefficients of the files', () => {
  const rows = [
    [3, 0, 2, 0.2, 0.7],
    [3, 0, 1, 0.5, 0.7],
    [8, 1, 1, 0.4, 0.9],
    [99, 0, 1, 0.4, 0.9],
    [3, -1, 1, 0.4, 0.9],
  ];

  test('are those of the rows, order 0 where there are none', () => {
    const found = coefficientsFromTables(coefficients(rows), null, shape(monthlyStages(2)));
    expect([...found.order]).toEqual([2, 0, 0, 1]);
    expect(found.maxOrder).toBe(2);
    expect([...found.coefficients]).toEqual([0.5, 0.2, 0, 0, 0, 0, 0.4, 0]);
    expect([...found.residualStdRatio]).toEqual([0.7, 1, 1, 0.9]);
    expect(found.annual).toBeNull();
  });

  test('with a lag twice, missing or 0 are refused', () => {
    const run = (extra: number[]) =>
      errorOf(() => coefficientsFromTables(coefficients([...rows, extra]), null, shape()));
    expect(run([3, 0, 2, 0.1, 0.7])).toMatchObject({ kind: 'DuplicateId', field: 'hydro_id 3, stage_id 0, lag 2' });
    expect(run([8, 1, 3, 0.1, 0.7])).toMatchObject({
      kind: 'CoverageMismatch',
      field: 'hydro_id 8, stage_id 1, lag 2',
    });
    expect(run([8, 1, 0, 0.1, 0.7])).toMatchObject({ kind: 'OutOfRange', value: 0 });
    expect(run([8, 1, 2, 0.1, 0.7])).toMatchObject({ kind: 'IncompatibleSettings', value: 0.7 });
  });

  test('with annual components have these where they are given', () => {
    const names = ['hydro_id', 'stage_id', 'annual_coefficient', 'annual_mean_m3s', 'annual_std_m3s'] as const;
    const run = (annual: number[][]) =>
      coefficientsFromTables(coefficients(rows), columns(names, annual), shape(monthlyStages(2)));
    const { annual } = run([[8, 0, -0.2, 60, 5]]);
    expect([...(annual?.coefficient ?? [])]).toEqual([0, -0.2, 0, 0]);
    expect([...(annual?.std ?? [])]).toEqual([0, 5, 0, 0]);
    const twice = errorOf(() =>
      run([
        [8, 0, -0.2, 60, 5],
        [8, 0, -0.2, 60, 5],
      ]),
    );
    expect(twice.kind).toBe('DuplicateId');
    expect(errorOf(() => run([[8, 0, -0.2, 60, 0]]))).toMatchObject({ kind: 'OutOfRange', value: 0 });
  });
});

describe('an estimate', () => {
  const values = [1, 2].map((seed) => simulate(monthlyProcess(1, seed), 40, normals(seed)));
  const options = estimationOptions({ max_order: 2, order_selection: 'pacf', min_observations_per_season: 30 }).options;
  const input = {
    history: monthlyHistory([3, 8], values, 1980),
    hydroIds: [3, 8],
    stages: monthlyStages(12),
    definitions: null,
    options,
  };

  test('gives the stages before the study the seasons before', () => {
    const estimate = estimatePar(input);
    const { mean, pastMean } = statisticsFromEstimate(estimate, input.stages, [], 2);
    expect([...pastMean]).toEqual([...mean.subarray(22, 24), ...mean.subarray(20, 22)]);
    const stated = [{ id: -2, startDate: '2023-11-01', endDate: '2023-12-01', season: 3 }];
    const other = statisticsFromEstimate(estimate, input.stages, stated, 2);
    expect([...other.pastMean]).toEqual([...mean.subarray(22, 24), ...mean.subarray(6, 8)]);
  });

  test('takes given coefficients for its residuals', () => {
    const estimate = estimatePar(input);
    const rows = [3, 8].flatMap((id) => Array.from({ length: 12 }, (_, t) => [id, t, 1, 0.25, 0.9]));
    const given = coefficientsFromTables(coefficients(rows), null, { ...shape(), definitions: null });
    const [cycle] = withCoefficients(estimate, given, input.stages).cycles;
    const { mean, std } = cycle.fits[1].statistics;
    const residuals = residualSeries(cycle.series[1], cycle.fits[1]).values;
    expect(residuals[0]).toBeNaN();
    const standard = (i: number) => (values[1][i] - mean[i % 12]) / std[i % 12];
    expect(residuals[25]).toBeCloseTo(standard(25) - 0.25 * standard(24), 12);
    expect(
      residualCorrelation(withCoefficients(estimate, given, input.stages), input.stages).profileOfStage[3],
    ).toBeGreaterThan(0);
  });

  test('takes what the annual mean explains out of its residuals, where that mean is known', () => {
    const annualOptions = { ...options, maxOrder: 1, orderSelection: 'pacf_annual' as const };
    const [{ series, fits }] = estimatePar({ ...input, options: annualOptions }).cycles;
    const own = values[0];
    const { mean, std } = fits[0].statistics;
    const residuals = residualSeries(series[0], fits[0]).values;
    const standard = (i: number) => (own[i] - mean[i % 12]) / std[i % 12];
    const explained = (i: number) => {
      const [first = 0] = fits[0].fits[i % 12].coefficients;
      return first * standard(i - 1);
    };
    expect(residuals[9]).toBeCloseTo(standard(9) - explained(9), 12);
    for (const i of [12, 100]) {
      const annual = fits[0].fits[i % 12].annual;
      const sum = own.slice(i - 12, i).reduce((total, value) => total + value, 0);
      const share = ((annual?.coefficient ?? 0) * (sum / 12 - (annual?.mean ?? 0))) / (annual?.std ?? 1);
      expect(Math.abs(share)).toBeGreaterThan(1e-6);
      expect(residuals[i]).toBeCloseTo(standard(i) - explained(i) - share, 12);
    }
  });

  test('leaves seasons alone that no stage uses, and warns of few observations', () => {
    const short = { ...input, options: { ...options, minObservationsPerSeason: 41 }, stages: monthlyStages(2) };
    const { warnings } = estimatePar(short);
    expect(warnings.map(({ field, value }) => [field, value])).toEqual([
      ['hydro_id', 3],
      ['hydro_id', 8],
    ]);
    expect(warnings[0].message).toMatch(/= 41 inflows: \d+ in season 0, \d+ in season 1$/);
  });

  test('warns where a season is all explained by the one before, and where inflows are negative', () => {
    // Half-years with deviations of 1 from 0 and 9, the same in both halves of a year.
    const signs = [1, -1, -1, 1, 1, -1, 1, -1];
    const { warnings } = estimatePar({
      history: {
        hydro: signs.flatMap(() => [3, 3]),
        day: signs.flatMap((_, y) => [0, 6].map((month) => Date.UTC(2000 + y, month, 1) / 86_400_000)),
        value: signs.flatMap((sign) => [sign, 9 + sign]),
      },
      hydroIds: [3],
      stages: [0, 1].map((season) => ({
        id: season,
        startDate: season === 0 ? '2024-01-01' : '2024-07-01',
        endDate: season === 0 ? '2024-07-01' : '2025-01-01',
        season,
      })),
      definitions: {
        cycle: 'custom',
        seasons: [0, 1].map((id) =>
          makeSeason({
            id,
            monthStart: 6 * id + 1,
            dayStart: 1,
            monthEnd: 6 * id + 6,
            dayEnd: 31,
          }),
        ),
      },
      options: { ...options, maxOrder: 1, minObservationsPerSeason: 8 },
    });
    expect(warnings.map(({ field, value }) => [field, value])).toEqual([
      ['hydro_id 3, season 0', 0],
      ['hydro_id 3, season 1', 1],
    ]);
    expect(warnings[0].message).toContain('negative');
  });

  const oneYear = monthlyHistory(
    [3, 8],
    values.map((own) => own.slice(0, 12)),
    1980,
  );
  const stage = monthlyStages(1)[0];

  test.each([
    ['a hydro without history', { hydroIds: [3, 4] }, 'CoverageMismatch', 'hydro_id'],
    ['a stage without a season', { stages: [{ ...stage, season: null }] }, 'MissingReference', 'stages[0].season_id'],
    ['an undefined season', { stages: [{ ...stage, season: 12 }] }, 'MissingReference', 'stages[0].season_id'],
    ['a season in another month', { stages: [{ ...stage, season: 1 }] }, 'StageMismatch', 'stages[0].season_id'],
    ['one year', { history: oneYear }, 'CoverageMismatch', 'hydro_id'],
    [
      'no annual mean',
      { history: oneYear, options: { ...options, orderSelection: 'pacf_annual' as const } },
      'CoverageMismatch',
      'hydro_id 3',
    ],
  ])('refuses %s', (_, parts, kind, field) => {
    expect(errorOf(() => estimatePar({ ...input, ...parts }))).toMatchObject({ kind, field });
  });

  test('reads its options; fixed is an old name', () => {
    const { options: read, warnings } = estimationOptions({
      max_order: 3,
      order_selection: 'fixed',
      min_observations_per_season: 5,
      max_coefficient_magnitude: 2,
    });
    expect(read).toEqual({
      maxOrder: 3,
      orderSelection: 'pacf',
      minObservationsPerSeason: 5,
      maxCoefficientMagnitude: 2,
    });
    expect(warnings).toMatchObject([{ field: 'estimation.order_selection', value: 'fixed' }]);
    expect(options.maxCoefficientMagnitude).toBeNull();
  });
});
