import { expect, test } from 'vitest';
import type { InflowModelData } from '#cobre/case/study';
import type { RichParts } from '../support/make-rich-study.js';
import { noExtras } from '../support/plain-study.js';
import { makeHydro, makeStages, makeThermal } from '../support/small-study.js';
import { boundOf } from '../support/stage-cost.js';

const stages = makeStages(2, 1, [100]).map((stage, season) => ({ ...stage, season }));

/** One plant that remembers one month; all deviations are alike, so that coefficients are those of the flows. */
function remembering(past: number, coefficients: readonly [number, number]): InflowModelData {
  return {
    ...noExtras(stages, 1, 0).inflowModel,
    preStudyStages: [{ id: -1, startDate: '2023-12-01', endDate: '2024-01-01', season: 11 }],
    preStudyMean: Float64Array.of(10),
    preStudyStd: Float64Array.of(4),
    autoregressive: {
      hydro: Int32Array.of(0, 0),
      stage: Int32Array.of(0, 1),
      lag: Int32Array.of(1, 1),
      coefficient: Float64Array.from(coefficients),
      residualStdRatio: Float64Array.of(1, 1),
    },
    pastInflows: [{ values: Float64Array.of(past), seasons: null }],
  };
}

/** A plant without storage of 1 MW per m3/s, and thermal power at 50 $/MWh for the rest of 40 MW. */
const river = (inflowModel: InflowModelData, inflowNonNegativity: RichParts['inflowNonNegativity']): RichParts => ({
  stages,
  thermals: [makeThermal({ maxMw: 100, cost: 50 })],
  hydros: [makeHydro({ maxStorage: 0, maxTurbined: 100, maxGeneration: 100 })],
  initialStorage: [0],
  inflowMean: [[10], [20]],
  inflowStd: [[4], [4]],
  noiseOpenings: [[0], [0]],
  loadMean: [[40]],
  ...(inflowNonNegativity === undefined ? {} : { inflowNonNegativity }),
  extras: { inflowModel },
});

test.each(['truncation', 'truncation_with_penalty'] as const)(
  'inflow that memory takes below 0 is cut to 0, and remembered as 0: %s',
  async (method) => {
    // First 10 - (30 - 10) = -10, cut to 0; then 20 + 0.5 (0 - 10) = 15.
    expect(await boundOf(river(remembering(30, [-1, 0.5]), method))).toBeCloseTo(100 * 50 * (40 + 25), 3);
  },
);

test('inflow that memory leaves above 0 is as it is, cut or not', async () => {
  // First 10 + 0.5 (30 - 10) = 20; then 20 + 0.5 (20 - 10) = 25.
  for (const method of ['none', 'truncation', 'truncation_with_penalty'] as const) {
    expect(await boundOf(river(remembering(30, [0.5, 0.5]), method))).toBeCloseTo(100 * 50 * (20 + 15), 3);
  }
});

test('without a cut, water that is lacking is bought, and the lack is remembered', async () => {
  // -10, made up for at 1000 $ a m3/s and hour; then 20 + 0.5 (-10 - 10) = 10.
  const cost = await boundOf(river(remembering(30, [-1, 0.5]), 'penalty'));
  expect(cost).toBeCloseTo(100 * (50 * (40 + 30) + 1000 * 10), 3);
});
