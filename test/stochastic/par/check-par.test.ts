import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPar } from '#cobre/stochastic/par/check-par';
import { checkPartialEstimation } from '#cobre/stochastic/par/check-partial';
import type { SeasonStage } from '#cobre/stochastic/par/estimate-par';
import type { ParModel } from '#cobre/stochastic/par/par-model';
import { cycleSpectralRadius } from '#cobre/stochastic/par/stationarity';
import { makeSeason } from '../../support/make-season.js';
import { monthlyStages } from './simulate.js';

/** One hydro, twelve months of mean 100 and standard deviation 20 with one coefficient. */
function model(coefficient: number, parts: Partial<ParModel> = {}): ParModel {
  return {
    stages: 12,
    hydros: 1,
    mean: new Float64Array(12).fill(100),
    std: new Float64Array(12).fill(20),
    pastMean: Float64Array.of(100),
    pastStd: Float64Array.of(20),
    order: new Int32Array(12).fill(1),
    maxOrder: 1,
    coefficients: new Float64Array(12).fill(coefficient),
    residualStdRatio: new Float64Array(12).fill(0.8),
    annual: null,
    ...parts,
  };
}

const check = (own: ParModel, stages: readonly SeasonStage[] = monthlyStages(12)) => checkPar(own, [5], stages, null);

describe('the spectral radius of a cycle', () => {
  test('of one lag is the product of the coefficients', () => {
    const coefficient = fc.double({ min: -3, max: 3, noNaN: true }).filter((value) => Math.abs(value) > 1e-3);
    fc.assert(
      fc.property(fc.array(coefficient, { minLength: 1, maxLength: 12 }), (values) => {
        const expected = Math.abs(values.reduce((product, value) => product * value, 1));
        expect(cycleSpectralRadius(values.map((value) => [value])) / expected).toBeCloseTo(1, 10);
      }),
    );
  });

  test('of a stationary AR(2) is the larger root of z^2 = phi_1 z + phi_2', () => {
    const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(coefficient, coefficient, (first, second) => {
        const inner = first * first + 4 * second;
        // Two equal roots make the limit slow: kept apart.
        fc.pre(Math.abs(inner) > 1e-3);
        const expected = inner < 0 ? Math.sqrt(-second) : (Math.abs(first) + Math.sqrt(inner)) / 2;
        expect(cycleSpectralRadius([[first, second]])).toBeCloseTo(expected, 6);
      }),
    );
  });

  test('of two seasons with different orders: z_0 = a z_1, z_1 = b z_0 + c z_1 has a b + c', () => {
    expect(cycleSpectralRadius([[0.5], [0.4, 0.3]])).toBeCloseTo(0.5 * 0.4 + 0.3, 10);
  });

  test('of no memory is 0', () => {
    expect(cycleSpectralRadius([[], []])).toBe(0);
    expect(cycleSpectralRadius([[0.9], []])).toBe(0);
  });
});

