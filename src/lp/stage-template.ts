import type { Block, DeficitSegment, Stage, Study } from '../case/study.js';
import { costScale } from './cost-scale.js';

/** m3/s kept up for an hour, in hm3: 3600 s/h over 1e6 m3/hm3. */
export const HM3_PER_M3S_HOUR = 0.0036;

/** Where a quantity's columns or rows start, or -1 where the stage has none. */
export type Start = number;

/**
 * Column and row positions of one stage's linear program. Per-block groups are entity-major:
 * `start + entity * blocks + block`. Slack columns and their rows exist only for entities that need them; their
 * position is found through an index array (-1: none).
 */
export interface StageLayout {
  readonly blocks: number;
  readonly hydros: number;
  readonly thermals: number;
  readonly lines: number;
  readonly buses: number;
  readonly columns: number;
  /** Rows without cuts. */
  readonly rows: number;
  // Columns.
  /** Incoming storage, fixed by its bounds: its reduced cost is the cut's gradient. */
  readonly storageIn: Start;
  readonly storage: Start;
  /** Cost-to-go. */
  readonly theta: number;
  readonly turbined: Start;
  readonly spilled: Start;
  readonly thermal: Start;
  readonly flowDirect: Start;
  readonly flowReverse: Start;
  /** First deficit column of each bus; segments follow each other, `+ segment * blocks + block`. */
  readonly deficit: Int32Array;
  readonly excess: Start;
  /** First column of the slack of each hydro, or -1. Per block but for the last two. */
  readonly turbinedBelow: Int32Array;
  readonly outflowBelow: Int32Array;
  readonly outflowAbove: Int32Array;
  readonly generationBelow: Int32Array;
  readonly storageBelow: Int32Array;
  readonly inflowSlack: Int32Array;
  // Rows.
  /** Water balance of each hydro, then load balance of each (bus, block): the rows whose right-hand side is random. */
  readonly waterBalance: Start;
  readonly loadBalance: Start;
  /** Number of those random rows; they come first. */
  readonly randomRows: number;
}

/** One stage's linear program without cuts, column-wise, costs scaled by `costScale`. */
export interface StageTemplate {
  readonly stage: number;
  readonly layout: StageLayout;
  /** What costs in $ are multiplied by in this program; the same at all stages of a study. */
  readonly costScale: number;
  readonly cost: Float64Array;
  readonly columnLower: Float64Array;
  readonly columnUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
  /** hm3 per m3/s over the whole stage. */
  readonly volumePerFlow: number;
  /** First column of the next stage's openings' own costs-to-go, where they have some (`withOpeningThetas`). */
  readonly openingThetas?: Start;
}

/** Collects columns and rows with names in the order they are added, then turns them into arrays. */
class ModelBuilder {
  readonly cost: number[] = [];
  readonly columnLower: number[] = [];
  readonly columnUpper: number[] = [];
  readonly rowLower: number[] = [];
  readonly rowUpper: number[] = [];
  readonly #entries: [row: number, value: number][][] = [];

  constructor(private readonly costScale: number) {}

  column(lower: number, upper: number, cost: number): number {
    this.columnLower.push(lower);
    this.columnUpper.push(upper);
    this.cost.push(cost * this.costScale);
    return this.#entries.push([]) - 1;
  }

  row(lower: number, upper: number): number {
    this.rowLower.push(lower);
    return this.rowUpper.push(upper) - 1;
  }

  /** Adds to a coefficient: a line from a bus to itself meets the same balance twice. */
  entry(row: number, column: number, value: number): void {
    const entries = this.#entries[column];
    const same = entries.find((entry) => entry[0] === row);
    if (same === undefined) entries.push([row, value]);
    else same[1] += value;
  }

  matrix(): { start: Int32Array; index: Int32Array; value: Float64Array } {
    const entries = this.#entries.map((column) => column.filter(([, value]) => value !== 0));
    const start = new Int32Array(entries.length + 1);
    for (let c = 0; c < entries.length; c++) start[c + 1] = start[c] + entries[c].length;
    const index = new Int32Array(start[entries.length]);
    const value = new Float64Array(index.length);
    for (let c = 0, at = 0; c < entries.length; c++) {
      for (const [row, v] of entries[c].sort((a, b) => a[0] - b[0])) {
        index[at] = row;
        value[at++] = v;
      }
    }
    return { start, index, value };
  }
}

