import type { Hydro } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import type { LinearEvaporation } from '../deterministic-equivalent.js';
import { makePump, makeRichStudy, type RichParts } from '../make-rich-study.js';
import { makeBus, makeHydro, makeLine, makeStages, makeThermal } from '../small-study.js';
import { noiseOf, type RichStudy } from './rich-study.js';

const until = ALWAYS.until;
const study = makeRichStudy;
const replaced = (hydros: readonly Hydro[], at: number, parts: Partial<Hydro>) =>
  hydros.map((hydro, h) => (h === at ? { ...hydro, ...parts } : hydro));

/**
 * A cascade of three whose middle plant comes at stage 1 and whose lowest leaves after it; its own inflow runs on
 * meanwhile, and what it holds at the start waits. A thermal plant leaves and a line comes. 39 nodes.
 */
export function commissioning(): RichStudy {
  const parts: RichParts = {
    name: 'commissioning',
    stages: makeStages(3, 3, [400, 330]),
    buses: [makeBus(), makeBus({ id: 1 })],
    lines: [makeLine({ directMw: 12, reverseMw: 12, exchangeCost: 1, service: { from: 1, until } })],
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 80, maxTurbined: 25 }),
      makeHydro({ id: 1, downstream: 2, maxStorage: 60, maxTurbined: 20, service: { from: 1, until }, minOutflow: 4 }),
      makeHydro({ id: 2, bus: 1, maxStorage: 40, maxTurbined: 30, productivity: 0.6, service: { from: 0, until: 2 } }),
    ],
    thermals: [
      makeThermal({ maxMw: 15, cost: 60, service: { from: 0, until: 2 } }),
      makeThermal({ id: 1, maxMw: 60, cost: 110 }),
      makeThermal({ id: 2, bus: 1, maxMw: 60, cost: 90 }),
    ],
    initialStorage: [40, 25, 2],
    inflowMean: [[9, 7, 1]],
    inflowStd: [[5, 3, 1]],
    loadMean: [[45, 22]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 3, 11),
  };
  const { hydros, lines, thermals } = parts as Required<RichParts>;
  const without = (changed: RichParts) => ({ study: study({ ...parts, ...changed }), models: {} });
  return {
    study: study(parts),
    models: {},
    features: ['service'],
    without: {
      'the plant that comes': without({ hydros: replaced(hydros, 1, { service: ALWAYS }) }),
      'the plant that leaves': without({ hydros: replaced(hydros, 2, { service: ALWAYS }) }),
      'the line that comes': without({ lines: [{ ...lines[0], service: ALWAYS }] }),
      'the thermal plant that leaves': without({
        thermals: [{ ...thermals[0], service: ALWAYS }, ...thermals.slice(1)],
      }),
      'what the plant that comes holds': without({ initialStorage: [40, 0, 2] }),
      'its inflow before it comes': without({
        inflowMean: [
          [9, 0, 1],
          [9, 7, 1],
          [9, 7, 1],
        ],
      }),
    },
  };
}

/**
 * A reservoir on a river that is filled in stages 0 and 1 and operates from stage 2: some water is kept each stage, and
 * its dead volume is due at the end of stage 1; the plant below wants the water meanwhile. 39 nodes.
 */
export function filling(): RichStudy {
  const parts: RichParts = {
    name: 'filling',
    stages: makeStages(3, 3),
    hydros: [
      makeHydro({
        downstream: 1,
        minStorage: 32,
        maxStorage: 120,
        maxTurbined: 40,
        minTurbined: 6,
        minOutflow: 3,
        service: { from: 2, until },
        filling: { from: 0, inflow: 5 },
        withdrawal: 1,
        penalties: { fillingTarget: 9000, storageViolationBelow: 6000 },
      }),
      makeHydro({ id: 1, maxStorage: 30, maxTurbined: 40 }),
    ],
    thermals: [makeThermal({ maxMw: 25, cost: 60 }), makeThermal({ id: 1, maxMw: 40, cost: 95 })],
    initialStorage: [4, 15],
    inflowMean: [[11, 4]],
    inflowStd: [[6, 2]],
    loadMean: [[55]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 2, 23),
  };
  const { hydros } = parts as Required<RichParts>;
  const [reservoir] = hydros;
  const without = (changed: Partial<Hydro>) => ({
    study: study({ ...parts, hydros: replaced(hydros, 0, changed) }),
    models: {},
  });
  return {
    study: study(parts),
    models: {},
    features: ['filling', 'service'],
    without: {
      'the filling': without({ filling: null }),
      'the water kept': without({ filling: { from: 0, inflow: 0 } }),
      'the first stage of the filling': without({ filling: { from: 1, inflow: 5 } }),
      'the dead volume': without({ minStorage: 0 }),
      'the wait': without({ service: ALWAYS }),
      'the withdrawal meanwhile': without({ withdrawal: 0 }),
      'the least outflow meanwhile': without({ minOutflow: 0 }),
      'the price of the target': without({ penalties: { ...reservoir.penalties, fillingTarget: 60_000 } }),
    },
  };
}

