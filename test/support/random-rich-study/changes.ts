import fc from 'fast-check';
import type { Change, HydroValues, StageChanges } from '#cobre/case/study';
import type { RichParts } from '../make-rich-study.js';
import { amount, many } from '../random-study.js';

/** Factors near 1 by stage and entity, or no change. */
export type Factors = readonly (readonly (number | null)[])[];

export function factorsArb(stages: number, entities: number, min: number, max: number): fc.Arbitrary<Factors> {
  return many(stages, () => many(entities, () => fc.option(amount(min, max), { freq: 2 })));
}

function changed<E, V>(
  entities: readonly E[] | undefined,
  factors: readonly (number | null)[],
  values: (entity: E, factor: number) => Partial<V>,
): Change<V>[] {
  return (entities ?? []).flatMap((entity, at) => {
    const factor = factors[at] ?? null;
    return factor === null ? [] : [{ entity: at, values: values(entity, factor) }];
  });
}

export interface ChangeFactors {
  readonly hydros: Factors;
  readonly thermals: Factors;
  readonly lines: Factors;
  readonly buses: Factors;
  readonly pumps: Factors;
  readonly contracts: Factors;
  readonly sources: Factors;
}

/** What changes at stage `t`: limits by a factor, the larger ones alone where the order of two must hold. */
export function changesAt(parts: RichParts, factors: ChangeFactors, t: number): Omit<StageChanges, 'generic'> {
  return {
    hydros: changed(
      parts.hydros,
      factors.hydros[t],
      (hydro, factor): Partial<HydroValues> => ({
        minStorage: hydro.minStorage * Math.min(1, factor),
        maxStorage: Math.max(hydro.minStorage, hydro.maxStorage * factor),
        maxOutflow: hydro.maxOutflow === null ? null : hydro.maxOutflow * factor,
        minTurbined: hydro.minTurbined * Math.min(1, factor),
        minGeneration: hydro.minGeneration * factor,
        maxGeneration: hydro.maxGeneration * factor,
        maxTurbined: Math.max(hydro.minTurbined, hydro.maxTurbined * factor),
        minOutflow: hydro.minOutflow * factor,
        withdrawal: hydro.withdrawal * factor,
        maxDiversion: (hydro.diversion?.maxFlow ?? 0) * factor,
        fillingInflow: (hydro.filling?.inflow ?? 0) * factor,
        penalties: {
          spillage: hydro.penalties.spillage * factor,
          storageViolationBelow: hydro.penalties.storageViolationBelow * factor,
          withdrawalBelow: hydro.penalties.withdrawalBelow * factor,
        },
      }),
    ),
    thermals: changed(parts.thermals, factors.thermals[t], (plant, factor) => ({
      minMw: plant.minMw * Math.min(1, factor),
      maxMw: Math.max(plant.minMw, plant.maxMw * factor),
      cost: plant.cost * factor,
    })),
    lines: changed(parts.lines, factors.lines[t], (line, factor) => ({
      directMw: line.directMw * factor,
      reverseMw: line.reverseMw * factor,
      exchangeCost: line.exchangeCost * factor,
    })),
    buses: changed(parts.buses, factors.buses[t], (bus, factor) => ({ excessCost: bus.excessCost * factor })),
    pumps: changed(parts.pumps, factors.pumps[t], (pump, factor) => ({
      maxFlow: Math.max(pump.minFlow, pump.maxFlow * factor),
    })),
    contracts: changed(parts.contracts, factors.contracts[t], (contract, factor) => ({
      minMw: contract.minMw * Math.min(1, factor),
      maxMw: Math.max(contract.minMw, contract.maxMw * factor),
      price: contract.price * factor,
    })),
    sources: changed(parts.sources, factors.sources[t], (source, factor) => ({
      availableMw: source.maxMw * Math.min(1, factor),
      curtailmentCost: source.curtailmentCost * factor,
    })),
  };
}
