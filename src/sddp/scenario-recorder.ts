import type { Study } from '../case/study.js';
import { COUNTER_SIZE, packCounters, type SolverCounters } from '../lp/solver-counters.js';
import type { StageLayout } from '../lp/stage-layout.js';
import type { StageSolver } from '../lp/stage-solver.js';
import type { HeadFollower } from './head-follower.js';
import type { ScenarioResult } from './outcome.js';
import type { RightHandSides } from './right-hand-sides.js';
import { blankScenario } from './scenario-blank.js';
import type { StageProblems } from './stage-problems.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Collects what a scenario's stages decided, in physical units, into one `ScenarioResult`: always the same one. Arrays of
 * their own for each scenario would live just long enough to be expensive garbage, and make the heap grow.
 */
export class ScenarioRecorder {
  readonly #problems: StageProblems;
  /** Durations of the blocks of each stage [h]. */
  readonly #hours: readonly (readonly number[])[];
  /** First (stage, block) row of each stage. */
  readonly #firstRow: number[] = [];
  readonly #result: Writable<ScenarioResult>;
  /** What the solvers have done by stage, and had done when the stage was recorded last. */
  readonly #counters: readonly SolverCounters[];
  readonly #counted: Float64Array;

  constructor(study: Study, problems: StageProblems, counters: readonly SolverCounters[]) {
    this.#problems = problems;
    this.#counters = counters;
    this.#counted = new Float64Array(problems.stages * COUNTER_SIZE);
    this.#hours = study.stages.map(({ blocks }) => blocks.map(({ hours }) => hours));
    let rows = 0;
    for (const stage of study.stages) {
      this.#firstRow.push(rows);
      rows += stage.blocks.length;
    }
    this.#result = blankScenario(study, problems, rows);
  }

  /**
   * Takes over stage `t` from the solver's last solve; `state` is the state the stage began with, which productivities may
   * follow (`heads`).
   */
  record(
    t: number,
    rights: RightHandSides,
    state: Float64Array,
    solver: StageSolver,
    immediate: number,
    heads: HeadFollower | null = null,
  ): void {
    const { layout } = solver;
    const result = this.#result;
    const x = solver.columnValues;
    result.immediateCost[t] = immediate;
    result.futureCost[t] = solver.futureCost;
    heads?.write(t, state, result.productivity, t * layout.hydros);
    this.#recordRows(t, rights, layout, x);
    this.#recordPlants(t, layout, x, solver.rowDuals);
    this.#recordReservoirs(t, rights, state, layout, x);
    if (layout.inflowRow >= 0) solver.readInflow(result.inflow, t * layout.hydros);
    this.#recordBuses(t, layout, x, solver.rowDuals);
    this.#recordGeneric(t, layout, x);
    this.#recordSolver(t);
  }

