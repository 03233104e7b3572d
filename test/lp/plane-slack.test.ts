import { describe, expect, test } from 'vitest';
import { mayFallBelowZero } from '#cobre/lp/plane-slack';
import { costOf } from '../support/equivalent/optimum.js';
import { bounded, makeGeneric, type RichParts, term } from '../support/make-rich-study.js';
import { SUPPLIED, supplied } from '../support/rich-studies/study-data.js';
import { makeBus, makeHydro, makeStages } from '../support/small-study.js';
import { boundOf } from '../support/stage-cost.js';

interface Planes {
  readonly gamma0: number;
  readonly gammaV: number;
  readonly gammaQ: number;
  readonly gammaS: number;
}

/** A plant without storage, and a load that is not met at 500 $/MWh. */
const river = (plane: Planes, inflow: number, more: Partial<RichParts> = {}): RichParts => ({
  stages: makeStages(1, 1, [100]),
  buses: [makeBus({ deficitSegments: [{ depthMw: null, cost: 500 }] })],
  hydros: [
    makeHydro({
      maxStorage: 0,
      maxTurbined: 10,
      maxGeneration: 40,
      model: 'fpha',
      penalties: { spillage: 0, fphaTurbined: 0, generationViolationBelow: 800 },
    }),
  ],
  initialStorage: [0],
  inflowMean: [[inflow]],
  loadMean: [[20]],
  extras: {
    suppliedPlanes: [supplied([plane])],
    productionChoices: [{ mode: 'stage_ranges', ranges: [{ ...SUPPLIED, from: 0, to: null }] }],
  },
  ...more,
});

/** Cost by the stage problem, which the whole tree as one program confirms. */
async function costWith(plane: Planes, inflow: number, more: Partial<RichParts> = {}): Promise<number> {
  const parts = river(plane, inflow, more);
  const cost = await boundOf(parts);
  expect(await costOf(parts, { planes: () => [plane] })).toBeCloseTo(cost, 3);
  return cost;
}

describe('a plane below 0', () => {
  test('forbids no flow: where little is turbined', async () => {
    // -3 + 1 MW: 2 MW are lacking to 0, at 2 * 500 + 800 $/MWh.
    const cost = await costWith({ gamma0: -3, gammaV: 0, gammaQ: 1, gammaS: 0 }, 1);
    expect(cost).toBeCloseTo(100 * (500 * 20 + 1800 * 2), 3);
  });

  test('forbids no flood', async () => {
    // 10 m3/s turbined, 20 spilled: 2 + 5 - 10 MW.
    const cost = await costWith({ gamma0: 2, gammaV: 0, gammaQ: 0.5, gammaS: -0.5 }, 30);
    expect(cost).toBeCloseTo(100 * (500 * 20 + 1800 * 3), 3);
  });

  test('is no power, though all that wants power wants it together', async () => {
    // 2 + 5 - 1 MW: the load lacks 14, the least generation 24, the constraint 34.
    const plane = { gamma0: 2, gammaV: 0, gammaQ: 0.5, gammaS: -0.5 };
    const [plant] = river(plane, 12).hydros ?? [];
    const cost = await costWith(plane, 12, {
      hydros: [{ ...plant, minGeneration: 30 }],
      genericConstraints: [makeGeneric([term('hydro_generation')], '>=', { slackPenalty: 300 })],
      changes: [{ generic: bounded(40) }],
    });
    expect(cost).toBeCloseTo(100 * (500 * 14 + 800 * 24 + 300 * 34), 3);
  });

  test('is no power where a constraint makes a deficit dear', async () => {
    // 2 + 5 - 1 MW: the load lacks 14, each at 500 and 10000 $/MWh.
    const cost = await costWith({ gamma0: 2, gammaV: 0, gammaQ: 0.5, gammaS: -0.5 }, 12, {
      genericConstraints: [makeGeneric([term('bus_deficit')], '<=', { slackPenalty: 10_000 })],
      changes: [{ generic: bounded(0) }],
    });
    expect(cost).toBeCloseTo(100 * (500 + 10_000) * 14, 2);
  });

  test('is no power in a short block that a constraint speaks of in all blocks', async () => {
    // Spills fall to the 90 h: 2 + 5 MW in the first 10 h, of which 40 MW lack 33 in the rows of both blocks. In the mean
    // over all hours it is 2 + 5 - 1 MW, and the load lacks 14.
    const cost = await costWith({ gamma0: 2, gammaV: 0, gammaQ: 0.5, gammaS: -0.5 }, 12, {
      stages: makeStages(1, 1, [10, 90]),
      genericConstraints: [makeGeneric([term('hydro_generation', 0, 1, 0)], '>=', { slackPenalty: 3000 })],
      changes: [{ generic: bounded(40) }],
    });
    expect(cost).toBeCloseTo(100 * (500 * 14 + 3000 * 33), 2);
  });
});

test('only planes that can fall below 0 have a slack', () => {
  const plane = { gamma0: 1, gammaV: 0, gammaQ: 0.5, gammaS: 0 };
  expect(mayFallBelowZero([plane])).toBe(false);
  for (const coefficient of ['gamma0', 'gammaV', 'gammaQ', 'gammaS'] as const) {
    expect(mayFallBelowZero([plane, { ...plane, [coefficient]: -0.1 }]), coefficient).toBe(true);
  }
});