/**
 * A channel past a poor plant, whose river must not carry much, to a good one; a pump that lifts water from there to a
 * pond when power is cheap. 39 nodes.
 */
export function channelAndPump(): RichStudy {
  const parts: RichParts = {
    name: 'channel-and-pump',
    stages: makeStages(3, 3, [300, 430]),
    hydros: [
      makeHydro({
        downstream: 1,
        maxStorage: 90,
        maxTurbined: 18,
        minOutflow: 3,
        maxOutflow: 8,
        diversion: { target: 2, maxFlow: 4 },
        penalties: { diversion: 0.4, outflowViolationAbove: 250 },
      }),
      makeHydro({ id: 1, downstream: 2, maxStorage: 20, maxTurbined: 15, productivity: 0.2 }),
      makeHydro({ id: 2, maxStorage: 30, maxTurbined: 35, productivity: 1.1 }),
      makeHydro({ id: 3, downstream: 2, maxStorage: 15, maxTurbined: 12, productivity: 2 }),
    ],
    thermals: [makeThermal({ maxMw: 45, cost: 15 }), makeThermal({ id: 1, maxMw: 60, cost: 140 })],
    pumps: [makePump({ source: 2, target: 3, consumption: 2.4, minFlow: 0.5, maxFlow: 4 })],
    initialStorage: [30, 5, 10, 3],
    inflowMean: [[10, 2, 4, 0]],
    inflowStd: [[5, 1, 2, 0]],
    loadMean: [[65], [75], [90]],
    loadFactors: [[[0.5, 1.3]]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 4, 5),
  };
  const { hydros, pumps } = parts as Required<RichParts>;
  const without = (changed: RichParts) => ({ study: study({ ...parts, ...changed }), models: {} });
  return {
    study: study(parts),
    models: {},
    features: ['diversion', 'pumps'],
    without: {
      'the channel': without({ hydros: replaced(hydros, 0, { diversion: null }) }),
      'the way of the channel': without({ hydros: replaced(hydros, 0, { diversion: { target: 1, maxFlow: 4 } }) }),
      'the limit of the channel': without({ hydros: replaced(hydros, 0, { diversion: { target: 2, maxFlow: 40 } }) }),
      'the pump': without({ pumps: [] }),
      'the limit of the pump': without({ pumps: [{ ...pumps[0], maxFlow: 30 }] }),
      'the least flow of the pump': without({ pumps: [{ ...pumps[0], minFlow: 0 }] }),
      'the power of the pump': without({ pumps: [{ ...pumps[0], consumption: 0 }] }),
    },
  };
}

/** Evaporation [mm] by month. */
const EVAPORATION_MM = [120, 150, -60, 80, 80, 80, 80, 80, 80, 80, 80, 80];
/** A lake of 2 km2 when it is empty and 0.05 km2 more each hm3. */
const SURFACE = { empty: 2, slope: 0.05 };

/**
 * A broad lake that loses water to the sun, gains some from rain in its third month, and gives water to fields; a
 * reservoir below gets some of it back. In dry scenarios the fields get less. 39 nodes.
 */