  /** What stands in the program as it stands in the result: a value for each entity and block. */
  #recordRows(t: number, rights: RightHandSides, layout: StageLayout, x: Float64Array): void {
    const result = this.#result;
    const K = layout.blocks;
    const row = this.#firstRow[t];
    const perBlock = (into: Float64Array, entities: number, start: number, from = x) => {
      for (let e = 0; e < entities; e++) {
        for (let k = 0; k < K; k++) into[(row + k) * entities + e] = from[start + e * K + k];
      }
    };
    perBlock(result.turbined, layout.hydros, layout.turbined);
    perBlock(result.spilled, layout.hydros, layout.spilled);
    perBlock(result.thermalGeneration, layout.thermals, layout.thermal);
    perBlock(result.flowDirect, layout.lines, layout.flowDirect);
    perBlock(result.flowReverse, layout.lines, layout.flowReverse);
    perBlock(result.excess, layout.buses, layout.excess);
    perBlock(result.load, layout.buses, rights.offset + layout.loadBalance, rights.data);
    perBlock(result.contractPower, layout.contracts, layout.contract);
    perBlock(result.pumped, layout.pumps, layout.pump);
    perBlock(result.sourceGeneration, layout.sources, layout.source);
    perBlock(result.sourceCurtailed, layout.sources, layout.curtailed);
    perBlock(result.sourceAvailable, layout.sources, rights.offset + layout.sourceBalance, rights.data);
  }

  /** What only some plants have in each block, and what follows from it. */
  #recordPlants(t: number, layout: StageLayout, x: Float64Array, dual: Float64Array): void {
    const result = this.#result;
    const { hydros: H, blocks: K, waterRows } = layout;
    const row = this.#firstRow[t];
    const { production } = this.#problems.parts[t];
    const { costScale } = this.#problems.templates[t];
    const slackPerBlock = (into: Float64Array, start: Int32Array) => {
      for (let h = 0; h < H; h++) {
        if (start[h] < 0) continue;
        for (let k = 0; k < K; k++) into[(row + k) * H + h] = x[start[h] + k];
      }
    };
    slackPerBlock(result.diverted, layout.diverted);
    slackPerBlock(result.turbinedBelow, layout.turbinedBelow);
    slackPerBlock(result.outflowBelow, layout.outflowBelow);
    slackPerBlock(result.outflowAbove, layout.outflowAbove);
    slackPerBlock(result.generationBelow, layout.generationBelow);
    slackPerBlock(result.planesBelow, layout.planeSlack);
    slackPerBlock(result.generation, layout.generation);
    for (let h = 0; h < H; h++) {
      const made = production[h];
      for (let k = 0; k < K; k++) {
        const at = (row + k) * H + h;
        if (made.kind === 'constant') result.generation[at] = result.productivity[t * H + h] * result.turbined[at];
        const balance = layout.waterBalance + h * waterRows + (waterRows > 1 ? k : 0);
        result.waterValue[at] = dual[balance] / costScale;
      }
    }
  }

  #recordReservoirs(
    t: number,
    rights: RightHandSides,
    state: Float64Array,
    layout: StageLayout,
    x: Float64Array,
  ): void {
    const H = layout.hydros;
    const result = this.#result;
    for (let h = 0; h < H; h++) {
      const at = t * H + h;
      const once = (into: Float64Array, column: number) => {
        if (column >= 0) into[at] = x[column];
      };
      result.inflow[at] = rights.inflow(t, h);
      result.storageInitial[at] = state[h];
      result.storageFinal[at] = x[layout.storage + h];
      once(result.inflowSlack, layout.inflowSlack[h]);
      once(result.storageBelow, layout.storageBelow[h]);
      once(result.evaporation, layout.evaporation[h]);
      once(result.evaporationBelow, layout.evaporationBelow[h]);
      once(result.evaporationAbove, layout.evaporationAbove[h]);
      once(result.withdrawalBelow, layout.withdrawalBelow[h]);
      once(result.withdrawalAbove, layout.withdrawalAbove[h]);
      once(result.fillingBelow, layout.retentionBelow[h]);
      // At the end of its filling a reservoir may miss both: what it was to keep, and the storage it was to reach.
      if (layout.fillingBelow[h] >= 0) {
        const kept = layout.retentionBelow[h] >= 0 ? result.fillingBelow[at] : 0;
        result.fillingBelow[at] = kept + x[layout.fillingBelow[h]];
      }
    }
    for (let i = 0; i < layout.memory; i++) result.memory[t * layout.memory + i] = state[H + i];
  }

  #recordBuses(t: number, layout: StageLayout, x: Float64Array, dual: Float64Array): void {
    const { buses: B, blocks: K } = layout;
    const result = this.#result;
    const { costScale } = this.#problems.templates[t];
    const hours = this.#hours[t];
    this.#problems.systems[t].buses.forEach((bus, b) => {
      for (let k = 0; k < K; k++) {
        const at = (this.#firstRow[t] + k) * B + b;
        let deficit = 0;
        let deficitCost = 0;
        bus.deficitSegments.forEach((segment, s) => {
          const power = x[layout.deficit[b] + s * K + k];
          deficit += power;
          deficitCost += power * segment.cost * hours[k];
        });
        result.deficit[at] = deficit;
        result.deficitCost[at] = deficitCost;
        result.spotPrice[at] = dual[layout.loadBalance + b * K + k] / costScale / hours[k];
      }
    });
  }

  #recordGeneric(t: number, layout: StageLayout, x: Float64Array): void {
    const { first, below, above } = this.#result.generic;
    layout.generic.forEach((row, i) => {
      below[first[t] + i] = row.below < 0 ? 0 : x[row.below];
      above[first[t] + i] = row.above < 0 ? 0 : x[row.above];
    });
  }

  #recordSolver(t: number): void {
    const { solver } = this.#result;
    const first = t * COUNTER_SIZE;
    packCounters(this.#counters[t], solver, first);
    for (let i = first; i < first + COUNTER_SIZE; i++) {
      const now = solver[i];
      solver[i] = now - this.#counted[i];
      this.#counted[i] = now;
    }
  }

  /** The scenario whose stages were recorded; the next one takes its place. */
  finish(scenario: number, totalCost: number): ScenarioResult {
    const result = this.#result;
    result.scenario = scenario;
    result.totalCost = totalCost;
    return result;
  }
}