describe('a check', () => {
  test('finds nothing in a sound model', () => {
    expect(check(model(0.6))).toEqual({ faults: [], warnings: [] });
  });

  test('warns of inflow that does not die away, with the factor of a cycle', () => {
    const { faults, warnings } = check(model(1.02));
    expect(faults).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ field: 'hydro_id 5', file: 'scenarios/inflow_ar_coefficients.parquet' });
    expect(warnings[0].value).toBeCloseTo(1.02 ** 12, 9);
    // Eleven months are not the cycle that the definitions make of twelve: what is said is of the study then.
    const definitions = {
      cycle: 'monthly' as const,
      seasons: Array.from({ length: 12 }, (_, id) => makeSeason({ id, monthStart: id + 1 })),
    };
    const ofMonths = (coefficient: number) =>
      checkPar({ ...model(coefficient), stages: 11 }, [5], monthlyStages(11), definitions).warnings;
    expect(ofMonths(1.02)).toMatchObject([{ field: 'coefficient', message: expect.stringContaining('11 stages') }]);
    expect(ofMonths(1.02)[0].value).toBeCloseTo(1.02 ** 11, 9);
    expect(ofMonths(0.98)).toEqual([]);
    // Without any seasons likewise.
    const stages = monthlyStages(12).map((stage) => ({ ...stage, season: null }));
    expect(checkPar(model(1.7), [5], stages, null).warnings).toMatchObject([{ field: 'coefficient' }]);
  });

  test('warns of noise with less than a hundredth of the variance', () => {
    const { warnings } = check(model(0.5, { residualStdRatio: new Float64Array(12).fill(0.8).fill(0.09, 3, 4) }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ field: 'hydro_id 5, stage_id 3, residual_std_ratio', value: 0.09 });
  });

  test.each([
    ['residual_std_ratio', { residualStdRatio: new Float64Array(12).fill(0.8).fill(1.2, 2, 3) }, 1.2],
    ['residual_std_ratio', { residualStdRatio: new Float64Array(12).fill(0.8).fill(0, 2, 3) }, 0],
    ['std_m3s', { std: new Float64Array(12).fill(20).fill(0, 2, 3) }, 0],
    ['std_m3s', { std: new Float64Array(12).fill(20).fill(-1, 2, 3) }, -1],
    ['mean_m3s', { mean: new Float64Array(12).fill(100).fill(Infinity, 2, 3) }, 'Infinity'],
    ['lag 1', { coefficients: new Float64Array(12).fill(0.5).fill(Number.NaN, 2, 3) }, 'NaN'],
  ])('refuses %s %#', (field, parts, value) => {
    const { faults } = check(model(0.5, parts));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ field: `hydro_id 5, stage_id 2, ${field}`, value });
    expect(faults[0].suggestion).not.toBe('');
  });

  test('refuses lags at a stage without a season', () => {
    const stages = monthlyStages(12).map((stage) => (stage.id === 4 ? { ...stage, season: null } : stage));
    expect(check(model(0.5), stages).faults).toMatchObject([{ file: 'stages.json', field: 'stage_id 4, season_id' }]);
  });

  test('lets a stage of white noise be certain', () => {
    const parts = {
      std: new Float64Array(12),
      order: new Int32Array(12),
      residualStdRatio: new Float64Array(12).fill(1),
    };
    expect(check(model(0, parts))).toEqual({ faults: [], warnings: [] });
  });
});

describe('given statistics beside fitted coefficients', () => {
  const statistics = (mean: number[], std: number[]) => ({
    stages: mean.length,
    hydros: 1,
    mean: Float64Array.from(mean),
    std: Float64Array.from(std),
    pastMean: new Float64Array(),
    pastStd: new Float64Array(),
  });
  const stages = monthlyStages(3);

  test('are warned of where their ratios differ by more than 2', () => {
    const given = statistics([1, 1, 1], [10, 30, 10]);
    const fitted = statistics([1, 1, 1], [10, 10, 10]);
    const fields = checkPartialEstimation(given, fitted, [5], stages, [Number.NaN]).map(({ field }) => field);
    expect(fields).toEqual(['hydro_id 5, seasons 0 and 1', 'hydro_id 5, seasons 1 and 2']);
    const near = statistics([1, 1, 1], [10, 20, 10]);
    expect(checkPartialEstimation(near, fitted, [5], stages, [Number.NaN])).toEqual([]);
  });

  test('are warned of where the last inflow is of the scale of the history', () => {
    const given = statistics([100, 1, 1], [1, 1, 1]);
    const fitted = statistics([20, 1, 1], [1, 1, 1]);
    expect(checkPartialEstimation(given, fitted, [5], stages, [59])).toMatchObject([{ value: 59 }]);
    expect(checkPartialEstimation(given, fitted, [5], stages, [61])).toEqual([]);
  });
});
