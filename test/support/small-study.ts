import { createHash } from 'node:crypto';
import type {
  Block,
  Bus,
  Correlation,
  Hydro,
  HydroPenalties,
  InflowNonNegativity,
  Line,
  Stage,
  StoppingRule,
  Study,
  Thermal,
} from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import { DEFAULT_CUTS, FRESH_POLICY } from './fresh-policy.js';
import { PLAIN_EXPORTS } from './plain-exports.js';
import { type Extras, IN_SAMPLE, noExtras, PLAIN_HYDRO, PLAIN_STAGE } from './plain-study.js';

/** Rows by stage (one row stands for all stages), entries by entity. */
type ByStage = readonly (readonly number[])[];

/** What a test wants to say about a study; the rest is filled in with plain values. */
export interface StudyParts {
  readonly name?: string;
  readonly stages?: readonly Stage[];
  /** Stage that the last one leads back to; none by default. */
  readonly cycleStart?: number;
  readonly buses?: readonly Bus[];
  readonly lines?: readonly Line[];
  readonly hydros?: readonly Hydro[];
  readonly thermals?: readonly Thermal[];
  /** [hm3] by hydro; half of the largest storage by default. */
  readonly initialStorage?: readonly number[];
  /** [m3/s] by stage and hydro; 0 by default. */
  readonly inflowMean?: ByStage;
  readonly inflowStd?: ByStage;
  /** [MW] by stage and bus; 0 by default. */
  readonly loadMean?: ByStage;
  readonly loadStd?: ByStage;
  /** Factor by (stage, bus, block); one entry stands for all stages. */
  readonly loadFactors?: readonly ByStage[];
  readonly correlation?: Correlation;
  /** By stage: noise vectors of its openings, one after another. */
  readonly noiseOpenings?: readonly (readonly number[])[];
  readonly inflowNonNegativity?: InflowNonNegativity;
  readonly forwardPasses?: number;
  readonly stoppingRules?: readonly StoppingRule[];
  readonly treeSeed?: number;
  readonly forwardSeed?: number;
  readonly simulationScenarios?: number;
  readonly simulationSeed?: number;
  /** Whatever a study may have beyond buses, lines, hydros and thermals. */
  readonly extras?: Partial<Extras>;
}

export const defaultPenalties: HydroPenalties = {
  spillage: 0.01,
  fphaTurbined: 0.05,
  diversion: 0.1,
  fillingTarget: 50_000,
  evaporationBelow: 5000,
  evaporationAbove: 5000,
  withdrawalBelow: 1000,
  withdrawalAbove: 1000,
  storageViolationBelow: 10_000,
  turbinedViolationBelow: 500,
  outflowViolationBelow: 600,
  outflowViolationAbove: 700,
  generationViolationBelow: 800,
  inflowNonNegativity: 1000,
};

/** A stage with one block a given duration [h]. */
export function makeStage(openings = 1, hours: readonly number[] = [730], discount = 1): Omit<Stage, 'id'> {
  const blocks: Block[] = hours.map((duration, id) => ({ id, name: `K${id}`, hours: duration }));
  return {
    startDate: '2024-01-01',
    endDate: '2024-02-01',
    blocks,
    hours: hours.reduce((sum, duration) => sum + duration, 0),
    openings,
    discount,
    season: null,
    ...PLAIN_STAGE,
    cvar: null,
  };
}

/** `count` equal stages with ids 0, 1, ... and dates a month apart. */
export function makeStages(count: number, openings = 1, hours: readonly number[] = [730], discount = 1): Stage[] {
  const date = (month: number) => new Date(Date.UTC(2024, month, 1)).toISOString().slice(0, 10);
  return Array.from({ length: count }, (_, id) => ({
    ...makeStage(openings, hours, discount),
    id,
    startDate: date(id),
    endDate: date(id + 1),
  }));
}

export function makeBus(parts: Partial<Bus> = {}): Bus {
  return {
    id: 0,
    name: `B${parts.id ?? 0}`,
    deficitSegments: [{ depthMw: null, cost: 1000 }],
    excessCost: 0.01,
    ...parts,
  };
}

export function makeLine(parts: Partial<Line> = {}): Line {
  return {
    id: 0,
    name: `L${parts.id ?? 0}`,
    service: ALWAYS,
    sourceBus: 0,
    targetBus: 1,
    directMw: 20,
    reverseMw: 20,
    exchangeCost: 0.01,
    lossesPercent: 0,
    ...parts,
  };
}

export function makeThermal(parts: Partial<Thermal> = {}): Thermal {
  return { id: 0, name: `T${parts.id ?? 0}`, service: ALWAYS, bus: 0, minMw: 0, maxMw: 100, cost: 50, ...parts };
}

