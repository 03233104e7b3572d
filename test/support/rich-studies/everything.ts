import type { Stage } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import type { FittedModels } from '../deterministic-equivalent.js';
import { inflowMemoryOf } from '../equivalent/inflow-memory.js';
import {
  bounded,
  change,
  makeContract,
  makeGeneric,
  makePump,
  makeRichStudy,
  makeSource,
  type RichParts,
  term,
} from '../make-rich-study.js';
import { makeBus, makeHydro, makeLine, makeThermal } from '../small-study.js';
import { noiseOf, type RichStudy } from './rich-study.js';
import { chronologicalStages, PLANES, ranges, remembering, SUPPLIED, supplied } from './study-data.js';

const study = makeRichStudy;

/** All at once, in 39 nodes: each feature still matters. */
export function everything(): RichStudy {
  const stages = chronologicalStages(3, [330, 400]);
  const until = ALWAYS.until;
  const parts: RichParts = {
    name: 'everything',
    // The season is the month that evaporation asks for.
    stages: stages.map((stage, season) => ({ ...stage, discount: 0.98, season })),
    buses: [makeBus(), makeBus({ id: 1, excessCost: 0.5 })],
    lines: [makeLine({ directMw: 8, reverseMw: 8, exchangeCost: 0.5, lossesPercent: 2 })],
    lineFactors: { direct: [[0.5, 1]], reverse: [[1, 0.5]] },
    hydros: [
      makeHydro({
        downstream: 1,
        maxStorage: 90,
        maxTurbined: 26,
        model: 'fpha',
        productivity: 0.8,
        maxOutflow: 12,
        diversion: { target: 2, maxFlow: 4 },
        penalties: { inflowNonNegativity: 900, outflowViolationAbove: 300 },
      }),
      makeHydro({
        id: 1,
        downstream: 2,
        minStorage: 14,
        maxStorage: 60,
        maxTurbined: 30,
        service: { from: 1, until },
        filling: { from: 0, inflow: 2 },
        penalties: { inflowNonNegativity: 900, fillingTarget: 7000 },
      }),
      makeHydro({
        id: 2,
        bus: 1,
        minStorage: 4,
        maxStorage: 25,
        maxTurbined: 40,
        minOutflow: 5,
        withdrawal: 2,
        evaporation: { coefficientsMm: Array(12).fill(130), referenceVolumes: null },
        penalties: { inflowNonNegativity: 900 },
      }),
    ],
    thermals: [
      makeThermal({ maxMw: 25, cost: 60 }),
      makeThermal({ id: 1, bus: 1, maxMw: 40, cost: 110 }),
      makeThermal({ id: 2, maxMw: 8, cost: 35, service: { from: 1, until: 2 } }),
    ],
    sources: [makeSource({ bus: 1, maxMw: 20, curtailmentCost: 0.3 })],
    availability: [{ mean: 0.5, std: 0.3 }],
    sourceFactors: [[1.2, 0.8]],
    pumps: [makePump({ bus: 1, source: 2, target: 0, consumption: 0.6, minFlow: 0.4, maxFlow: 5 })],
    contracts: [
      makeContract({ price: 75, maxMw: 6 }),
      makeContract({ id: 1, bus: 1, type: 'export', price: -90, maxMw: 5 }),
    ],
    genericConstraints: [
      makeGeneric([term('hydro_storage', 0), term('hydro_storage', 2)], '>=', { slackPenalty: 3 }),
      makeGeneric([term('thermal_generation', 1), term('contract_import')], '<=', { id: 1, slackPenalty: 18 }),
    ],
    changes: [
      { generic: [...bounded(40), ...bounded(12, 1)], hydros: change({ withdrawal: 3 }, 2) },
      { generic: bounded(35), thermals: change({ cost: 80 }) },
      { generic: bounded(9, 1, 1), contracts: change({ price: -70 }, 1) },
    ],
    initialStorage: [30, 5, 8],
    inflowMean: [
      [18, 5, 3],
      [12, 3, 3],
      [14, 4, 2],
    ],
    inflowStd: [
      [8, 4, 2],
      [9, 4, 2],
      [7, 5, 2],
    ],
    loadMean: [[42, 35]],
    loadFactors: [
      [
        [1.3, 0.8],
        [0.7, 1.2],
      ],
    ],
    inflowNonNegativity: 'penalty',
    noiseOpenings: noiseOf([3, 3, 3], 4, 97),
  };
  const volume = Float64Array.of(0, 25);
  const extras = {
    ...remembering(parts.stages!, 3),
    suppliedPlanes: [supplied(PLANES), [], []],
    productionChoices: [ranges({ ...SUPPLIED, from: 0, to: null }), null, null],
    geometry: [null, null, { volume, height: volume.map((v) => 200 + v), area: volume.map((v) => 3 + 0.1 * v) }],
  };
  const whole = (changed: Partial<RichParts> = {}) => study({ ...parts, extras, ...changed });
  const models: FittedModels = {
    planes: (_, h) => (h === 0 ? PLANES : null),
    evaporation: (_, h) => (h === 2 ? { k0: (130 * 3) / 2628, kV: (130 * 0.1) / 2628 } : null),
    inflow: inflowMemoryOf(whole()),
  };
  const { inflow: _, ...withoutMemory } = models;
  const without = (changed: Partial<RichParts>) => ({ study: whole(changed), models });
  const [upper, middle, lower] = parts.hydros!;
  return {
    study: whole(),
    models,
    features: [
      'service',
      'filling',
      'diversion',
      'pumps',
      'planes',
      'evaporation',
      'withdrawal',
      'contracts',
      'sources',
      'random availability',
      'source factors',
      'line factors',
      'stage changes',
      'chronological blocks',
      'generic constraints',
      'inflow memory',
    ],
    without: {
      service: without({ thermals: parts.thermals!.map((plant) => ({ ...plant, service: ALWAYS })) }),
      filling: without({ hydros: [upper, { ...middle, filling: null, service: ALWAYS }, lower] }),
      diversion: without({ hydros: [{ ...upper, diversion: null }, middle, lower] }),
      pumps: without({ pumps: [] }),
      planes: { study: whole(), models: { ...models, planes: () => null } },
      evaporation: { study: whole(), models: { ...models, evaporation: () => null } },
      withdrawal: without({ hydros: [upper, middle, { ...lower, withdrawal: 0 }] }),
      contracts: without({ contracts: parts.contracts!.map((contract) => ({ ...contract, maxMw: 0 })) }),
      sources: without({ sources: [{ ...parts.sources![0], maxMw: 0 }] }),
      'source factors': without({ sourceFactors: [] }),
      'line factors': without({ lineFactors: {} }),
      'stage changes': without({ changes: parts.changes!.map(({ generic }) => ({ generic: generic! })) }),
      'chronological blocks': without({
        stages: parts.stages!.map((stage): Stage => ({ ...stage, blockMode: 'parallel' })),
      }),
      'generic constraints': without({ changes: parts.changes!.map((all) => ({ ...all, generic: [] })) }),
      'inflow memory': {
        study: whole(),
        models: withoutMemory,
      },
    },
  };
}
