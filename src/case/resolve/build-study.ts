import type { CompleteCase } from '../parsed-case.js';
import { stochasticBusIds } from '../stochastic-buses.js';
import type { Bus, Line, SeasonalModel, Study, Thermal } from '../study.js';
import { buildConfig } from './config.js';
import { buildCorrelation } from './correlation.js';
import { buildHydros } from './hydros.js';
import { buildStages, cycleStartOf } from './stages.js';
import { buildLoadFactors, buildNoiseOpenings, buildSeasonalModel } from './tables.js';

export type StudyContent = Omit<Study, 'name' | 'hash' | 'warnings'>;

/** The content of a study from files that have been validated: sorted by id, ids turned into indices. */
export function buildStudy(data: CompleteCase, warn: (file: string, message: string) => void): StudyContent {
  const stages = buildStages(data.stages);
  const buses = buildBuses(data);
  const busIndex = indexOf(buses);
  const hydros = buildHydros(data, busIndex);
  const hydroIndex = indexOf(hydros);
  const stageIndex = indexOf(stages);
  const randomBuses = stochasticBusIds(data.loadStats, new Set(stageIndex.keys())).map((id) => at(busIndex, id));

  const initialStorage = new Float64Array(hydros.length);
  for (const { hydro_id, value_hm3 } of data.initialConditions.storage) {
    initialStorage[at(hydroIndex, hydro_id)] = value_hm3;
  }
  const extent = { stageIndex, stages: stages.length };
  const inflowColumns = data.inflowStats?.columns;
  const inflow: SeasonalModel = buildSeasonalModel(
    { ...extent, entityIndex: hydroIndex },
    inflowColumns && {
      entity: inflowColumns.hydro_id,
      stage: inflowColumns.stage_id,
      mean: inflowColumns.mean_m3s,
      std: inflowColumns.std_m3s,
    },
  );
  const loadColumns = data.loadStats?.columns;
  const load: SeasonalModel = buildSeasonalModel(
    { ...extent, entityIndex: busIndex },
    loadColumns && {
      entity: loadColumns.bus_id,
      stage: loadColumns.stage_id,
      mean: loadColumns.mean_mw,
      std: loadColumns.std_mw,
    },
  );
  return {
    config: buildConfig(data.config, warn),
    stages,
    cycleStart: cycleStartOf(data.stages, stages),
    buses,
    lines: buildLines(data, busIndex),
    hydros,
    thermals: buildThermals(data, busIndex),
    initialStorage,
    inflow,
    load,
    loadFactors: buildLoadFactors(data.loadFactors, stages, busIndex, stageIndex),
    stochasticLoadBuses: randomBuses,
    correlation: buildCorrelation(data.correlation, stages, hydroIndex, busIndex, randomBuses, warn),
    noiseOpenings: buildNoiseOpenings(data.noiseOpenings, stages, hydros.length + randomBuses.length),
  };
}

function buildBuses({ buses, penalties }: CompleteCase): Bus[] {
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

function buildLines({ lines, penalties }: CompleteCase, busIndex: ReadonlyMap<number, number>): Line[] {
  return sortedById(lines.lines).map((line) => ({
    id: line.id,
    name: line.name,
    sourceBus: at(busIndex, line.source_bus_id),
    targetBus: at(busIndex, line.target_bus_id),
    directMw: line.capacity.direct_mw,
    reverseMw: line.capacity.reverse_mw,
    exchangeCost: line.exchange_cost ?? penalties.line.exchange_cost,
    lossesPercent: line.losses_percent,
  }));
}

function buildThermals({ thermals }: CompleteCase, busIndex: ReadonlyMap<number, number>): Thermal[] {
  return sortedById(thermals.thermals).map((thermal) => ({
    id: thermal.id,
    name: thermal.name,
    bus: at(busIndex, thermal.bus_id),
    minMw: thermal.generation.min_mw,
    maxMw: thermal.generation.max_mw,
    cost: thermal.cost_per_mwh,
  }));
}

function sortedById<T extends { readonly id: number }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => a.id - b.id);
}

function indexOf(entries: readonly { readonly id: number }[]): Map<number, number> {
  return new Map(entries.map(({ id }, i) => [id, i]));
}

function at(index: ReadonlyMap<number, number>, id: number): number {
  const found = index.get(id);
  if (found === undefined) throw new Error(`id ${id} has passed validation but is not known`);
  return found;
}