export function makeHydro(
  parts: Partial<Omit<Hydro, 'penalties'>> & { penalties?: Partial<HydroPenalties> } = {},
): Hydro {
  return {
    id: 0,
    name: `H${parts.id ?? 0}`,
    bus: 0,
    downstream: null,
    minStorage: 0,
    maxStorage: 200,
    minOutflow: 0,
    maxOutflow: null,
    productivity: 1,
    minTurbined: 0,
    maxTurbined: 50,
    minGeneration: 0,
    maxGeneration: 50,
    ...PLAIN_HYDRO,
    ...parts,
    penalties: { ...defaultPenalties, ...parts.penalties },
  };
}

/** A complete study from the parts that matter to a test. */
export function makeStudy(parts: StudyParts = {}): Study {
  const stages = parts.stages ?? makeStages(2);
  const buses = parts.buses ?? [makeBus()];
  const hydros = parts.hydros ?? [];
  const fill = (rows: ByStage | undefined, entities: number, what: string): Float64Array => {
    const values = new Float64Array(stages.length * entities);
    if (rows === undefined) return values;
    if (rows.length !== 1 && rows.length !== stages.length) throw new Error(`${what}: ${rows.length} rows`);
    stages.forEach((_, t) => {
      const row = rows.length === 1 ? rows[0] : rows[t];
      if (row.length !== entities) throw new Error(`${what}: ${row.length} entries in row ${t}`);
      values.set(row, t * entities);
    });
    return values;
  };
  const loadStd = fill(parts.loadStd, buses.length, 'loadStd');
  const factors = parts.loadFactors;
  const content = {
    name: parts.name ?? 'small',
    config: {
      training: {
        enabled: true,
        forwardPasses: parts.forwardPasses ?? 1,
        stoppingRules: parts.stoppingRules ?? [{ type: 'iteration_limit', limit: 50 } as const],
        stoppingMode: 'any' as const,
        cuts: DEFAULT_CUTS,
        upperBound: null,
        treeSeed: parts.treeSeed ?? 42,
        forwardSeed: parts.forwardSeed ?? parts.treeSeed ?? 42,
        source: IN_SAMPLE,
      },
      simulation: {
        enabled: (parts.simulationScenarios ?? 0) > 0,
        scenarios: parts.simulationScenarios ?? 1,
        policyType: 'outer' as const,
        seed: parts.simulationSeed ?? parts.treeSeed ?? 42,
        source: IN_SAMPLE,
        outputPath: null,
      },
      policy: FRESH_POLICY,
      inflowNonNegativity: parts.inflowNonNegativity ?? ('none' as const),
      exports: PLAIN_EXPORTS,
    },
    ...noExtras(stages, hydros.length, parts.lines?.length ?? 0),
    ...parts.extras,
    stages,
    cycleStart: parts.cycleStart ?? null,
    buses,
    lines: parts.lines ?? [],
    hydros,
    thermals: parts.thermals ?? [],
    initialStorage: Float64Array.from(parts.initialStorage ?? hydros.map((hydro) => hydro.maxStorage / 2)),
    inflow: {
      mean: fill(parts.inflowMean, hydros.length, 'inflowMean'),
      std: fill(parts.inflowStd, hydros.length, 'inflowStd'),
    },
    load: { mean: fill(parts.loadMean, buses.length, 'loadMean'), std: loadStd },
    loadFactors: stages.map((stage, t) => {
      const values = new Float64Array(buses.length * stage.blocks.length).fill(1);
      const row = factors?.length === 1 ? factors[0] : factors?.[t];
      row?.forEach((byBlock, b) => {
        values.set(byBlock, b * stage.blocks.length);
      });
      return values;
    }),
    stochasticLoadBuses: buses.flatMap((_, b) =>
      stages.some((__, t) => loadStd[t * buses.length + b] > 0) ? [b] : [],
    ),
    correlation: parts.correlation ?? {
      method: 'spectral' as const,
      profiles: [],
      profileOfStage: stages.map(() => -1),
    },
    noiseOpenings: parts.noiseOpenings?.map((values) => Float64Array.from(values)) ?? null,
    warnings: [],
  };
  const plain = JSON.stringify(content, (_, value) => (value instanceof Float64Array ? Array.from(value) : value));
  return { ...content, hash: createHash('sha256').update(plain).digest('hex') };
}

/** One reservoir, three stages of three openings: water is scarce enough to be worth keeping. 39 nodes. */
export function singleReservoir(): Study {
  return makeStudy({
    name: 'single-reservoir',
    stages: makeStages(3, 3),
    hydros: [makeHydro({ maxStorage: 150, maxOutflow: 60 })],
    thermals: [makeThermal({ maxMw: 25, cost: 50 }), makeThermal({ id: 1, maxMw: 25, cost: 120 })],
    initialStorage: [60],
    inflowMean: [[30], [20], [15]],
    inflowStd: [[10], [8], [8]],
    loadMean: [[50], [55], [60]],
    inflowNonNegativity: 'truncation',
  });
}

/**
 * A cascade of two reservoirs on two buses, a line with losses, two blocks, random load, correlated noise of different
 * profiles: four stages of three openings. 120 nodes.
 */
