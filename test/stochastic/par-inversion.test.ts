import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sparseRows } from '#cobre/math/sparse-rows';
import { invertPar, type LagMemory, type PhysicalPar } from '#cobre/stochastic/par-inversion';
import { anyInflows, anyParModel, runPar } from './forward/random-par.js';

const NAME = { series: 'scenario 7', file: 'some.parquet' };

function invert(model: PhysicalPar, inflow: Float64Array, lags: Float64Array, memory: LagMemory | null = null) {
  const noise = new Float64Array(model.stages * model.hydros);
  invertPar(model, inflow, lags, memory, NAME, (t, h, value) => {
    noise[t * model.hydros + h] = value;
  });
  return noise;
}

/** One hydro, one lag. */
function simple(stages: number, parts: Partial<PhysicalPar> = {}): PhysicalPar {
  return {
    stages,
    hydros: 1,
    lags: 1,
    base: new Float64Array(stages).fill(70),
    psi: new Float64Array(stages).fill(0.48),
    sigma: new Float64Array(stages).fill(28.62),
    ...parts,
  };
}

describe('the inversion of a periodic autoregression', () => {
  test('gives noise by hand', () => {
    // (0 - 70 - 0.48 x 90) / 28.62, then from lag 0: (100 - 70) / 28.62, then from lag 100: (50 - 70 - 48) / 28.62.
    const noise = invert(simple(3), Float64Array.of(0, 100, 50), Float64Array.of(90));
    expect(noise[0]).toBeCloseTo(-113.2 / 28.62, 14);
    expect(noise[1]).toBeCloseTo(30 / 28.62, 14);
    expect(noise[2]).toBeCloseTo(-68 / 28.62, 14);
  });

  test('gives the noise that the model turns into the inflows again', () => {
    const cases = anyParModel.chain((model) =>
      fc.tuple(fc.constant(model), anyInflows(model.stages * model.hydros), anyInflows(model.hydros * model.lags)),
    );
    fc.assert(
      fc.property(cases, ([model, inflow, past]) => {
        const again = runPar(model, invert(model, inflow, past), past);
        again.forEach((value, i) => {
          expect(Math.abs(value - inflow[i])).toBeLessThanOrEqual(1e-12 * 1000);
        });
      }),
    );
  });

  test('takes a deviation of 0 as no noise where the model gives the inflow anyway, else refuses it', () => {
    const certain = simple(2, { sigma: Float64Array.of(0, 10) });
    const noise = invert(certain, Float64Array.of(70 + 0.48 * 90, 200), Float64Array.of(90));
    expect(noise[0]).toBe(0);
    expect(() => invert(certain, Float64Array.of(100, 200), Float64Array.of(90))).toThrow(
      expect.objectContaining({
        kind: 'PhysicalConstraint',
        file: 'some.parquet',
        value: 100,
        context: expect.objectContaining({ series: 'scenario 7', stage: 0, hydro: 0 }) as unknown,
      }),
    );
  });

  test('refuses what is not a number', () => {
    for (const bad of [Number.NaN, Infinity]) {
      expect(() => invert(simple(1), Float64Array.of(bad), Float64Array.of(90))).toThrow(
        expect.objectContaining({ kind: 'PhysicalConstraint' }),
      );
    }
  });

  test('keeps the lags through a period of several stages, then takes the mean of its inflows', () => {
    // Two stages a period, the second three times as long; a quarter of the second period lies in the stage before it.
    const shares: readonly (readonly (readonly [age: number, weight: number])[])[] = [
      [[1, 1]],
      [[2, 1]],
      [
        [2, 1 / 4],
        [1, 3 / 4],
      ],
      [
        [3, 1 / 4],
        [2, 3 / 4],
      ],
      [
        [3, 1 / 4],
        [2, 1 / 4],
        [1, 1 / 2],
      ],
    ];
    const places = 3;
    const memory: LagMemory = {
      stages: shares.map((mean) => ({
        lag: sparseRows(1, (_, put) => {
          for (const [age, weight] of mean) put(age - 1, 0.5 * weight);
        }),
        keep: sparseRows(places, (place, put) => {
          if (place > 0) put(place - 1, 1);
        }),
        add: sparseRows(places, (place, put) => {
          if (place === 0) put(0, 1);
        }),
      })),
      begin: (lags) => Float64Array.of(lags[0], 0, 0),
    };
    const model = simple(5, {
      base: new Float64Array(5),
      psi: new Float64Array(5).fill(0.5),
      sigma: new Float64Array(5).fill(1),
    });
    const noise = invert(model, Float64Array.of(8, 16, 24, 32, 40), Float64Array.of(100), memory);
    // Lags: 100, 100, then (8 + 3 x 16) / 4 = 14 twice, then (16 + 24 + 2 x 32) / 4 = 26.
    expect(Array.from(noise)).toEqual([8 - 50, 16 - 50, 24 - 7, 32 - 7, 40 - 13]);
  });
});
