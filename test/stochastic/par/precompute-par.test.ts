import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lagDepth, type ParModel, whiteNoiseCoefficients } from '#cobre/stochastic/par/par-model';
import { precomputePar } from '#cobre/stochastic/par/precompute-par';

/** One hydro, three stages of means 100, 80, 60 and standard deviations 20, 10, 40; before them 90 (5) and 70 (8). */
function model(parts: Partial<ParModel> = {}): ParModel {
  return {
    stages: 3,
    hydros: 1,
    mean: Float64Array.of(100, 80, 60),
    std: Float64Array.of(20, 10, 40),
    pastMean: Float64Array.of(90, 70),
    pastStd: Float64Array.of(5, 8),
    order: Int32Array.of(2, 1, 0),
    maxOrder: 2,
    coefficients: Float64Array.of(0.5, 0.2, 0.4, 0, 0, 0),
    residualStdRatio: Float64Array.of(0.8, 0.9, 1),
    annual: null,
    ...parts,
  };
}

describe('parameters in physical units', () => {
  test('are the standardised ones times the ratio of standard deviations', () => {
    const par = precomputePar(model());
    expect(par.maxOrder).toBe(2);
    // 0.5 * 20 / 5, 0.2 * 20 / 8; 0.4 * 10 / 20.
    expect([...par.psi]).toEqual([2, 0.5, 0.2, 0, 0, 0]);
    expect([...par.base]).toEqual([100 - 2 * 90 - 0.5 * 70, 80 - 0.2 * 100, 60]);
    expect([...par.sigma]).toEqual([16, 9, 40]);
    expect([...par.order]).toEqual([2, 1, 0]);
  });

  test('give the mean after the means, whatever the model', () => {
    const number = fc.double({ min: -0.9, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 6, maxLength: 6 }), (coefficients) => {
        const par = precomputePar(
          model({ order: Int32Array.of(2, 2, 2), coefficients: Float64Array.from(coefficients) }),
        );
        const means = [70, 90, 100, 80, 60];
        for (let t = 0; t < 3; t += 1) {
          const inflow = par.base[t] + par.psi[2 * t] * means[t + 1] + par.psi[2 * t + 1] * means[t];
          expect(inflow).toBeCloseTo(means[t + 2], 9);
        }
      }),
    );
  });

  test('spread the annual mean over twelve lags', () => {
    const past = { pastMean: new Float64Array(12).fill(50), pastStd: new Float64Array(12).fill(10) };
    const annual = {
      coefficient: Float64Array.of(0.6, 0.3, 0),
      mean: Float64Array.of(55, 55, 55),
      std: Float64Array.of(6, 6, 0),
    };
    const given = model({ ...past, annual });
    expect(lagDepth(given)).toBe(12);
    const par = precomputePar(given);
    expect(par.maxOrder).toBe(12);
    // 0.6 * 20 / 6 over twelve, and 0.5 * 20 / 10 and 0.2 * 20 / 10 of the lags.
    const share = (0.6 * 20) / 6 / 12;
    expect([...par.psi.subarray(0, 12)]).toEqual([1 + share, 0.4 + share, ...Array(10).fill(share)]);
    expect(par.base[0]).toBeCloseTo(100 - (1.4 + 12 * share) * 50, 10);
    expect([...par.order]).toEqual([12, 12, 0]);
    expect([...par.psi.subarray(24)]).toEqual(Array(12).fill(0));
    // Stage 1: eleven lags before the study and stage 0, of mean 100 and standard deviation 20.
    const second = (0.3 * 10) / 6 / 12;
    expect(par.psi[12]).toBeCloseTo((0.4 * 10) / 20 + second, 15);
    expect(par.base[1]).toBeCloseTo(80 - (0.2 + second) * 100 - 11 * second * 50, 10);
  });

  test('may take the statistics of other stages for the lags', () => {
    // Stages 0 and 1 are parts of one season: both follow the last one before the study.
    const before = { mean: [90, 70], std: [5, 8] };
    const par = precomputePar(model(), { mean: (_, __, l) => before.mean[l], std: (_, __, l) => before.std[l] });
    expect(par.psi[2]).toBe((0.4 * 10) / 5);
    expect(par.base[1]).toBe(80 - 0.8 * 90);
  });

  test('have no effect of a lag that does not vary, and no inflow without a model', () => {
    const par = precomputePar(model({ pastStd: Float64Array.of(0, 8) }));
    expect([...par.psi.subarray(0, 2)]).toEqual([0, 0.5]);
    const none = precomputePar({
      ...model({ mean: new Float64Array(3), std: new Float64Array(3) }),
      ...whiteNoiseCoefficients(3, 1),
    });
    expect([none.maxOrder, none.psi.length, ...none.base, ...none.sigma]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('of the cases d16 and d19 of cobre-rs', () => {
    // d16: mean 100, standard deviation 1e-10, coefficient 0.5. d19: means 40 and 25, [0.5, 0.3] and [0.4, 0.2].
    const flat = (t: number, ...values: number[]) =>
      Float64Array.from({ length: t * values.length }, (_, i) => values[i % values.length]);
    const d16 = precomputePar({
      stages: 3,
      hydros: 1,
      mean: flat(3, 100),
      std: flat(3, 1e-10),
      pastMean: flat(1, 100),
      pastStd: flat(1, 1e-10),
      order: Int32Array.of(1, 1, 1),
      maxOrder: 1,
      coefficients: flat(3, 0.5),
      residualStdRatio: flat(3, 1),
      annual: null,
    });
    expect([...d16.base, ...d16.psi, ...d16.sigma]).toEqual([50, 50, 50, 0.5, 0.5, 0.5, 1e-10, 1e-10, 1e-10]);
    const d19 = precomputePar({
      stages: 3,
      hydros: 2,
      mean: flat(3, 40, 25),
      std: flat(3, 0.001, 0.001),
      pastMean: flat(2, 40, 25),
      pastStd: flat(2, 0.001, 0.001),
      order: Int32Array.of(2, 2, 2, 2, 2, 2),
      maxOrder: 2,
      coefficients: flat(3, 0.5, 0.3, 0.4, 0.2),
      residualStdRatio: flat(3, 1, 1),
      annual: null,
    });
    expect([...d19.base]).toEqual([8, 10, 8, 10, 8, 10]);
    expect([...d19.psi]).toEqual([0.5, 0.3, 0.4, 0.2, 0.5, 0.3, 0.4, 0.2, 0.5, 0.3, 0.4, 0.2]);
  });
});
