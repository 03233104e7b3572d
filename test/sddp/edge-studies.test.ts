import { beforeAll, describe, expect, it } from 'vitest';
import type { Hydro, Stage, Study } from '#cobre/case/study';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import type { FittedModels } from '../support/deterministic-equivalent.js';
import { some } from '../support/long.js';
import {
  bounded,
  makeContract,
  makeGeneric,
  makePump,
  makeRichStudy,
  type RichParts,
  term,
} from '../support/make-rich-study.js';
import { expectOptimum } from '../support/random-optimum.js';
import { noiseOf } from '../support/rich-studies/index.js';
import { chronologicalStages, PLANES, ranges, SUPPLIED, supplied } from '../support/rich-studies/study-data.js';
import { limited, runBits } from '../support/run-bits.js';
import { makeBus, makeHydro, makeLine, makeStages, makeThermal } from '../support/small-study.js';

/** Lasts longer than the studies here do. */
const ALWAYS = { from: 0, until: 1000 };
const THERMALS = [makeThermal({ maxMw: 25, cost: 50 }), makeThermal({ id: 1, maxMw: 30, cost: 130 })];

/** Two plants in a row, three stages with three openings each. */
function cascade(parts: RichParts = {}, upper: Partial<Hydro> = {}, lower: Partial<Hydro> = {}): Study {
  const stages = parts.stages ?? makeStages(3, 3, [300, 430]);
  return makeRichStudy({
    stages,
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 80, maxTurbined: 30, ...upper }),
      makeHydro({ id: 1, maxStorage: 40, maxTurbined: 45, ...lower }),
    ],
    thermals: THERMALS,
    initialStorage: [30, 10],
    inflowMean: [[14, 5]],
    inflowStd: [[7, 4]],
    loadMean: [[60]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf(
      stages.map(({ openings }) => openings),
      2,
      41,
    ),
    ...parts,
  });
}

/** A lake whose evaporation is `mm` of 2 km2 and 0.05 km2 more each hm3, at plant 0. */
function lake(mm: number): {
  readonly hydro: Partial<Hydro>;
  readonly parts: RichParts;
  readonly models: FittedModels;
} {
  const volume = Float64Array.of(0, 50, 100);
  const curve = { volume, height: Float64Array.of(300, 320, 330), area: volume.map((v) => 2 + 0.05 * v) };
  return {
    hydro: { evaporation: { coefficientsMm: Array<number>(12).fill(mm), referenceVolumes: null } },
    parts: { extras: { geometry: [curve, null] } },
    // 1 mm from 1 km2 is 1000 m3; a month of 730 h has 2.628 million seconds.
    models: { evaporation: (_, h) => (h === 0 ? { k0: (mm * 2) / 2628, kV: (mm * 0.05) / 2628 } : null) },
  };
}

const chronological = (openings: number): Stage[] => chronologicalStages(openings, [240, 250, 240]);

interface Edge {
  readonly study: Study;
  readonly models?: FittedModels;
}

