import fc from 'fast-check';
import type { Stage } from '#cobre/case/study';
import type { FittedModels } from '../deterministic-equivalent.js';
import { inflowMemoryOf } from '../equivalent/inflow-memory.js';
import { makeRichStudy, type RichParts } from '../make-rich-study.js';
import {
  amount,
  COMMON_SCALES,
  type Dimensions,
  many,
  orNone,
  type RandomParts,
  randomParts,
  type Scales,
  SMALL_TREES,
} from '../random-study.js';
import type { Variant } from '../rich-studies/index.js';
import { changesAt, factorsArb } from './changes.js';
import { evaporationOf, geometryOf, production, serviceArb, worksArb } from './hydros.js';
import { boundsArb, contractArb, genericArb, pumpArb, sourceArb } from './market.js';
import { DEVIATION, inflowModelArb } from './memory.js';

/**
 * Small studies of everything that a case may have, each feature present or not, with the models that they say. In each
 * of them, whatever storage a stage starts from and whatever its opening, there is a feasible dispatch.
 */
export function randomRichStudy(
  scales: Scales = COMMON_SCALES,
  dimensions: Dimensions = SMALL_TREES,
): fc.Arbitrary<Variant> {
  return randomParts(scales, dimensions)
    .chain((base) =>
      fc
        .record({
          pumps: fc.nat(base.hydros.length > 1 ? 2 : 0),
          contracts: fc.nat(2),
          sources: fc.nat(2),
          generic: fc.nat(3),
        })
        .map((n) => ({ base, n })),
    )
    .chain(({ base, n }) => withFeatures(base, n, scales));
}

interface Counts {
  readonly pumps: number;
  readonly contracts: number;
  readonly sources: number;
  readonly generic: number;
}

function withFeatures(base: RandomParts, n: Counts, scales: Scales): fc.Arbitrary<Variant> {
  const T = base.stages.length;
  const [B, L, H, J] = [base.buses.length, base.lines.length, base.hydros.length, base.thermals.length];
  const buysWater = base.inflowNonNegativity === 'penalty';
  const leastBlocks = Math.min(...base.stages.map(({ blocks }) => blocks.length));
  const randomLoads = (base.loadStd?.[0] ?? []).filter((std) => std > 0).length;
  const counts = { hydro: H, thermal: J, line: L, bus: B, pumping: n.pumps, contract: n.contracts, non: n.sources };
  const blockFactors = (entities: number) => many(entities, () => many(2, () => amount(0.4, 1.2)));
  const changes = (entities: number) => factorsArb(T, entities, 0.5, 1.5);
  return fc
    .record({
      works: many(H, (h) => worksArb(base.hydros[h], H, T, scales)),
      thermalService: many(J, () => serviceArb(T)),
      lineService: many(L, () => serviceArb(T)),
      pumps: many(n.pumps, (id) => pumpArb(id, H, B, T, buysWater, scales)),
      contracts: many(n.contracts, (id) => contractArb(id, B, T, scales)),
      sources: many(n.sources, (id) => sourceArb(id, B, T, scales)),
      generic: many(n.generic, (id) => genericArb(id, counts, leastBlocks, scales)),
      bounds: boundsArb(n.generic, T, scales),
      changes: fc.record({
        hydros: changes(H),
        thermals: changes(J),
        lines: changes(L),
        buses: changes(B),
        pumps: changes(n.pumps),
        contracts: changes(n.contracts),
        sources: changes(n.sources),
      }),
      direct: blockFactors(L),
      reverse: blockFactors(L),
      sourceFactors: blockFactors(n.sources),
      random: fc.boolean(),
      availability: many(n.sources, () => fc.record({ mean: amount(0.1, 1), std: orNone(amount(0.05, 0.5)) })),
      chronological: many(T, () => fc.boolean()),
      alsoBuys: fc.boolean(),
      remembers: fc.boolean(),
      inflowModel: inflowModelArb(base, scales),
      deviation: many(T, () => many(H, () => amount(...DEVIATION))),
      noise: many(T, (t) => many(base.stages[t].openings * (H + randomLoads + n.sources), () => amount(-2, 2))),
    })
    .map((drawn): Variant => {
      // Cut inflow that is remembered makes later costs bend the wrong way, where cuts cannot follow: then there is one memory.
      const oneMemory = base.stages.slice(0, -1).every(({ openings }) => openings === 1);
      const remembers = drawn.remembers && (buysWater || (base.inflowNonNegativity === 'truncation' && oneMemory));
      const availability = drawn.random ? drawn.availability : [];
      const dimension = H + randomLoads + availability.filter(({ std }) => std > 0).length;
      const parts: RichParts = {
        ...base,
        name: 'random-rich',
        stages: base.stages.map(
          (stage, t): Stage => ({
            ...stage,
            season: t,
            blockMode: drawn.chronological[t] ? 'chronological' : 'parallel',
          }),
        ),
        hydros: drawn.works.map(({ hydro }) => hydro),
        thermals: base.thermals.map((plant, j) => ({ ...plant, service: drawn.thermalService[j] })),
        lines: base.lines.map((line, l) => ({ ...line, service: drawn.lineService[l] })),
        pumps: drawn.pumps,
        contracts: drawn.contracts,
        sources: drawn.sources,
        genericConstraints: drawn.generic,
        ...(drawn.random ? { availability } : {}),
        ...(availability.some(({ std }) => std > 0)
          ? { noiseOpenings: drawn.noise.map((row, t) => row.slice(0, base.stages[t].openings * dimension)) }
          : {}),
        ...(base.inflowNonNegativity === 'truncation' && drawn.alsoBuys
          ? { inflowNonNegativity: 'truncation_with_penalty' as const }
          : {}),
        // Coefficients are relative to the deviation, which must not be 0 then.
        ...(remembers ? { inflowStd: drawn.deviation.map((row) => row.map((std) => std * scales.size)) } : {}),
        changes: [],
      };
      const productions = drawn.works.map(production);
      const factors = (rows: readonly (readonly number[])[]) =>
        base.stages.map(({ blocks }) => Float64Array.from(rows.flatMap((row) => row.slice(0, blocks.length))));
      const study = makeRichStudy({
        ...parts,
        changes: base.stages.map((_, t) => ({ ...changesAt(parts, drawn.changes, t), generic: drawn.bounds[t] })),
        extras: {
          suppliedPlanes: productions.map(({ supplied }) => supplied),
          productionChoices: productions.map(({ choice }) => choice),
          geometry: drawn.works.map(geometryOf),
          lineFactors: { direct: factors(drawn.direct), reverse: factors(drawn.reverse) },
          sourceFactors: factors(drawn.sourceFactors),
          ...(remembers ? { inflowModel: drawn.inflowModel } : {}),
        },
      });
      const models: FittedModels = {
        planes: (t, h) => (t < drawn.works[h].planesFrom ? null : drawn.works[h].planes),
        productivity: (t, h) => (t === 1 ? drawn.works[h].productivityLater : null) ?? study.hydros[h].productivity,
        evaporation: (t, h) => evaporationOf(drawn.works[h], study.stages[t], t),
        ...(remembers ? { inflow: inflowMemoryOf(study) } : {}),
      };
      return { study, models };
    });
}
