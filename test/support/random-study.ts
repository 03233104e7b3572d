import fc from 'fast-check';
import type { Bus, Correlation, CorrelationGroup, Hydro, Line, Stage, Study, Thermal } from '#cobre/case/study';
import { makeBus, makeHydro, makeLine, makeStages, makeStudy, makeThermal, type StudyParts } from './small-study.js';

/** Units in which a study's quantities are drawn; extreme ones make extreme studies. */
export interface Scales {
  /** Factor of every cost. */
  readonly cost: number;
  /** Factor of every power, flow and volume. */
  readonly size: number;
  /** Durations [h] that blocks are drawn from. */
  readonly hours: readonly number[];
}

export const COMMON_SCALES: Scales = { cost: 1, size: 1, hours: [1, 168, 300, 430, 730] };

/** How many of each thing a study may have. */
export interface Dimensions {
  readonly stages: readonly [min: number, max: number];
  readonly openings: readonly [min: number, max: number];
  readonly hydros: readonly [min: number, max: number];
  /** Most nodes of the scenario tree; studies with more are not drawn. */
  readonly nodes: number;
}

/** Trees that the deterministic equivalent solves in a blink. */
export const SMALL_TREES: Dimensions = { stages: [2, 4], openings: [1, 4], hydros: [1, 3], nodes: 60 };

/** What the numbers between two bounds are counted in: as many steps as six digits tell apart. */
const STEPS = 1_000_000;

/**
 * Between two bounds: round numbers half of the time, for ties and degenerate optima are where solvers differ. The others
 * lie evenly between the bounds; of numbers that floating point can tell apart, most would be all but 0.
 */
export function amount(min: number, max: number): fc.Arbitrary<number> {
  const steps = 4;
  return fc.oneof(
    fc.nat(steps).map((n) => min + ((max - min) * n) / steps),
    fc.nat(STEPS).map((n) => Number((min + ((max - min) * n) / STEPS).toPrecision(6))),
  );
}

/** 0 as often as not. */
export const orNone = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number> => fc.oneof(fc.constant(0), arbitrary);

