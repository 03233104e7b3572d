import { beforeAll, expect, test } from 'vitest';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { stageCosts } from '#cobre/results/stage-costs';
import { simulatePolicy } from '#cobre/sddp/simulate';
import { trainPolicy } from '#cobre/sddp/train';
import { makeRichStudy } from '../support/make-rich-study.js';
import { SUPPLIED, supplied } from '../support/rich-studies/study-data.js';
import { makeBus, makeHydro, makeStages } from '../support/small-study.js';

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

test('planes below 0 have a price among the causes: these sum up to what the stage costs', () => {
  const study = makeRichStudy({
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
    inflowMean: [[1]],
    loadMean: [[20]],
    extras: {
      suppliedPlanes: [supplied([{ gamma0: -3, gammaV: 0, gammaQ: 1, gammaS: 0 }])],
      productionChoices: [{ mode: 'stage_ranges', ranges: [{ ...SUPPLIED, from: 0, to: null }] }],
    },
  });
  const { policy } = trainPolicy(new LocalCommunicator(), study, runtime);
  let seen = 0;
  simulatePolicy(new LocalCommunicator(), study, runtime, policy, 1, {
    onScenario: (result) => {
      // -3 + 1 MW: 2 MW are lacking to 0, at 2 * 500 + 800 $/MWh, for 100 h.
      expect(result.planesBelow[0]).toBeCloseTo(2, 9);
      const costs = stageCosts(study, result);
      expect(costs.generationBelow[0]).toBeCloseTo(100 * 1800 * 2, 5);
      expect(costs.generationBelow[0] + costs.deficit[0]).toBeCloseTo(result.immediateCost[0], 5);
      seen++;
    },
  });
  expect(seen).toBe(1);
});