export function cascade(): Study {
  return makeStudy({
    name: 'cascade',
    stages: makeStages(4, 3, [300, 430]),
    buses: [
      makeBus(),
      makeBus({
        id: 1,
        deficitSegments: [
          { depthMw: 5, cost: 400 },
          { depthMw: null, cost: 1500 },
        ],
      }),
    ],
    lines: [makeLine({ directMw: 15, reverseMw: 10, exchangeCost: 0.5, lossesPercent: 4 })],
    hydros: [
      makeHydro({ downstream: 1, maxStorage: 120, maxTurbined: 40, maxGeneration: 30, productivity: 0.9 }),
      makeHydro({ id: 1, bus: 1, maxStorage: 60, maxTurbined: 45, maxGeneration: 45, minOutflow: 5, maxOutflow: 55 }),
    ],
    thermals: [makeThermal({ maxMw: 20, minMw: 2, cost: 40 }), makeThermal({ id: 1, bus: 1, maxMw: 15, cost: 150 })],
    initialStorage: [50, 30],
    inflowMean: [
      [20, 8],
      [15, 6],
      [10, 4],
      [12, 5],
    ],
    inflowStd: [[6, 3]],
    loadMean: [
      [22, 30],
      [24, 32],
      [26, 34],
      [24, 36],
    ],
    loadStd: [[0, 3]],
    loadFactors: [
      [
        [1.2, 0.86],
        [1.1, 0.93],
      ],
    ],
    correlation: {
      method: 'cholesky',
      profiles: [
        [{ entities: [0, 1, 2], matrix: Float64Array.of(1, 0.7, -0.3, 0.7, 1, -0.2, -0.3, -0.2, 1) }],
        [{ entities: [0, 1], matrix: Float64Array.of(1, 0.4, 0.4, 1) }],
      ],
      profileOfStage: [0, 0, 1, -1],
    },
    inflowNonNegativity: 'truncation',
  });
}

/** Costs of later stages weigh less: a tenth off at each step. Three stages of four openings. 84 nodes. */
export function discounted(): Study {
  return makeStudy({
    name: 'discounted',
    stages: makeStages(3, 4, [730], 0.9),
    hydros: [makeHydro({ maxStorage: 120 })],
    thermals: [makeThermal({ maxMw: 20, cost: 60 }), makeThermal({ id: 1, maxMw: 30, cost: 64 })],
    initialStorage: [70],
    inflowMean: [[18], [18], [14]],
    inflowStd: [[6], [9], [7]],
    loadMean: [[48], [50], [52]],
    inflowNonNegativity: 'truncation',
    treeSeed: 7,
  });
}

/**
 * A dry river below its obligations: dead storage, least outflow, turbined flow and generation are all violated in some
 * scenario, at a price. Three stages of three openings. 39 nodes.
 */
export function minimumOutflow(): Study {
  return makeStudy({
    name: 'minimum-outflow',
    stages: makeStages(3, 3, [400, 330]),
    hydros: [
      makeHydro({
        downstream: 1,
        minStorage: 10,
        maxStorage: 60,
        minOutflow: 14,
        maxOutflow: 25,
        minTurbined: 8,
        maxTurbined: 20,
        minGeneration: 9,
        maxGeneration: 18,
        penalties: { storageViolationBelow: 9000, turbinedViolationBelow: 30, generationViolationBelow: 25 },
      }),
      makeHydro({ id: 1, minStorage: 5, maxStorage: 20, minOutflow: 18, maxOutflow: 30, maxTurbined: 22 }),
    ],
    thermals: [makeThermal({ maxMw: 40, cost: 70 })],
    initialStorage: [18, 8],
    inflowMean: [
      [9, 3],
      [7, 2],
      [6, 12],
    ],
    inflowStd: [[4, 6]],
    loadMean: [[35], [38], [40]],
    inflowNonNegativity: 'truncation',
    treeSeed: 11,
  });
}

/** Inflows often below 0 under the penalty method: the water that is missing is bought. 39 nodes. */
export function negativeInflows(): Study {
  return makeStudy({
    name: 'negative-inflows',
    stages: makeStages(3, 3),
    hydros: [makeHydro({ maxStorage: 40, penalties: { inflowNonNegativity: 90 } })],
    thermals: [makeThermal({ maxMw: 30, cost: 45 }), makeThermal({ id: 1, maxMw: 15, cost: 80 })],
    initialStorage: [6],
    inflowMean: [[4]],
    inflowStd: [[12]],
    loadMean: [[50], [54], [52]],
    inflowNonNegativity: 'penalty',
    treeSeed: 3,
  });
}

/** All studies above, small enough for the deterministic equivalent. */
export const stochasticStudies: readonly (() => Study)[] = [
  singleReservoir,
  cascade,
  discounted,
  minimumOutflow,
  negativeInflows,
];