const EDGES: Readonly<Record<string, () => Edge>> = {
  'no hydro plants, random load': () => ({
    study: makeRichStudy({
      stages: makeStages(3, 3, [300, 430]),
      thermals: THERMALS,
      loadMean: [[60]],
      loadStd: [[12]],
      noiseOpenings: noiseOf([3, 3, 3], 1, 3),
    }),
  }),
  'no hydro plants and nothing random': () => ({
    study: makeRichStudy({ stages: makeStages(2, 2, [300, 430]), thermals: THERMALS, loadMean: [[60]] }),
  }),
  'hydro plants that all come at the last stage': () => ({
    study: cascade({}, { service: { from: 2, until: 1000 } }, { service: { from: 2, until: 1000 } }),
  }),
  'hydro plants that all leave after the first stage': () => ({
    study: cascade({}, { service: { from: 0, until: 1 } }, { service: { from: 0, until: 1 } }),
  }),
  'hydro plants that never come': () => ({
    study: cascade({}, { service: { from: 900, until: 1000 } }, { service: { from: 900, until: 1000 } }),
  }),
  'a bus without load or plants, between two that have some': () => ({
    study: cascade({
      buses: [makeBus(), makeBus({ id: 1 }), makeBus({ id: 2 })],
      lines: [
        makeLine({ lossesPercent: 3, directMw: 30 }),
        makeLine({ id: 1, sourceBus: 1, targetBus: 2, lossesPercent: 2, directMw: 30 }),
      ],
      loadMean: [[40, 0, 25]],
    }),
  }),
  'no load at all': () => ({ study: cascade({ loadMean: [[0]] }) }),
  'a single stage': () => ({ study: cascade({ stages: makeStages(1, 4) }) }),
  'a single stage with a single opening': () => ({ study: cascade({ stages: makeStages(1, 1) }) }),
  'stages with one opening among others': () => ({
    study: cascade({ stages: makeStages(4, 1).map((stage, t) => ({ ...stage, openings: [3, 1, 4, 1][t] })) }),
  }),
  'openings that do not differ': () => ({ study: cascade({ inflowStd: [[0, 0]] }) }),
  'reservoirs that hold one volume, or nothing': () => ({
    study: cascade({ initialStorage: [25, 0] }, { minStorage: 25, maxStorage: 25 }, { maxStorage: 0 }),
  }),
  'an initial storage below the least': () => ({ study: cascade({ initialStorage: [2, 10] }, { minStorage: 20 }) }),
  'plants without turbines, and with turbines that make nothing': () => ({
    study: cascade({}, { maxTurbined: 0, maxGeneration: 0 }, { productivity: 0 }),
  }),
  'generic constraints over what is not there': () => ({
    study: cascade(
      {
        thermals: [...THERMALS, makeThermal({ id: 2, maxMw: 20, cost: 10, service: { from: 0, until: 1 } })],
        pumps: [makePump({ source: 1, target: 0, service: { from: 2, until: 1000 } })],
        contracts: [makeContract({ service: { from: 0, until: 2 } })],
        genericConstraints: [
          makeGeneric([term('hydro_generation'), term('thermal_generation', 2), term('pumping_flow')], '<=', {
            slackPenalty: 900,
          }),
          makeGeneric([term('hydro_outflow'), term('contract_import', 0, 2)], '>=', { id: 1, slackPenalty: 400 }),
          makeGeneric([term('hydro_storage'), term('hydro_spillage')], '==', {
            id: 2,
            slackPenalty: 300,
          }),
        ],
        changes: [0, 1, 2].map(() => ({
          generic: [...(bounded(9) ?? []), ...(bounded(6, 1) ?? []), ...(bounded(20, 2) ?? [])],
        })),
      },
      { service: { from: 1, until: 2 } },
    ),
  }),
  'no discount': () => ({ study: cascade({ stages: makeStages(3, 3, [730], 1) }) }),
  'a discount of 100 % a year': () => ({ study: cascade({ stages: makeStages(3, 3, [730], 2 ** (-1 / 12)) }) }),
  'load factors of 0': () => ({ study: cascade({ loadFactors: [[[0, 1.4]]] }) }),
  'a block in which there is no load at any stage, and a load below 0': () => ({
    study: cascade({ loadMean: [[-20], [60], [70]], loadFactors: [[[0, 1.2]]] }),
  }),
  'costs-to-go below 0': () => ({
    study: cascade({
      contracts: [makeContract({ type: 'export', price: -120, maxMw: 40 })],
      loadMean: [[15]],
    }),
  }),
  'planes, evaporation and blocks in sequence': () => {
    const { hydro, parts, models } = lake(90);
    const chosen = {
      suppliedPlanes: [supplied(PLANES), []],
      productionChoices: [ranges({ ...SUPPLIED, from: 0, to: null }), null],
    };
    return {
      study: cascade(
        {
          stages: chronological(3),
          loadFactors: [[[1.7, 0.3, 1.1]]],
          extras: { ...parts.extras, ...chosen },
        },
        { ...hydro, model: 'fpha', minStorage: 12 },
      ),
      models: { ...models, planes: (_, h) => (h === 0 ? PLANES : null) },
    };
  },
  'a reservoir that evaporates while it is filled': () => {
    const { hydro, parts, models } = lake(120);
    return {
      study: cascade(
        { ...parts, initialStorage: [4, 10] },
        {
          ...hydro,
          minStorage: 32,
          service: { from: 2, until: 1000 },
          filling: { from: 0, inflow: 5 },
          penalties: makeHydro({ penalties: { fillingTarget: 9000, storageViolationBelow: 6000 } }).penalties,
        },
      ),
      models,
    };
  },
  'pumps up and down a cascade': () => ({
    study: cascade({
      loadMean: [[40]],
      loadFactors: [[[0.3, 1.7]]],
      pumps: [
        makePump({ source: 1, target: 0, consumption: 0.4, maxFlow: 12, service: ALWAYS }),
        makePump({ id: 1, source: 0, target: 1, consumption: 0, maxFlow: 3, service: ALWAYS }),
      ],
    }),
  }),
  'pumps up and down with blocks in sequence': () => ({
    study: cascade({
      stages: chronological(3),
      loadMean: [[40]],
      loadFactors: [[[0.3, 1.7, 1]]],
      pumps: [
        makePump({ source: 1, target: 0, consumption: 0.4, minFlow: 1, maxFlow: 12, service: ALWAYS }),
        makePump({ id: 1, source: 0, target: 1, consumption: 0.1, maxFlow: 3, service: ALWAYS }),
      ],
    }),
  }),
};

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

const SCALES = { cost: 1, size: 1, hours: [730] };

describe('studies at the edge of the format come to the optimum of their scenario tree', () => {
  it.each(Object.entries(EDGES))('%s', async (_, make) => {
    const { study, models } = make();
    await expectOptimum(runtime, study, SCALES, models);
  });
});

/** Those whose training or simulation has nothing to share out, and those with the most parts. */
const SHARED_OUT = [
  'no hydro plants, random load',
  'hydro plants that never come',
  'a single stage with a single opening',
  'planes, evaporation and blocks in sequence',
  'pumps up and down with blocks in sequence',
];

describe('and have the same bits on two workers as on one', () => {
  it.each(some(SHARED_OUT, 2))('%s', async (name) => {
    const study = limited(EDGES[name]().study, 6, 2);
    expect(await runBits(study, 2, 6)).toEqual(await runBits(study, 1, 6));
  });
});
