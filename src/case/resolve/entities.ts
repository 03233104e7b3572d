import type { CompleteCase } from '../parsed-case.js';
import type { Bus, Contract, Line, NonControllableSource, PumpingStation, Stage, Thermal } from '../study.js';
import { at, type Index, serviceOf, sortedById } from './positions.js';

type Stages = readonly Stage[];

export function buildBuses({ buses, penalties }: CompleteCase): Bus[] {
  return sortedById(buses.buses).map((bus) => ({
    id: bus.id,
    name: bus.name,
    deficitSegments: (bus.deficit_segments ?? penalties.bus.deficit_segments).map((segment) => ({
      depthMw: segment.depth_mw ?? null,
      cost: segment.cost,
    })),
    excessCost: penalties.bus.excess_cost,
  }));
}

export function buildLines({ lines, penalties }: CompleteCase, stages: Stages, buses: Index): Line[] {
  return sortedById(lines.lines).map((line) => ({
    id: line.id,
    name: line.name,
    service: serviceOf(stages, line),
    sourceBus: at(buses, line.source_bus_id),
    targetBus: at(buses, line.target_bus_id),
    directMw: line.capacity.direct_mw,
    reverseMw: line.capacity.reverse_mw,
    exchangeCost: line.exchange_cost ?? penalties.line.exchange_cost,
    lossesPercent: line.losses_percent,
  }));
}

export function buildThermals({ thermals }: CompleteCase, stages: Stages, buses: Index): Thermal[] {
  return sortedById(thermals.thermals).map((thermal) => ({
    id: thermal.id,
    name: thermal.name,
    service: serviceOf(stages, thermal),
    bus: at(buses, thermal.bus_id),
    minMw: thermal.generation.min_mw,
    maxMw: thermal.generation.max_mw,
    cost: thermal.cost_per_mwh,
  }));
}

export function buildSources(data: CompleteCase, stages: Stages, buses: Index): NonControllableSource[] {
  return sortedById(data.sources?.non_controllable_sources ?? []).map((source) => ({
    id: source.id,
    name: source.name,
    service: serviceOf(stages, source),
    bus: at(buses, source.bus_id),
    maxMw: source.max_generation_mw,
    curtailmentCost: source.curtailment_cost ?? data.penalties.non_controllable_source.curtailment_cost,
  }));
}

export function buildPumps({ pumps }: CompleteCase, stages: Stages, buses: Index, hydros: Index): PumpingStation[] {
  return sortedById(pumps?.pumping_stations ?? []).map((pump) => ({
    id: pump.id,
    name: pump.name,
    service: serviceOf(stages, pump),
    bus: at(buses, pump.bus_id),
    source: at(hydros, pump.source_hydro_id),
    target: at(hydros, pump.destination_hydro_id),
    consumption: pump.consumption_mw_per_m3s,
    minFlow: pump.flow.min_m3s,
    maxFlow: pump.flow.max_m3s,
  }));
}

export function buildContracts({ contracts }: CompleteCase, stages: Stages, buses: Index): Contract[] {
  return sortedById(contracts?.contracts ?? []).map((contract) => ({
    id: contract.id,
    name: contract.name,
    service: serviceOf(stages, contract),
    bus: at(buses, contract.bus_id),
    type: contract.type,
    price: contract.price_per_mwh,
    minMw: contract.limits.min_mw,
    maxMw: contract.limits.max_mw,
  }));
}
