import { describe, expect, test } from 'vitest';
import type { RichParts } from '../support/make-rich-study.js';
import { makeHydro, makeStages, makeThermal } from '../support/small-study.js';
import { boundOf } from '../support/stage-cost.js';

describe('evaporation', () => {
  /** A plane surface of 1 km2: in 100 hours 360 mm of it are 1 m3/s. */
  const evaporating = (mm: number, penalties: { evaporationBelow?: number; evaporationAbove?: number }): RichParts => ({
    stages: makeStages(1, 1, [100]),
    thermals: [makeThermal({ maxMw: 100, cost: 50 })],
    hydros: [
      makeHydro({
        maxStorage: 100,
        maxTurbined: 30,
        evaporation: { coefficientsMm: new Array<number>(12).fill(mm), referenceVolumes: null },
        penalties: { spillage: 0, ...penalties },
      }),
    ],
    initialStorage: [0],
    inflowMean: [[5]],
    loadMean: [[60]],
    extras: {
      geometry: [{ volume: Float64Array.of(0, 100), height: Float64Array.of(100, 200), area: Float64Array.of(1, 1) }],
    },
  });

  test('that is rain brings no more than falls, however cheap a violation is', async () => {
    expect(await boundOf(evaporating(-720, { evaporationBelow: 7 }))).toBeCloseTo(100 * 50 * (60 - 5 - 2), 3);
  });

  test('above 0 may be less at its price', async () => {
    expect(await boundOf(evaporating(720, { evaporationBelow: 7 }))).toBeCloseTo(100 * (50 * (60 - 5) + 7 * 2), 3);
  });
});
