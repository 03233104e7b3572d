import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { externalInflowNoise, externalNoise } from '#cobre/stochastic/forward/external-noise';
import { anyInflows, anyParModel, runPar } from './random-par.js';

const FILE = 'scenarios/external_inflow_scenarios.parquet';

describe('external inflow', () => {
  test('is what the model gives under its noise, repeated where a stage has fewer scenarios', () => {
    const cases = anyParModel.chain((model) =>
      fc.tuple(
        // Coefficients of a stationary model, so that rounding does not grow from stage to stage.
        fc.constant({ ...model, psi: model.psi.map((value) => value / 4) }),
        fc
          .array(fc.integer({ min: 1, max: 4 }), { minLength: model.stages, maxLength: model.stages })
          .chain((counts) => fc.tuple(...counts.map((count) => anyInflows(count * model.hydros)))),
        anyInflows(model.hydros * model.lags),
      ),
    );
    fc.assert(
      fc.property(cases, ([model, values, past]) => {
        const { hydros } = model;
        const external = externalInflowNoise({ file: FILE, entities: hydros, values }, model, past);
        expect(external.scenarios).toBe(Math.max(...values.map((table) => table.length / hydros)));
        expect(external.countOfStage).toEqual(values.map((table) => table.length / hydros));
        for (let s = 0; s < external.scenarios; s += 1) {
          const noise = new Float64Array(model.stages * hydros);
          external.noise.forEach((stage, t) => {
            noise.set(stage.subarray(s * hydros, (s + 1) * hydros), t * hydros);
          });
          runPar(model, noise, past).forEach((value, i) => {
            const table = values[Math.floor(i / hydros)];
            const given = table[((s * hydros) % table.length) + (i % hydros)];
            expect(Math.abs(value - given)).toBeLessThan(1e-12 * 500);
          });
        }
      }),
    );
  });

  test('is refused where the table does not fit', () => {
    const model = {
      stages: 2,
      hydros: 2,
      lags: 0,
      base: new Float64Array(4),
      psi: new Float64Array(0),
      sigma: new Float64Array(4).fill(1),
    };
    const lags = new Float64Array(0);
    for (const lengths of [[4], [4, 3], [4, 0], [4, 4, 4]]) {
      const values = lengths.map((length) => new Float64Array(length));
      expect(() => externalInflowNoise({ file: FILE, entities: 2, values }, model, lags)).toThrow(
        expect.objectContaining({ kind: 'CoverageMismatch', file: FILE }),
      );
    }
  });
});

describe('external load and availability', () => {
  test('are mean + std noise, and without effect where std is 0', () => {
    const values = [Float64Array.of(110, 50, 90, 50), Float64Array.of(0.25, 7)];
    const mean = Float64Array.of(100, 50, 0.5, 5);
    const std = Float64Array.of(20, 0, 0.5, 0);
    const { scenarios, noise, ignored } = externalNoise({ file: 'load', entities: 2, values }, mean, std);
    expect(scenarios).toBe(2);
    expect(noise.map((stage) => Array.from(stage))).toEqual([
      [0.5, 0, -0.5, 0],
      [-0.5, 0, -0.5, 0],
    ]);
    // The 7 where the mean is 5; not the 50 that is the mean.
    expect(ignored).toBe(1);
  });

  test('of any table come out again up to 1e-12', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.double({ min: 0.01, max: 1, noNaN: true }), (value, mean, std) => {
        const table = { file: 'ncs', entities: 1, values: [Float64Array.of(value)] };
        const { noise } = externalNoise(table, Float64Array.of(mean), Float64Array.of(std));
        expect(Math.abs(mean + std * noise[0][0] - value)).toBeLessThan(1e-12);
      }),
    );
  });
});