export function dryLake(): RichStudy {
  const parts: RichParts = {
    name: 'dry-lake',
    // The season is the month that evaporation asks for.
    stages: makeStages(3, 3, [330, 400]).map((stage, season) => ({ ...stage, season })),
    hydros: [
      makeHydro({
        downstream: 1,
        maxStorage: 100,
        minStorage: 10,
        maxTurbined: 30,
        minOutflow: 4,
        withdrawal: 6,
        evaporation: { coefficientsMm: EVAPORATION_MM, referenceVolumes: null },
        penalties: { withdrawalBelow: 130, withdrawalAbove: 3, evaporationBelow: 5000, storageViolationBelow: 90_000 },
      }),
      makeHydro({ id: 1, maxStorage: 20, maxTurbined: 30, withdrawal: -2 }),
    ],
    thermals: [makeThermal({ maxMw: 30, cost: 60 }), makeThermal({ id: 1, maxMw: 60, cost: 150 })],
    initialStorage: [30, 5],
    inflowMean: [[9, 2]],
    inflowStd: [[6, 1]],
    loadMean: [[45]],
    inflowNonNegativity: 'truncation',
    noiseOpenings: noiseOf([3, 3, 3], 2, 8),
  };
  const volume = Float64Array.of(0, 50, 100);
  const lake = (slope: number): RichParts => ({
    extras: {
      geometry: [
        {
          volume,
          height: Float64Array.of(300, 320, 330),
          area: volume.map((v) => SURFACE.empty + slope * v),
        },
        null,
      ],
    },
  });
  // 1 mm from 1 km2 is 1000 m3; a month of 730 h has 2.628 million seconds.
  const evaporation =
    (slope: number, mm = EVAPORATION_MM) =>
    (t: number, h: number): LinearEvaporation | null =>
      h === 0 ? { k0: (mm[t] * SURFACE.empty) / 2628, kV: (mm[t] * slope) / 2628 } : null;
  const { hydros } = parts as Required<RichParts>;
  const models = { evaporation: evaporation(SURFACE.slope) };
  const rainless = EVAPORATION_MM.map((mm) => Math.max(0, mm));
  const without = (changed: RichParts, slope = SURFACE.slope, mm = EVAPORATION_MM) => ({
    study: study({ ...parts, ...lake(slope), ...changed }),
    models: { evaporation: evaporation(slope, mm) },
  });
  return {
    study: study({ ...parts, ...lake(SURFACE.slope) }),
    models,
    features: ['evaporation', 'withdrawal'],
    without: {
      evaporation: { study: study({ ...parts, hydros: replaced(hydros, 0, { evaporation: null }) }), models: {} },
      'the slope of the surface': without({}, 0),
      rain: without(
        { hydros: replaced(hydros, 0, { evaporation: { coefficientsMm: rainless, referenceVolumes: null } }) },
        SURFACE.slope,
        rainless,
      ),
      withdrawal: without({ hydros: replaced(hydros, 0, { withdrawal: 0 }) }),
      'what is given back': without({ hydros: replaced(hydros, 1, { withdrawal: 0 }) }),
      'the price of withdrawing less': without({
        hydros: replaced(hydros, 0, { penalties: { ...hydros[0].penalties, withdrawalBelow: 4000 } }),
      }),
    },
  };
}

/**
 * Modelled inflow falls below 0 and is cut off there; water may be bought all the same, and is in dry scenarios: it is
 * cheaper than the load that would be shed. 39 nodes.
 */
export function cutAndBought(): RichStudy {
  const parts: RichParts = {
    name: 'cut-and-bought',
    stages: makeStages(3, 3),
    hydros: [makeHydro({ maxStorage: 40, minOutflow: 6, penalties: { inflowNonNegativity: 400 } })],
    thermals: [makeThermal({ maxMw: 30, cost: 45 }), makeThermal({ id: 1, maxMw: 12, cost: 80 })],
    initialStorage: [6],
    inflowMean: [[4]],
    inflowStd: [[9]],
    loadMean: [[50], [54], [52]],
    inflowNonNegativity: 'truncation_with_penalty',
    noiseOpenings: noiseOf([3, 3, 3], 1, 29),
  };
  return {
    study: study(parts),
    models: {},
    features: ['truncation with penalty'],
    without: {
      'the cut': { study: study({ ...parts, inflowNonNegativity: 'penalty' }), models: {} },
      'the water bought': { study: study({ ...parts, inflowNonNegativity: 'truncation' }), models: {} },
    },
  };
}
