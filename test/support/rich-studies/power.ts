import {
  bounded,
  change,
  makeContract,
  makeGeneric,
  makeRichStudy,
  makeSource,
  type RichParts,
  term,
} from '../make-rich-study.js';
import { makeBus, makeHydro, makeLine, makeStages, makeThermal } from '../small-study.js';
import { noiseOf, type RichStudy } from './rich-study.js';

const study = makeRichStudy;

/**
 * A system that sells power: exports at prices that change from stage to stage, so that costs fall below 0 in wet
 * scenarios; imports of which some are a duty. 39 nodes.
 */
export function market(): RichStudy {
  const parts: RichParts = {
    name: 'market',
    stages: makeStages(3, 3, [400, 330], 0.97),
    hydros: [makeHydro({ maxStorage: 120, maxTurbined: 60, maxGeneration: 60 })],
    thermals: [makeThermal({ maxMw: 15, cost: 70 })],
    contracts: [
      makeContract({ price: 95, minMw: 2, maxMw: 20 }),
      makeContract({ id: 1, type: 'export', price: -60, maxMw: 25 }),
      makeContract({ id: 2, type: 'export', price: -200, minMw: 1, maxMw: 3 }),
    ],
    initialStorage: [60],
    inflowMean: [[35]],
    inflowStd: [[14]],
    loadMean: [[30], [20], [28]],
    loadFactors: [[[0.8, 1.2]]],
    changes: [{}, { contracts: change({ price: -110, maxMw: 18 }, 1) }, { contracts: change({ price: -45 }, 1) }],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 1, 3),
  };
  const { contracts } = parts as Required<RichParts>;
  const without = (changed: RichParts) => ({ study: study({ ...parts, ...changed }), models: {} });
  return {
    study: study(parts),
    models: {},
    features: ['contracts', 'stage changes'],
    without: {
      contracts: without({ contracts: [], changes: [] }),
      'the import': without({ contracts: [{ ...contracts[0], minMw: 0, maxMw: 0 }, ...contracts.slice(1)] }),
      'the duty to import': without({ contracts: [{ ...contracts[0], minMw: 0 }, ...contracts.slice(1)] }),
      'the better export': without({ contracts: [...contracts.slice(0, 2), { ...contracts[2], minMw: 0, maxMw: 0 }] }),
      'the change of stage 1': without({ changes: [{}, {}, parts.changes![2]] }),
      'the change of stage 2': without({ changes: [{}, parts.changes![1], {}] }),
    },
  };
}

/** Wind of random strength behind a narrow line, sun by day only, both correlated with nothing. 39 nodes. */
export function windAndSun(): RichStudy {
  const parts: RichParts = {
    name: 'wind-and-sun',
    stages: makeStages(3, 3, [330, 400]),
    buses: [makeBus(), makeBus({ id: 1, excessCost: 0.5 })],
    lines: [makeLine({ directMw: 20, reverseMw: 24, exchangeCost: 0.5, lossesPercent: 3 })],
    lineFactors: { direct: [[0.4, 1]], reverse: [[0.6, 1]] },
    hydros: [makeHydro({ maxStorage: 60, maxTurbined: 30 })],
    thermals: [makeThermal({ maxMw: 50, cost: 75 }), makeThermal({ id: 1, bus: 1, maxMw: 8, cost: 120 })],
    sources: [
      makeSource({ bus: 1, maxMw: 50, curtailmentCost: 0.3 }),
      makeSource({ id: 1, maxMw: 14, curtailmentCost: 0.2 }),
      makeSource({ id: 2, bus: 1, maxMw: 9, curtailmentCost: 0.1, service: { from: 1, until: 3 } }),
    ],
    availability: [
      { mean: 0.55, std: 0.4 },
      { mean: 0.5, std: 0.1 },
      { mean: 0.6, std: 0 },
    ],
    sourceFactors: [
      [1.1, 0.9],
      [1.6, 0.2],
      [1, 1],
    ],
    initialStorage: [25],
    inflowMean: [[12]],
    inflowStd: [[5]],
    loadMean: [[48, 22]],
    loadStd: [[0, 6]],
    inflowNonNegativity: 'truncation',
    // One hydro, one random load, two random sources.
    noiseOpenings: noiseOf([3, 3, 3], 4, 17),
  };
  const { sources, availability, lineFactors } = parts as Required<RichParts>;
  const without = (changed: RichParts) => ({ study: study({ ...parts, ...changed }), models: {} });
  const certain = availability.map(({ mean }) => ({ mean, std: 0 }));
  return {
    study: study(parts),
    models: {},
    features: ['sources', 'random availability', 'source factors', 'line factors', 'service'],
    without: {
      'the wind': without({ sources: [{ ...sources[0], maxMw: 0 }, ...sources.slice(1)] }),
      // The noise of the random load is the second of two then.
      chance: without({
        availability: certain,
        noiseOpenings: parts.noiseOpenings!.map((row) => row.filter((_, at) => at % 4 < 2)),
      }),
      'the factors of sources': without({ sourceFactors: [] }),
      'the factors of the line': without({ lineFactors: {} }),
      'the direct factors': without({ lineFactors: { reverse: lineFactors.reverse! } }),
      'the price of curtailing': without({ sources: sources.map((source) => ({ ...source, curtailmentCost: 0 })) }),
      'the source that comes': without({ sources: [...sources.slice(0, 2), { ...sources[2], maxMw: 0 }] }),
    },
  };
}

