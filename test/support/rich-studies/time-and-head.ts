import type { Stage } from '#cobre/case/study';
import type { FittedModels, Plane } from '../deterministic-equivalent.js';
import { inflowMemoryOf } from '../equivalent/inflow-memory.js';
import { makeRichStudy, type RichParts } from '../make-rich-study.js';
import { makeHydro, makeStages, makeThermal } from '../small-study.js';
import { noiseOf, type RichStudy } from './rich-study.js';
import { chronologicalStages, PLANES, ranges, remembering, SUPPLIED, supplied } from './study-data.js';

const study = makeRichStudy;

/**
 * Generation rises with the storage, falls off with flow and with what is spilled: planes, but a productivity of its
 * own at stage 1. The turbined flow has a price, and some generation is a duty. 39 nodes.
 */
export function head(): RichStudy {
  const parts: RichParts = {
    name: 'head',
    stages: makeStages(3, 3, [330, 400]),
    hydros: [
      makeHydro({
        maxStorage: 75,
        maxTurbined: 40,
        maxGeneration: 22,
        minGeneration: 15,
        model: 'fpha',
        productivity: 0.8,
        penalties: { fphaTurbined: 2, spillage: 0.5, generationViolationBelow: 260 },
      }),
    ],
    thermals: [makeThermal({ maxMw: 30, cost: 60 }), makeThermal({ id: 1, maxMw: 40, cost: 140 })],
    initialStorage: [60],
    inflowMean: [[16], [18], [40]],
    inflowStd: [[12]],
    loadMean: [[52]],
    loadFactors: [[[0.9, 1.1]]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 1, 61),
  };
  const productions = (planes: readonly Plane[], productivity: number): Partial<RichParts> => ({
    extras: {
      suppliedPlanes: [supplied(planes)],
      productionChoices: [
        ranges(
          { ...SUPPLIED, from: 0, to: 0 },
          { model: 'constant_productivity', fpha: null, productivity, from: 1, to: 1 },
          { ...SUPPLIED, from: 2, to: null },
        ),
      ],
    },
  });
  const variant = (planes = PLANES, productivity = 0.6, changed: Partial<RichParts> = {}) => ({
    study: study({ ...parts, ...productions(planes, productivity), ...changed }),
    models: { planes: (t: number) => (t === 1 ? null : planes), productivity: () => productivity },
  });
  const [plant] = parts.hydros!;
  const penalties = (changed: object) => ({ hydros: [{ ...plant, penalties: { ...plant.penalties, ...changed } }] });
  return {
    ...variant(),
    features: ['planes', 'productivity by stage'],
    without: {
      'the head': variant(PLANES.map((plane) => ({ ...plane, gammaV: 0 }))),
      'the effect of spilling': variant(PLANES.map((plane) => ({ ...plane, gammaS: 0 }))),
      'plane 0': variant(PLANES.slice(1)),
      'plane 1': variant([PLANES[0], PLANES[2]]),
      'plane 2': variant(PLANES.slice(0, 2)),
      'the productivity of stage 1': variant(PLANES, plant.productivity),
      'the price of turbined flow': variant(PLANES, 0.6, penalties({ fphaTurbined: 0 })),
      'the least generation': variant(PLANES, 0.6, { hydros: [{ ...plant, minGeneration: 0 }] }),
      'the limit of generation': variant(PLANES, 0.6, { hydros: [{ ...plant, maxGeneration: 60 }] }),
    },
  };
}

/** A pond that fills by night and empties by day, below a lake; evaporation and planes in sequence. 39 nodes. */
export function dayAndNight(): RichStudy {
  const parts: RichParts = {
    name: 'day-and-night',
    stages: chronologicalStages(3, [240, 250, 240]),
    hydros: [
      makeHydro({ downstream: 1, minStorage: 12, maxStorage: 90, maxTurbined: 30, model: 'fpha' }),
      makeHydro({ id: 1, minStorage: 3, maxStorage: 9, maxTurbined: 45, minOutflow: 6, withdrawal: 1 }),
    ],
    thermals: [makeThermal({ maxMw: 25, cost: 60 }), makeThermal({ id: 1, maxMw: 60, cost: 170 })],
    initialStorage: [14, 4],
    inflowMean: [[16, 9]],
    inflowStd: [[7, 4]],
    loadMean: [[52]],
    loadFactors: [[[1.7, 0.3, 1.1]]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 2, 71),
    extras: {
      suppliedPlanes: [supplied(PLANES), []],
      productionChoices: [ranges({ ...SUPPLIED, from: 0, to: null }), null],
    },
  };
  const models: FittedModels = { planes: (_, h) => (h === 0 ? PLANES : null) };
  const { stages } = parts as Required<RichParts>;
  const parallel = (which: number) => ({
    study: study({
      ...parts,
      stages: stages.map((stage, t): Stage => (t === which ? { ...stage, blockMode: 'parallel' } : stage)),
    }),
    models,
  });
  return {
    study: study(parts),
    models,
    features: ['chronological blocks', 'planes', 'withdrawal'],
    without: {
      'the order of stage 0': parallel(0),
      'the order of stage 2': parallel(2),
      'the order of blocks': {
        study: study({ ...parts, loadFactors: [[[0.3, 1.7, 1.1]]] }),
        models,
      },
      'the head': {
        study: study(parts),
        models: { planes: (_, h) => (h === 0 ? PLANES.map((p) => ({ ...p, gammaV: 0 })) : null) },
      },
    },
  };
}

/** Wet months follow wet months: PAR(2) and PAR(1), sometimes below 0, where water is bought. 39 nodes. */
export function memory(): RichStudy {
  const parts: RichParts = {
    name: 'memory',
    stages: makeStages(3, 3),
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 80, maxTurbined: 30, penalties: { inflowNonNegativity: 300 } }),
      makeHydro({ id: 1, maxStorage: 30, maxTurbined: 45, penalties: { inflowNonNegativity: 300 } }),
    ],
    thermals: [makeThermal({ maxMw: 25, cost: 50 }), makeThermal({ id: 1, maxMw: 60, cost: 130 })],
    initialStorage: [25, 4],
    inflowMean: [
      [18, 5],
      [12, 3],
      [14, 4],
    ],
    inflowStd: [
      [8, 4],
      [9, 4],
      [7, 5],
    ],
    loadMean: [[60]],
    inflowNonNegativity: 'penalty',
    noiseOpenings: noiseOf([3, 3, 3], 2, 83),
  };
  const remembered = study({ ...parts, extras: remembering(parts.stages!, 2) });
  const inflow = inflowMemoryOf(remembered);
  return {
    study: remembered,
    models: { inflow },
    features: ['inflow memory'],
    without: {
      memory: { study: study(parts), models: {} },
      'the second month': {
        study: remembered,
        models: {
          inflow: { ...inflow, terms: (t, h) => ({ ...inflow.terms(t, h), psi: inflow.terms(t, h).psi.slice(0, 1) }) },
        },
      },
      'the months before': { study: remembered, models: { inflow: { ...inflow, past: [[16, 12], [7]] } } },
    },
  };
}
