import fc from 'fast-check';
import type { Hydro, ProductionChoice, ReservoirGeometry, Service, Stage, SuppliedPlane } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import type { LinearEvaporation, Plane } from '../deterministic-equivalent.js';
import { amount, many, orNone, type Scales } from '../random-study.js';
import { SUPPLIED, supplied } from '../rich-studies/study-data.js';

/** What a random plant has beyond its reservoir and turbines. */
export interface RandomWorks {
  readonly hydro: Hydro;
  readonly planes: readonly Plane[] | null;
  /** First stage that has the planes; before it the productivity holds. */
  readonly planesFrom: number;
  /** At stage 1 instead of the plant's own, where it has no planes; of a model that training takes as it is. */
  readonly productivityLater: number | null;
  readonly modelLater: 'constant_productivity' | 'linearized_head';
  /** Surface [km2] of the empty reservoir and what each hm3 adds. */
  readonly surface: { readonly empty: number; readonly slope: number } | null;
}

/** A window of service: always, from a stage on, or up to one. */
export function serviceArb(stages: number): fc.Arbitrary<Service> {
  const at = fc.integer({ min: 1, max: stages - 1 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(ALWAYS) },
    { weight: 1, arbitrary: at.map((from) => ({ from, until: ALWAYS.until })) },
    { weight: 1, arbitrary: at.map((until) => ({ from: 0, until })) },
  );
}

/** Planes that may fall below 0: where little is stored and turbined, or much is spilled. */
function planesArb({ size }: Scales): fc.Arbitrary<Plane[]> {
  const plane = fc.record({
    gamma0: amount(-4, 12).map((mw) => mw * size),
    gammaV: amount(0, 0.1),
    gammaQ: amount(0.1, 1),
    gammaS: orNone(fc.constantFrom(-0.002, -0.1)),
  });
  return many(3, () => plane);
}

/** Works of a plant that is the `id`-th of `hydros`; water goes to plants after it only. */
export function worksArb(hydro: Hydro, hydros: number, stages: number, scales: Scales): fc.Arbitrary<RandomWorks> {
  const { cost, size } = scales;
  const after = hydro.id + 1 < hydros ? fc.integer({ min: hydro.id + 1, max: hydros - 1 }) : null;
  const price = fc.constantFrom(0.5, 5, 50, 500, 5000).map((dollars) => dollars * cost);
  const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });
  return fc
    .record({
      service: serviceArb(stages),
      fillingInflow: fc.option(orNone(amount(1, 10))),
      fillingFrom: fc.nat(stages - 1),
      target: after === null ? fc.constant(null) : rarely(after),
      maxDiversion: amount(1, 20),
      withdrawal: orNone(amount(-3, 6)),
      planes: rarely(planesArb(scales)),
      planesFrom: fc.constantFrom(0, 0, 1),
      productivityLater: fc.option(amount(0.2, 1.5)),
      modelLater: fc.constantFrom('constant_productivity' as const, 'linearized_head' as const),
      surface: rarely(fc.record({ empty: amount(0.5, 5).map((km2) => km2 * size), slope: orNone(amount(0.01, 0.05)) })),
      evaporationMm: many(12, () => amount(-50, 150)),
      fphaTurbined: fc.constantFrom(0, 0.05, 2),
      diversion: fc.constantFrom(0, 0.1, 3),
      fillingTarget: fc.constantFrom(100, 5000, 50_000),
      prices: many(4, () => price),
    })
    .map((drawn): RandomWorks => {
      const { service } = drawn;
      const fills = drawn.fillingInflow !== null && service.from > 0 && drawn.fillingFrom < service.from;
      return {
        hydro: {
          ...hydro,
          service,
          filling: fills ? { from: drawn.fillingFrom, inflow: (drawn.fillingInflow ?? 0) * size } : null,
          diversion: drawn.target === null ? null : { target: drawn.target, maxFlow: drawn.maxDiversion * size },
          withdrawal: drawn.withdrawal * size,
          model: drawn.planes === null || drawn.planesFrom > 0 ? 'constant_productivity' : 'fpha',
          evaporation: drawn.surface === null ? null : { coefficientsMm: drawn.evaporationMm, referenceVolumes: null },
          penalties: {
            ...hydro.penalties,
            fphaTurbined: drawn.fphaTurbined * cost,
            diversion: drawn.diversion * cost,
            fillingTarget: drawn.fillingTarget * cost,
            evaporationBelow: drawn.prices[0],
            evaporationAbove: drawn.prices[1],
            withdrawalBelow: drawn.prices[2],
            withdrawalAbove: drawn.prices[3],
          },
        },
        planes: drawn.planes,
        planesFrom: drawn.planesFrom,
        productivityLater: drawn.planes === null ? drawn.productivityLater : null,
        modelLater: drawn.modelLater,
        surface: drawn.surface,
      };
    });
}

/** What the study says of a plant's production: planes from a stage on, or another productivity at stage 1. */
export function production({ planes, planesFrom, productivityLater, modelLater }: RandomWorks): {
  readonly choice: ProductionChoice | null;
  readonly supplied: SuppliedPlane[];
} {
  if (planes !== null) {
    const ranges = [{ ...SUPPLIED, from: planesFrom, to: null }];
    return { choice: { mode: 'stage_ranges', ranges }, supplied: supplied(planes) };
  }
  if (productivityLater === null) return { choice: null, supplied: [] };
  const ranges = [{ model: modelLater, fpha: null, productivity: productivityLater, from: 1, to: 1 }];
  return { choice: { mode: 'stage_ranges', ranges }, supplied: [] };
}

/** A table of a reservoir whose surface grows evenly with its volume. */
export function geometryOf({ hydro, surface }: RandomWorks): ReservoirGeometry | null {
  if (surface === null) return null;
  const volume = Float64Array.of(0, Math.max(hydro.maxStorage, 1));
  return {
    volume,
    height: volume.map((v) => 100 + v),
    area: volume.map((v) => surface.empty + surface.slope * v),
  };
}

/** 1 mm from 1 km2 in an hour is 1 / 3.6 m3/s. Stages begin in the months of 2024, one after another. */
export function evaporationOf({ hydro, surface }: RandomWorks, stage: Stage, t: number): LinearEvaporation | null {
  if (surface === null || hydro.evaporation === null) return null;
  const perArea = hydro.evaporation.coefficientsMm[t % 12] / (3.6 * stage.hours);
  return { k0: perArea * surface.empty, kV: perArea * surface.slope };
}