export const many = <T>(count: number, arbitrary: (index: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.tuple(...Array.from({ length: count }, (_, i) => arbitrary(i)));

function stagesArb({ stages, openings, nodes }: Dimensions, hours: readonly number[]): fc.Arbitrary<Stage[]> {
  const stage = fc.record({
    openings: fc.integer({ min: openings[0], max: openings[1] }),
    hours: fc.array(fc.constantFrom(...hours), { minLength: 1, maxLength: 2 }),
    discount: fc.oneof(fc.constant(1), amount(0.5, 1)),
  });
  const treeNodes = (counts: readonly number[]) => {
    let width = 1;
    return counts.reduce((sum, count) => {
      width *= count;
      return sum + width;
    }, 0);
  };
  return fc
    .array(stage, { minLength: stages[0], maxLength: stages[1] })
    .filter((drawn) => treeNodes(drawn.map((s) => s.openings)) <= nodes)
    .map((drawn) => {
      const plain = makeStages(drawn.length);
      return drawn.map((s, t) => ({
        ...makeStages(1, s.openings, s.hours, s.discount)[0],
        id: t,
        startDate: plain[t].startDate,
        endDate: plain[t].endDate,
      }));
    });
}

function busArb(id: number, { cost, size }: Scales): fc.Arbitrary<Bus> {
  return fc
    .record({
      depths: fc.array(amount(1, 15), { maxLength: 2 }),
      first: amount(200, 800),
      excessCost: fc.constantFrom(0.01, 1, 30),
    })
    .map(({ depths, first, excessCost }) =>
      makeBus({
        id,
        deficitSegments: [...depths, null].map((depth, s) => ({
          depthMw: depth === null ? null : depth * size,
          cost: first * 2 ** s * cost,
        })),
        excessCost: excessCost * cost,
      }),
    );
}

function lineArb(id: number, buses: number, { cost, size }: Scales): fc.Arbitrary<Line> {
  return fc
    .record({
      sourceBus: fc.nat(buses - 1),
      targetBus: fc.nat(buses - 1),
      directMw: orNone(amount(1, 30)),
      reverseMw: orNone(amount(1, 30)),
      exchangeCost: fc.constantFrom(0, 0.01, 2),
      lossesPercent: orNone(amount(1, 20)),
    })
    .map((line) =>
      makeLine({
        ...line,
        id,
        directMw: line.directMw * size,
        reverseMw: line.reverseMw * size,
        exchangeCost: line.exchangeCost * cost,
      }),
    );
}

function thermalArb(id: number, buses: number, { cost, size }: Scales): fc.Arbitrary<Thermal> {
  return fc
    .record({
      bus: fc.nat(buses - 1),
      minMw: orNone(amount(0, 8)),
      range: amount(0, 30),
      price: orNone(amount(5, 180)),
    })
    .map(({ bus, minMw, range, price }) =>
      makeThermal({ id, bus, minMw: minMw * size, maxMw: (minMw + range) * size, cost: price * cost }),
    );
}

/** Any cascade: each plant may pour into one of those after it. */
function hydroArb(id: number, hydros: number, buses: number, { cost, size }: Scales): fc.Arbitrary<Hydro> {
  const price = fc.constantFrom(0.5, 5, 50, 500, 5000);
  return fc
    .record({
      bus: fc.nat(buses - 1),
      downstream: fc.option(fc.integer({ min: id + 1, max: Math.max(id + 1, hydros - 1) })),
      minStorage: orNone(amount(1, 20)),
      storageRange: orNone(amount(10, 150)),
      minOutflow: orNone(amount(1, 15)),
      maxOutflow: fc.option(amount(15, 60)),
      productivity: fc.oneof(fc.constantFrom(0, 1), amount(0.2, 1.5)),
      minTurbined: orNone(amount(1, 10)),
      maxTurbined: amount(10, 50),
      minGeneration: orNone(amount(1, 8)),
      maxGeneration: amount(8, 50),
      spillage: fc.constantFrom(0, 0.01, 1),
      storageViolationBelow: fc.constantFrom(100, 10_000),
      turbinedViolationBelow: price,
      outflowViolationBelow: price,
      outflowViolationAbove: price,
      generationViolationBelow: price,
      inflowNonNegativity: price,
    })
    .map((drawn) =>
      makeHydro({
        id,
        bus: drawn.bus,
        downstream: drawn.downstream !== null && drawn.downstream < hydros ? drawn.downstream : null,
        minStorage: drawn.minStorage * size,
        maxStorage: (drawn.minStorage + drawn.storageRange) * size,
        minOutflow: drawn.minOutflow * size,
        maxOutflow: drawn.maxOutflow === null ? null : drawn.maxOutflow * size,
        productivity: drawn.productivity,
        minTurbined: drawn.minTurbined * size,
        maxTurbined: drawn.maxTurbined * size,
        minGeneration: drawn.minGeneration * size,
        maxGeneration: drawn.maxGeneration * size,
        penalties: {
          spillage: drawn.spillage * cost,
          storageViolationBelow: drawn.storageViolationBelow * cost,
          turbinedViolationBelow: drawn.turbinedViolationBelow * cost,
          outflowViolationBelow: drawn.outflowViolationBelow * cost,
          outflowViolationAbove: drawn.outflowViolationAbove * cost,
          generationViolationBelow: drawn.generationViolationBelow * cost,
          inflowNonNegativity: drawn.inflowNonNegativity * cost,
        },
      }),
    );
}

/** Matrices that are correlations: `rho` to the power of the distance between two entities, signs included. */
function correlationArb(dimension: number, stages: number): fc.Arbitrary<Correlation> {
  const profile = fc
    .record({ rho: fc.constantFrom(-0.6, 0.3, 0.9), from: fc.nat(Math.max(0, dimension - 1)) })
    .map(({ rho, from }): CorrelationGroup[] => {
      const entities = Array.from({ length: dimension - from }, (_, i) => from + i);
      const n = entities.length;
      const matrix = Float64Array.from({ length: n * n }, (_, at) => rho ** Math.abs(Math.floor(at / n) - (at % n)));
      return [{ entities, matrix }];
    });
  return fc
    .record({ method: fc.constantFrom('cholesky' as const, 'spectral' as const), profiles: many(2, () => profile) })
    .chain((drawn) =>
      many(stages, () => fc.integer({ min: -1, max: 1 })).map((profileOfStage) => ({ ...drawn, profileOfStage })),
    );
}

/** Small studies of buses, lines, hydros and thermals that always have a feasible dispatch. */
export function randomStudy(scales: Scales = COMMON_SCALES, dimensions: Dimensions = SMALL_TREES): fc.Arbitrary<Study> {
  return randomParts(scales, dimensions).map(makeStudy);
}

type Drawn =
  | 'stages'
  | 'buses'
  | 'lines'
  | 'thermals'
  | 'hydros'
  | 'initialStorage'
  | 'inflowMean'
  | 'inflowStd'
  | 'inflowNonNegativity';
export type RandomParts = StudyParts & Required<Pick<StudyParts, Drawn>>;

/** What `randomStudy` makes a study of, for those who add to it. */
export function randomParts(scales: Scales, dimensions: Dimensions): fc.Arbitrary<RandomParts> {
  const { size } = scales;
  const between = ([min, max]: readonly [number, number]) => fc.integer({ min, max });
  const counts = fc.record({
    stages: stagesArb(dimensions, scales.hours),
    hydros: between(dimensions.hydros),
    buses: between([1, 3]),
    lines: between([0, 2]),
    thermals: between([1, 3]),
    randomLoads: fc.nat(3),
    userOpenings: fc.constantFrom(true, false, false),
    inflowNonNegativity: fc.constantFrom('none' as const, 'penalty' as const, 'truncation' as const),
  });
  return counts.chain((n) => {
    const T = n.stages.length;
    const randomLoads = Math.min(n.randomLoads, n.buses);
    const dimension = n.hydros + randomLoads;
    return fc
      .record({
        buses: many(n.buses, (id) => busArb(id, scales)),
        lines: many(n.lines, (id) => lineArb(id, n.buses, scales)),
        thermals: many(n.thermals, (id) => thermalArb(id, n.buses, scales)),
        hydros: many(n.hydros, (id) => hydroArb(id, n.hydros, n.buses, scales)),
        // With the method 'none' a negative inflow may leave no feasible dispatch, so there inflow is certain.
        inflowMean: many(T, () => many(n.hydros, () => amount(0, 30))),
        inflowStd: many(T, () => many(n.hydros, () => orNone(amount(1, 15)))),
        loadMean: many(T, () => many(n.buses, () => orNone(amount(5, 70)))),
        loadStd: many(randomLoads, () => amount(1, 15)),
        loadFactors: many(T, (t) => many(n.buses, () => many(n.stages[t].blocks.length, () => amount(0.6, 1.4)))),
        fill: many(n.hydros, () => amount(0, 1)),
        correlation: correlationArb(dimension, T),
        noise: many(T, (t) => many(n.stages[t].openings * dimension, () => amount(-2, 2))),
        treeSeed: fc.nat(1_000_000),
      })
      .map(
        (drawn): RandomParts => ({
          name: 'random',
          stages: n.stages,
          buses: drawn.buses,
          lines: drawn.lines,
          thermals: drawn.thermals,
          hydros: drawn.hydros,
          initialStorage: drawn.hydros.map((hydro, h) => hydro.maxStorage * drawn.fill[h]),
          inflowMean: drawn.inflowMean.map((row) => row.map((mean) => mean * size)),
          inflowStd: drawn.inflowStd.map((row) =>
            row.map((std) => (n.inflowNonNegativity === 'none' ? 0 : std * size)),
          ),
          loadMean: drawn.loadMean.map((row) => row.map((mean) => mean * size)),
          loadStd: [Array.from({ length: n.buses }, (_, b) => (drawn.loadStd[b] ?? 0) * size)],
          loadFactors: drawn.loadFactors,
          correlation: drawn.correlation,
          ...(n.userOpenings ? { noiseOpenings: drawn.noise } : {}),
          inflowNonNegativity: n.inflowNonNegativity,
          treeSeed: drawn.treeSeed,
        }),
      );
  });
}
