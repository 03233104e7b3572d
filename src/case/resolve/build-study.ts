import type { CompleteCase } from '../parsed-case.js';
import { stochasticBusIds, stochasticSourceIds } from '../stochastic-entities.js';
import type { Study } from '../study.js';
import type { Report } from '../validate/report.js';
import { buildChanges } from './changes.js';
import { buildConfig } from './config.js';
import { buildCorrelation } from './correlation.js';
import { buildBuses, buildContracts, buildLines, buildPumps, buildSources, buildThermals } from './entities.js';
import { buildExternal } from './external.js';
import { buildFactors } from './factors.js';
import { buildGenericConstraints } from './generic-constraints.js';
import { buildHydros } from './hydros.js';
import { buildInflowModel } from './inflow-model.js';
import { at, indexOf } from './positions.js';
import { buildGeometry, buildProductionChoices, buildSuppliedPlanes } from './production.js';
import { buildStages, cycleStartOf } from './stages.js';
import { buildNoiseOpenings, buildStatistics } from './tables.js';

export type StudyContent = Omit<Study, 'name' | 'hash' | 'warnings'>;

/** The content of a study from files that have been validated: sorted by id, ids turned into indices. */
export function buildStudy(data: CompleteCase, report: Report): StudyContent {
  const stages = buildStages(data.stages);
  const stageIndex = indexOf(stages);
  const buses = buildBuses(data);
  const busIndex = indexOf(buses);
  const lines = buildLines(data, stages, busIndex);
  const lineIndex = indexOf(lines);
  const hydros = buildHydros(data, stages, busIndex);
  const hydroIndex = indexOf(hydros);
  const thermals = buildThermals(data, stages, busIndex);
  const sources = buildSources(data, stages, busIndex);
  const sourceIndex = indexOf(sources);
  const pumps = buildPumps(data, stages, busIndex, hydroIndex);
  const contracts = buildContracts(data, stages, busIndex);
  const index = {
    stages: stageIndex,
    buses: busIndex,
    lines: lineIndex,
    hydros: hydroIndex,
    thermals: indexOf(thermals),
    sources: sourceIndex,
    pumps: indexOf(pumps),
    contracts: indexOf(contracts),
  };
  const genericConstraints = buildGenericConstraints(data, index);
  const studyStages = new Set(stageIndex.keys());
  const randomBuses = stochasticBusIds(data.loadStats, studyStages).map((id) => at(busIndex, id));
  const randomSources = stochasticSourceIds(data.sourceStats, studyStages).map((id) => at(sourceIndex, id));
  const initialStorage = new Float64Array(hydros.length);
  const { storage, filling_storage } = data.initialConditions;
  for (const { hydro_id, value_hm3 } of [...storage, ...filling_storage]) {
    initialStorage[at(hydroIndex, hydro_id)] = value_hm3;
  }
  const statistics = buildStatistics(data, index);
  const noise = { hydros: hydroIndex, buses: busIndex, sources: sourceIndex, randomBuses, randomSources };
  const loadFactors = (data.loadFactors?.load_factors ?? []).map(({ bus_id, stage_id, block_factors }) => ({
    entity: bus_id,
    stage: stage_id,
    blocks: block_factors.map(({ block_id, factor }) => ({ block: block_id, factor })),
  }));
  const sourceFactors = (data.sourceFactors?.non_controllable_factors ?? []).map((entry) => ({
    entity: entry.ncs_id,
    stage: entry.stage_id,
    blocks: entry.block_factors.map(({ block_id, factor }) => ({ block: block_id, factor })),
  }));
  const lineFactors = (direction: 'direct_factor' | 'reverse_factor') =>
    (data.exchangeFactors?.exchange_factors ?? []).map(({ line_id, stage_id, block_factors }) => ({
      entity: line_id,
      stage: stage_id,
      blocks: block_factors.map((each) => ({ block: each.block_id, factor: each[direction] })),
    }));
  return {
    config: buildConfig(data.config, report),
    stages,
    cycleStart: cycleStartOf(data.stages, stages),
    buses,
    lines,
    hydros,
    thermals,
    sources,
    pumps,
    contracts,
    genericConstraints,
    changes: buildChanges(data, stages, { ...index, constraints: indexOf(genericConstraints) }),
    geometry: buildGeometry(data, hydroIndex),
    productionChoices: buildProductionChoices(data, stages, hydroIndex),
    suppliedPlanes: buildSuppliedPlanes(data, hydroIndex, stageIndex),
    initialStorage,
    inflow: statistics.inflow,
    inflowModel: buildInflowModel(data, hydroIndex, stageIndex),
    load: statistics.load,
    loadFactors: buildFactors(loadFactors, stages, busIndex, stageIndex),
    lineFactors: {
      direct: buildFactors(lineFactors('direct_factor'), stages, lineIndex, stageIndex),
      reverse: buildFactors(lineFactors('reverse_factor'), stages, lineIndex, stageIndex),
    },
    sourceFactors: buildFactors(sourceFactors, stages, sourceIndex, stageIndex),
    availability: statistics.availability,
    stochasticLoadBuses: randomBuses,
    stochasticSources: randomSources,
    correlation: buildCorrelation(data.correlation, stages, noise, report),
    noiseOpenings: buildNoiseOpenings(
      data.noiseOpenings,
      stages,
      hydros.length + randomBuses.length + randomSources.length,
    ),
    ...buildExternal(data, index, statistics),
  };
}
