import type { Study } from '../case/study.js';
import type { StageSolver } from '../lp/stage-solver.js';
import type { ScenarioResult } from './outcome.js';
import type { RightHandSides } from './right-hand-sides.js';
import type { StageProblems } from './stage-problems.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Collects what a scenario's stages decided, in physical units, into one `ScenarioResult`: always the same one. Arrays of
 * their own for each scenario would live just long enough to be expensive garbage, and make the heap grow.
 */
export class ScenarioRecorder {
  readonly #study: Study;
  readonly #problems: StageProblems;
  /** First (stage, block) row of each stage, and their number. */
  readonly #firstRow: number[] = [];
  readonly #rows: number;
  readonly #result: Writable<ScenarioResult>;

  constructor(study: Study, problems: StageProblems) {
    this.#study = study;
    this.#problems = problems;
    let rows = 0;
    for (const stage of study.stages) {
      this.#firstRow.push(rows);
      rows += stage.blocks.length;
    }
    this.#rows = rows;
    this.#result = this.#blank();
  }

  #blank(): Writable<ScenarioResult> {
    const { hydros, thermals, lines, buses, stages } = this.#study;
    const byRow = (entities: readonly unknown[]) => new Float64Array(this.#rows * entities.length);
    const byStage = () => new Float64Array(stages.length * hydros.length);
    return {
      scenario: 0,
      totalCost: 0,
      immediateCost: new Float64Array(stages.length),
      futureCost: new Float64Array(stages.length),
      turbined: byRow(hydros),
      spilled: byRow(hydros),
      turbinedBelow: byRow(hydros),
      outflowBelow: byRow(hydros),
      outflowAbove: byRow(hydros),
      generationBelow: byRow(hydros),
      inflow: byStage(),
      inflowSlack: byStage(),
      storageInitial: byStage(),
      storageFinal: byStage(),
      storageBelow: byStage(),
      waterValue: byStage(),
      thermalGeneration: byRow(thermals),
      flowDirect: byRow(lines),
      flowReverse: byRow(lines),
      load: byRow(buses),
      deficit: byRow(buses),
      deficitCost: byRow(buses),
      excess: byRow(buses),
      spotPrice: byRow(buses),
    };
  }

  /** Takes over stage `t` from the solver's last solve; `state` is the storage the stage began with. */
  record(t: number, rights: RightHandSides, state: Float64Array, solver: StageSolver, immediate: number): void {
    const { layout } = solver;
    const result = this.#result;
    const x = solver.columnValues;
    const K = layout.blocks;
    const row = this.#firstRow[t];
    result.immediateCost[t] = immediate;
    result.futureCost[t] = solver.futureCost;

    const perBlock = (into: Float64Array, entities: number, start: number) => {
      for (let e = 0; e < entities; e++) {
        for (let k = 0; k < K; k++) into[(row + k) * entities + e] = x[start + e * K + k];
      }
    };
    const slackPerBlock = (into: Float64Array, start: Int32Array) => {
      for (let h = 0; h < layout.hydros; h++) {
        if (start[h] < 0) continue;
        for (let k = 0; k < K; k++) into[(row + k) * layout.hydros + h] = x[start[h] + k];
      }
    };
    perBlock(result.turbined, layout.hydros, layout.turbined);
    perBlock(result.spilled, layout.hydros, layout.spilled);
    slackPerBlock(result.turbinedBelow, layout.turbinedBelow);
    slackPerBlock(result.outflowBelow, layout.outflowBelow);
    slackPerBlock(result.outflowAbove, layout.outflowAbove);
    slackPerBlock(result.generationBelow, layout.generationBelow);
    perBlock(result.thermalGeneration, layout.thermals, layout.thermal);
    perBlock(result.flowDirect, layout.lines, layout.flowDirect);
    perBlock(result.flowReverse, layout.lines, layout.flowReverse);
    perBlock(result.excess, layout.buses, layout.excess);
    this.#recordReservoirs(t, rights, state, solver, x);
    this.#recordBuses(t, rights, solver, x);
  }

  #recordReservoirs(
    t: number,
    rights: RightHandSides,
    state: Float64Array,
    solver: StageSolver,
    x: Float64Array,
  ): void {
    const { layout } = solver;
    const H = layout.hydros;
    const result = this.#result;
    const dual = solver.rowDuals;
    const { costScale } = this.#problems.templates[t];
    for (let h = 0; h < H; h++) {
      const at = t * H + h;
      result.inflow[at] = rights.inflow(t, h);
      if (layout.inflowSlack[h] >= 0) result.inflowSlack[at] = x[layout.inflowSlack[h]];
      result.storageInitial[at] = state[h];
      result.storageFinal[at] = x[layout.storage + h];
      if (layout.storageBelow[h] >= 0) result.storageBelow[at] = x[layout.storageBelow[h]];
      result.waterValue[at] = dual[layout.waterBalance + h * layout.waterRows] / costScale;
    }
    if (layout.inflowRow >= 0) solver.readInflow(result.inflow, t * H);
  }

  #recordBuses(t: number, rights: RightHandSides, solver: StageSolver, x: Float64Array): void {
    const { layout } = solver;
    const { buses: B, blocks: K } = layout;
    const result = this.#result;
    const dual = solver.rowDuals;
    const { costScale } = this.#problems.templates[t];
    const rhs = rights.data;
    const loads = rights.offset + layout.loadBalance;
    const { blocks } = this.#study.stages[t];
    this.#study.buses.forEach((bus, b) => {
      for (let k = 0; k < K; k++) {
        const at = (this.#firstRow[t] + k) * B + b;
        result.load[at] = rhs[loads + b * K + k];
        let deficit = 0;
        let deficitCost = 0;
        bus.deficitSegments.forEach((segment, s) => {
          const power = x[layout.deficit[b] + s * K + k];
          deficit += power;
          deficitCost += power * segment.cost * blocks[k].hours;
        });
        result.deficit[at] = deficit;
        result.deficitCost[at] = deficitCost;
        result.spotPrice[at] = dual[layout.loadBalance + b * K + k] / costScale / blocks[k].hours;
      }
    });
  }

  /** The scenario whose stages were recorded; the next one takes its place. */
  finish(scenario: number, totalCost: number): ScenarioResult {
    const result = this.#result;
    result.scenario = scenario;
    result.totalCost = totalCost;
    return result;
  }
}
