import { expect, test } from 'vitest';
import { realiseOpenings } from '#cobre/stochastic/realise';
import { makeRichStudy, makeSource } from '../support/make-rich-study.js';
import { openingTreeOf } from '../support/opening-tree.js';
import { makeBus, makeHydro, makeStages, makeStudy, type StudyParts } from '../support/small-study.js';

/** Two hydros, three buses of which the last is random; two stages of two openings, their noise given. */
function realised(parts: StudyParts) {
  const study = makeStudy({
    stages: makeStages(2, 2),
    hydros: [makeHydro(), makeHydro({ id: 1 })],
    buses: [makeBus(), makeBus({ id: 1 }), makeBus({ id: 2 })],
    inflowMean: [
      [10, 20],
      [30, 40],
    ],
    inflowStd: [
      [4, 0],
      [5, 8],
    ],
    loadMean: [
      [100, 200, 50],
      [110, 210, 60],
    ],
    loadStd: [
      [0, 0, 25],
      [0, 0, 0],
    ],
    noiseOpenings: [
      [0.5, 9, 1, -3, -9, -2.5],
      [1, -1, 7, -6.5, -5.5, -7],
    ],
    ...parts,
  });
  return realiseOpenings(study, openingTreeOf(study));
}
const plain = (values: readonly Float64Array[]) => values.map((stage) => Array.from(stage));

const untruncated = [
  [12, 20, -2, 20],
  [35, 32, -2.5, -4],
];

test.each([
  ['none', untruncated],
  ['penalty', untruncated],
  [
    'truncation',
    [
      [12, 20, 0, 20],
      [35, 32, 0, 0],
    ],
  ],
] as const)("inflow is mean + deviation times noise; method '%s'", (inflowNonNegativity, expected) => {
  expect(plain(realised({ inflowNonNegativity }).inflow)).toEqual(expected);
});

test('load is random at its own buses only, never negative, and its mean elsewhere', () => {
  expect(plain(realised({}).load)).toEqual([
    [100, 200, 75, 100, 200, 0],
    [110, 210, 60, 110, 210, 60],
  ]);
});

test('a study without hydros or random loads has empty noise and its mean loads', () => {
  const study = makeStudy({ stages: makeStages(2, 2), loadMean: [[5], [6]] });
  const tree = openingTreeOf(study);
  expect(tree.dimension).toBe(0);
  const { inflow, load } = realiseOpenings(study, tree);
  expect(plain(inflow)).toEqual([[], []]);
  expect(plain(load)).toEqual([
    [5, 5],
    [6, 6],
  ]);
});

test('a random source has its capacity times mean + deviation times noise, within none and all of it', () => {
  const study = makeRichStudy({
    stages: makeStages(1, 4),
    sources: [makeSource({ maxMw: 200 }), makeSource({ id: 1, maxMw: 200 })],
    availability: [
      { mean: 0.5, std: 0.25 },
      { mean: 0.3, std: 0 },
    ],
    noiseOpenings: [[1, -1.5, 3, -3]],
  });
  const { available } = realiseOpenings(study, openingTreeOf(study));
  expect(plain(available)).toEqual([[150, 60, 25, 60, 200, 60, 0, 60]]);
});