/** Nothing stays as it is: limits and prices of every kind of entity change at some stage. 39 nodes. */
export function changing(): RichStudy {
  const parts: RichParts = {
    name: 'changing',
    stages: makeStages(3, 3),
    buses: [makeBus(), makeBus({ id: 1, excessCost: 0.1 })],
    lines: [makeLine({ directMw: 25, reverseMw: 25, exchangeCost: 0.5 })],
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 100, maxTurbined: 35, minOutflow: 3, penalties: { spillage: 0.02 } }),
      makeHydro({ id: 1, bus: 1, maxStorage: 40, maxTurbined: 30 }),
    ],
    thermals: [makeThermal({ maxMw: 25, cost: 55 }), makeThermal({ id: 1, bus: 1, maxMw: 40, minMw: 2, cost: 90 })],
    sources: [makeSource({ bus: 1, maxMw: 6 })],
    initialStorage: [45, 20],
    inflowMean: [[18, 6]],
    inflowStd: [[8, 3]],
    loadMean: [[32, 28]],
    changes: [
      {
        hydros: change({ minStorage: 20, maxTurbined: 12, minTurbined: 10, penalties: { turbinedViolationBelow: 3 } }),
      },
      {
        hydros: [
          {
            entity: 0,
            values: {
              maxStorage: 38,
              minOutflow: 9,
              maxOutflow: 22,
              penalties: { spillage: 30, outflowViolationAbove: 2 },
            },
          },
          { entity: 1, values: { maxGeneration: 14, minGeneration: 12, withdrawal: 2 } },
        ],
        thermals: change({ maxMw: 10, cost: 75 }),
        lines: change({ directMw: 4, reverseMw: 6, exchangeCost: 3 }),
        sources: change({ availableMw: 4, curtailmentCost: 1 }),
      },
      {
        thermals: change({ minMw: 45, maxMw: 60, cost: 65 }, 1),
        buses: change({ excessCost: 20 }, 1),
        lines: change({ reverseMw: 5 }),
      },
    ],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 2, 41),
  };
  const changes = parts.changes!;
  const without = (stage: number, kind: 'hydros' | 'thermals' | 'lines' | 'sources' | 'buses') => ({
    study: study({ ...parts, changes: changes.map((all, t) => (t === stage ? { ...all, [kind]: [] } : all)) }),
    models: {},
  });
  const [, middle] = changes;
  const limits = (values: object) => ({
    study: study({
      ...parts,
      changes: [changes[0], { ...middle, hydros: [{ entity: 0, values }, middle.hydros![1]] }, changes[2]],
    }),
    models: {},
  });
  const { penalties, ...bounds } = middle.hydros![0].values;
  return {
    study: study(parts),
    models: {},
    features: ['stage changes', 'withdrawal', 'sources'],
    without: {
      'hydros at stage 0': without(0, 'hydros'),
      'hydros at stage 1': without(1, 'hydros'),
      'bounds of plant 0 at stage 1': limits({ penalties }),
      'penalties of plant 0 at stage 1': limits(bounds),
      'thermals at stage 1': without(1, 'thermals'),
      'lines at stage 1': without(1, 'lines'),
      'sources at stage 1': without(1, 'sources'),
      'thermals at stage 2': without(2, 'thermals'),
      'buses at stage 2': without(2, 'buses'),
      'lines at stage 2': without(2, 'lines'),
    },
  };
}

