import type { Study } from '../case/study.js';
import { COUNTER_SIZE } from '../lp/solver-counters.js';
import type { GenericSlacks, ScenarioResult } from './outcome.js';
import type { StageProblems } from './stage-problems.js';

/**
 * A scenario in which nothing has happened yet, with what is the same in all scenarios filled in.
 * @param rows number of (stage, block) rows
 */
export function blankScenario(study: Study, problems: StageProblems, rows: number): ScenarioResult {
  const { hydros, thermals, lines, buses, contracts, pumps, sources, stages } = study;
  const byRow = (entities: readonly unknown[]) => new Float64Array(rows * entities.length);
  const byStage = () => new Float64Array(stages.length * hydros.length);
  const evaporation = byStage();
  const productivity = byStage();
  stages.forEach((_, t) => {
    const { production, evaporation: losing } = problems.parts[t];
    hydros.forEach((__, h) => {
      const made = production[h];
      const at = t * hydros.length + h;
      productivity[at] = made.kind === 'constant' ? made.productivity : Number.NaN;
      // Of a modelled reservoir that is not there nothing evaporates.
      evaporation[at] = losing[h] === null ? Number.NaN : 0;
    });
  });
  return {
    scenario: 0,
    totalCost: 0,
    immediateCost: new Float64Array(stages.length),
    futureCost: new Float64Array(stages.length),
    turbined: byRow(hydros),
    spilled: byRow(hydros),
    diverted: byRow(hydros),
    generation: byRow(hydros),
    turbinedBelow: byRow(hydros),
    outflowBelow: byRow(hydros),
    outflowAbove: byRow(hydros),
    generationBelow: byRow(hydros),
    planesBelow: byRow(hydros),
    waterValue: byRow(hydros),
    inflow: byStage(),
    inflowSlack: byStage(),
    storageInitial: byStage(),
    storageFinal: byStage(),
    storageBelow: byStage(),
    evaporation,
    evaporationBelow: byStage(),
    evaporationAbove: byStage(),
    withdrawalBelow: byStage(),
    withdrawalAbove: byStage(),
    fillingBelow: byStage(),
    productivity,
    memory: new Float64Array(stages.length * problems.inflow.memory),
    thermalGeneration: byRow(thermals),
    flowDirect: byRow(lines),
    flowReverse: byRow(lines),
    load: byRow(buses),
    deficit: byRow(buses),
    deficitCost: byRow(buses),
    excess: byRow(buses),
    spotPrice: byRow(buses),
    contractPower: byRow(contracts),
    pumped: byRow(pumps),
    sourceAvailable: byRow(sources),
    sourceGeneration: byRow(sources),
    sourceCurtailed: byRow(sources),
    generic: blankGeneric(problems),
    solver: new Float64Array(stages.length * COUNTER_SIZE),
  };
}

function blankGeneric({ templates }: StageProblems): GenericSlacks {
  const first = new Int32Array(templates.length + 1);
  templates.forEach(({ layout }, t) => {
    first[t + 1] = first[t] + layout.generic.length;
  });
  const rows = templates.flatMap(({ layout }) => layout.generic);
  return {
    first,
    constraint: Int32Array.from(rows, ({ constraint }) => constraint),
    block: Int32Array.from(rows, ({ block }) => block),
    below: new Float64Array(rows.length),
    above: new Float64Array(rows.length),
  };
}