/** The deficit segments' columns of a bus: bounded by their depth, the last one without bound. */
function addDeficit(model: ModelBuilder, segments: readonly DeficitSegment[], blocks: readonly Block[]): number {
  let first = -1;
  for (const segment of segments) {
    for (const block of blocks) {
      const column = model.column(0, segment.depthMw ?? Infinity, segment.cost * block.hours);
      if (first < 0) first = column;
    }
  }
  return first;
}

/**
 * Builds the linear program of stage `t`: dispatch cost plus discounted cost-to-go, minimised over storages [hm3],
 * flows [m3/s], generation and exchange [MW], with parallel blocks. Bounds that nature may make unreachable
 * (minimum storage, turbined flow, outflow and generation, maximum outflow) are soft, at the penalties of the case.
 * Source: the specification's math/lp-formulation.md, sections 2 to 9.
 */
export function buildStageTemplate(study: Study, t: number): StageTemplate {
  const stage = study.stages[t] as Stage;
  const last = t === study.stages.length - 1;
  const { hydros, thermals, lines, buses } = study;
  const { blocks } = stage;
  const K = blocks.length;
  const scale = costScale(study);
  const model = new ModelBuilder(scale);
  const none = () => new Int32Array(hydros.length).fill(-1);
  /** One column per block for each of some hydros. */
  const perBlock = (h: number, into: Int32Array, price: number) => {
    into[h] = model.cost.length;
    for (const block of blocks) model.column(0, Infinity, price * block.hours);
  };

  const storageIn = model.cost.length;
  for (let h = 0; h < hydros.length; h++) model.column(0, 0, 0);
  const storage = model.cost.length;
  for (const hydro of hydros) model.column(0, hydro.maxStorage, 0);
  // No future after the last stage: fixing theta there keeps one layout for all stages.
  // It counts scaled costs already, hence the division (exact: the scale is a power of two).
  const theta = model.column(0, last ? 0 : Infinity, stage.discount / scale);
  const turbined = model.cost.length;
  for (const hydro of hydros) {
    const byGeneration = hydro.productivity > 0 ? hydro.maxGeneration / hydro.productivity : Infinity;
    for (let k = 0; k < K; k++) model.column(0, Math.min(hydro.maxTurbined, byGeneration), 0);
  }
  const spilled = model.cost.length;
  for (const hydro of hydros) for (const b of blocks) model.column(0, Infinity, hydro.penalties.spillage * b.hours);
  const thermal = model.cost.length;
  for (const plant of thermals) for (const b of blocks) model.column(plant.minMw, plant.maxMw, plant.cost * b.hours);
  const flowDirect = model.cost.length;
  for (const line of lines) for (const b of blocks) model.column(0, line.directMw, line.exchangeCost * b.hours);
  const flowReverse = model.cost.length;
  for (const line of lines) for (const b of blocks) model.column(0, line.reverseMw, line.exchangeCost * b.hours);
  const deficit = new Int32Array(buses.length);
  buses.forEach((bus, b) => {
    deficit[b] = addDeficit(model, bus.deficitSegments, blocks);
  });
  const excess = model.cost.length;
  for (const bus of buses) for (const b of blocks) model.column(0, Infinity, bus.excessCost * b.hours);

  const turbinedBelow = none();
  const outflowBelow = none();
  const outflowAbove = none();
  const generationBelow = none();
  const storageBelow = none();
  const inflowSlack = none();
  hydros.forEach((hydro, h) => {
    const p = hydro.penalties;
    if (hydro.minTurbined > 0) perBlock(h, turbinedBelow, p.turbinedViolationBelow);
    if (hydro.minOutflow > 0) perBlock(h, outflowBelow, p.outflowViolationBelow);
    if (hydro.maxOutflow !== null) perBlock(h, outflowAbove, p.outflowViolationAbove);
    if (hydro.minGeneration > 0) perBlock(h, generationBelow, p.generationViolationBelow);
    if (hydro.minStorage > 0) storageBelow[h] = model.column(0, hydro.minStorage, p.storageViolationBelow);
    if (study.config.inflowNonNegativity === 'penalty') {
      inflowSlack[h] = model.column(0, Infinity, p.inflowNonNegativity * stage.hours);
    }
  });

  const volumePerFlow = HM3_PER_M3S_HOUR * stage.hours;
  const waterBalance = model.rowLower.length;
  for (let h = 0; h < hydros.length; h++) model.row(0, 0);
  const loadBalance = model.rowLower.length;
  for (let b = 0; b < buses.length; b++) for (let k = 0; k < K; k++) model.row(0, 0);
  const randomRows = model.rowLower.length;

  hydros.forEach((hydro, h) => {
    const row = waterBalance + h;
    model.entry(row, storage + h, 1);
    model.entry(row, storageIn + h, -1);
    if (inflowSlack[h] >= 0) model.entry(row, inflowSlack[h], -volumePerFlow);
    for (let k = 0; k < K; k++) {
      const volume = HM3_PER_M3S_HOUR * blocks[k].hours;
      const q = turbined + h * K + k;
      const s = spilled + h * K + k;
      model.entry(row, q, volume);
      model.entry(row, s, volume);
      if (hydro.downstream !== null) {
        model.entry(waterBalance + hydro.downstream, q, -volume);
        model.entry(waterBalance + hydro.downstream, s, -volume);
      }
      model.entry(loadBalance + hydro.bus * K + k, q, hydro.productivity);
      if (outflowBelow[h] >= 0) {
        const bound = model.row(hydro.minOutflow, Infinity);
        model.entry(bound, q, 1);
        model.entry(bound, s, 1);
        model.entry(bound, outflowBelow[h] + k, 1);
      }
      if (outflowAbove[h] >= 0) {
        const bound = model.row(-Infinity, hydro.maxOutflow as number);
        model.entry(bound, q, 1);
        model.entry(bound, s, 1);
        model.entry(bound, outflowAbove[h] + k, -1);
      }
      if (turbinedBelow[h] >= 0) {
        const bound = model.row(hydro.minTurbined, Infinity);
        model.entry(bound, q, 1);
        model.entry(bound, turbinedBelow[h] + k, 1);
      }
      if (generationBelow[h] >= 0) {
        const bound = model.row(hydro.minGeneration, Infinity);
        model.entry(bound, q, hydro.productivity);
        model.entry(bound, generationBelow[h] + k, 1);
      }
    }
    if (storageBelow[h] >= 0) {
      const bound = model.row(hydro.minStorage, Infinity);
      model.entry(bound, storage + h, 1);
      model.entry(bound, storageBelow[h], 1);
    }
  });

  for (let k = 0; k < K; k++) {
    thermals.forEach((plant, j) => {
      model.entry(loadBalance + plant.bus * K + k, thermal + j * K + k, 1);
    });
    lines.forEach((line, l) => {
      // Such a line carries nothing: net of itself it would only burn its losses, and a row takes a column once.
      if (line.sourceBus === line.targetBus) return;
      const delivered = 1 - line.lossesPercent / 100;
      const direct = flowDirect + l * K + k;
      const reverse = flowReverse + l * K + k;
      model.entry(loadBalance + line.sourceBus * K + k, direct, -1);
      model.entry(loadBalance + line.targetBus * K + k, direct, delivered);
      model.entry(loadBalance + line.targetBus * K + k, reverse, -1);
      model.entry(loadBalance + line.sourceBus * K + k, reverse, delivered);
    });
    buses.forEach((bus, b) => {
      const row = loadBalance + b * K + k;
      bus.deficitSegments.forEach((_, s) => {
        model.entry(row, deficit[b] + s * K + k, 1);
      });
      model.entry(row, excess + b * K + k, -1);
    });
  }

  return {
    stage: t,
    layout: {
      blocks: K,
      hydros: hydros.length,
      thermals: thermals.length,
      lines: lines.length,
      buses: buses.length,
      columns: model.cost.length,
      rows: model.rowLower.length,
      storageIn,
      storage,
      theta,
      turbined,
      spilled,
      thermal,
      flowDirect,
      flowReverse,
      deficit,
      excess,
      turbinedBelow,
      outflowBelow,
      outflowAbove,
      generationBelow,
      storageBelow,
      inflowSlack,
      waterBalance,
      loadBalance,
      randomRows,
    },
    costScale: scale,
    cost: Float64Array.from(model.cost),
    columnLower: Float64Array.from(model.columnLower),
    columnUpper: Float64Array.from(model.columnUpper),
    rowLower: Float64Array.from(model.rowLower),
    rowUpper: Float64Array.from(model.rowUpper),
    ...model.matrix(),
    volumePerFlow,
  };
}