/** Agreements between plants: reserves, quotas, balances; some may be broken at a price. 39 nodes. */
export function agreements(): RichStudy {
  const parts: RichParts = {
    name: 'agreements',
    stages: makeStages(3, 3, [300, 430]),
    buses: [makeBus(), makeBus({ id: 1 })],
    lines: [makeLine({ directMw: 30, reverseMw: 30, exchangeCost: 0.5 })],
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 100, maxTurbined: 30 }),
      makeHydro({ id: 1, bus: 1, maxStorage: 50, maxTurbined: 30, productivity: 0.8 }),
    ],
    thermals: [makeThermal({ maxMw: 30, cost: 50 }), makeThermal({ id: 1, bus: 1, maxMw: 40, cost: 85 })],
    contracts: [makeContract({ bus: 1, price: 60, maxMw: 12 })],
    initialStorage: [45, 20],
    inflowMean: [[15, 6]],
    inflowStd: [[7, 3]],
    loadMean: [[36, 30]],
    loadFactors: [
      [
        [1.1, 0.9],
        [0.7, 1.2],
      ],
    ],
    genericConstraints: [
      // A reserve of both reservoirs together, given up for 9 $/(hm3 h).
      makeGeneric([term('hydro_storage', 0), term('hydro_storage', 1, 0.8)], '>=', { slackPenalty: 9 }),
      // The dear plant follows the cheap one: g1 - 0.5 g0 + 1 = bound.
      makeGeneric([term('thermal_generation', 1), term('thermal_generation', 0, -0.5)], '==', {
        id: 1,
        constant: 1,
        slackPenalty: 22,
      }),
      // Net exchange, hard, tighter in the second block.
      makeGeneric([term('line_exchange')], '<=', { id: 2 }),
      // No more flow in block 1 than in block 0.
      makeGeneric([term('hydro_turbined', 1, 1, 1), term('hydro_turbined', 1, -1, 0)], '<=', { id: 3 }),
      makeGeneric([term('contract_import'), term('hydro_outflow', 0, 0.2)], '<=', { id: 4, slackPenalty: 15 }),
    ],
    changes: [
      { generic: [...bounded(45), ...bounded(3, 2, 1)] },
      {
        generic: [...bounded(40), ...bounded(0, 1), ...bounded(5, 2), ...bounded(0, 3, 1), ...bounded(9, 4)],
      },
      { generic: [...bounded(30), ...bounded(-2, 1, 0), ...bounded(2, 3, 0)] },
    ],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 2, 53),
  };
  const changes = parts.changes!;
  const only = (keep: (constraint: number) => boolean) => ({
    study: study({
      ...parts,
      changes: changes.map(({ generic }) => ({ generic: generic!.filter(({ constraint }) => keep(constraint)) })),
    }),
    models: {},
  });
  const hard = parts.genericConstraints!.map((constraint, g) =>
    g === 1 ? { ...constraint, slackPenalty: 200 } : constraint,
  );
  return {
    study: study(parts),
    models: {},
    features: ['generic constraints', 'contracts'],
    without: {
      ...Object.fromEntries([0, 1, 2, 3, 4].map((gone) => [`constraint ${gone}`, only((g) => g !== gone)])),
      'the way out of constraint 1': { study: study({ ...parts, genericConstraints: hard }), models: {} },
      'the constant of constraint 1': {
        study: study({
          ...parts,
          genericConstraints: parts.genericConstraints!.map((constraint) => ({ ...constraint, constant: 0 })),
        }),
        models: {},
      },
    },
  };
}
