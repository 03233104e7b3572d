import highsModule from 'highs';
import type { Study } from '#cobre/case/study';
import type { RealisedOpenings } from '#cobre/stochastic/realise';

// The package's types describe its CommonJS face; as an ES module its default export is the loader itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** hm3 that a flow of 1 m3/s brings in an hour. */
const HM3_PER_M3S_HOUR = 3600 / 1e6;
const MAX_NODES = 20_000;
const TOLERANCE = 1e-9;

export interface DeterministicEquivalent {
  /** Least expected cost, discounted to stage 0 [$]. */
  readonly cost: number;
  readonly nodes: number;
}

/** A linear program that grows by columns and rows, in the row-wise form that HiGHS takes. */
class LinearProgram {
  readonly cost: number[] = [];
  readonly columnLower: number[] = [];
  readonly columnUpper: number[] = [];
  readonly rowLower: number[] = [];
  readonly rowUpper: number[] = [];
  readonly starts: number[] = [0];
  readonly indices: number[] = [];
  readonly values: number[] = [];

  variable(lower: number, upper: number, cost = 0): number {
    this.columnLower.push(lower);
    this.columnUpper.push(upper);
    this.cost.push(cost);
    return this.cost.length - 1;
  }

  constraint(lower: number, upper: number, terms: readonly (readonly [column: number, factor: number])[]): void {
    const byColumn = new Map<number, number>();
    for (const [column, factor] of terms) byColumn.set(column, (byColumn.get(column) ?? 0) + factor);
    for (const [column, factor] of byColumn) {
      this.indices.push(column);
      this.values.push(factor);
    }
    this.starts.push(this.indices.length);
    this.rowLower.push(lower);
    this.rowUpper.push(upper);
  }
}

/** A point of the scenario tree: a stage, the opening seen there, and the storages its predecessor left. */
interface Node {
  readonly stage: number;
  readonly opening: number;
  /** Product of the openings' probabilities and of the discounts up to here. */
  readonly weight: number;
  /** Columns of the storages at the end of the predecessor's stage, or `null` at stage 0. */
  readonly storageBefore: readonly number[] | null;
}

/**
 * The whole scenario tree of a study as one linear program: a node for each history of openings, all openings of a
 * stage equally probable, the first stage's as well. Solves it and returns the least expected cost or, where stages have
 * a risk measure, the least nested risk-adjusted one.
 */
export async function solveDeterministicEquivalent(
  study: Study,
  openings: RealisedOpenings,
): Promise<DeterministicEquivalent> {
  if (study.stages.some(({ cvar }) => cvar !== null)) return solveNested(study, openings);
  const program = new LinearProgram();
  let nodes = 0;
  const pending: Node[] = branches(study, 0, 1, null);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes += 1;
    if (nodes > MAX_NODES) throw new Error(`the scenario tree has more than ${MAX_NODES} nodes`);
    const storage = addNode(program, study, openings, node);
    const next = node.stage + 1;
    if (next < study.stages.length) {
      pending.push(...branches(study, next, node.weight * study.stages[node.stage].discount, storage));
    }
  }
  return { cost: await solve(program), nodes };
}

/**
 * The tree with a column for what each node costs with all that follows, and one for what the measure of a stage makes of
 * the nodes that share a predecessor. CVaR by its definition as a minimum (Rockafellar and Uryasev, 2000):
 * `v + E (cost - v)+ / alpha`.
 */
async function solveNested(study: Study, openings: RealisedOpenings): Promise<DeterministicEquivalent> {
  const program = new LinearProgram();
  let nodes = 0;
  let unit = 0;
  const group = (stage: number, storageBefore: readonly number[] | null): number => {
    const { cvar } = study.stages[stage];
    const children = branches(study, stage, 1, storageBefore).map((node) => {
      nodes += 1;
      if (nodes > MAX_NODES) throw new Error(`the scenario tree has more than ${MAX_NODES} nodes`);
      const from = program.cost.length;
      const storage = addNode(program, study, openings, { ...node, weight: 1 });
      if (unit === 0) unit = costUnit(program);
      const terms: [number, number][] = [];
      for (let c = from; c < program.cost.length; c++) {
        if (program.cost[c] !== 0) terms.push([c, program.cost[c] / unit]);
        program.cost[c] = 0;
      }
      if (stage + 1 < study.stages.length) terms.push([group(stage + 1, storage), study.stages[stage].discount]);
      const total = program.variable(-Infinity, Infinity);
      program.constraint(0, 0, [...terms, [total, -1]]);
      return total;
    });
    const n = children.length;
    const { alpha, lambda } = cvar ?? { alpha: 1, lambda: 0 };
    const result = program.variable(-Infinity, Infinity);
    const terms: [number, number][] = [[result, -1]];
    for (const child of children) terms.push([child, (1 - lambda) / n]);
    if (lambda > 0) {
      const threshold = program.variable(-Infinity, Infinity);
      terms.push([threshold, lambda]);
      for (const child of children) {
        const excess = program.variable(0, Infinity);
        terms.push([excess, lambda / (alpha * n)]);
        program.constraint(0, Infinity, [
          [excess, 1],
          [child, -1],
          [threshold, 1],
        ]);
      }
    }
    program.constraint(0, 0, terms);
    return result;
  };
  program.cost[group(0, null)] = 1;
  return { cost: (await solve(program)) * unit, nodes };
}

function branches(study: Study, stage: number, weight: number, storageBefore: readonly number[] | null): Node[] {
  const count = study.stages[stage].openings;
  return Array.from({ length: count }, (_, opening) => ({ stage, opening, weight: weight / count, storageBefore }));
}

/** Adds the variables and constraints of one node; returns the columns of its final storages. */
function addNode(program: LinearProgram, study: Study, openings: RealisedOpenings, node: Node): readonly number[] {
  const stage = study.stages[node.stage];
  const inflow = (h: number) => openings.inflow[node.stage][node.opening * study.hydros.length + h];
  const load = (b: number) => openings.load[node.stage][node.opening * study.buses.length + b];
  const price = (cost: number) => node.weight * cost;

  // Reservoirs: what holds for the stage as a whole.
  const storage = study.hydros.map((hydro) => program.variable(0, hydro.maxStorage));
  const bought = study.hydros.map((hydro) =>
    study.config.inflowNonNegativity === 'penalty'
      ? program.variable(0, Infinity, price(hydro.penalties.inflowNonNegativity * stage.hours))
      : null,
  );
  study.hydros.forEach((hydro, h) => {
    const missing = program.variable(0, hydro.minStorage, price(hydro.penalties.storageViolationBelow));
    program.constraint(hydro.minStorage, Infinity, [
      [storage[h], 1],
      [missing, 1],
    ]);
  });

  // Water that enters (+) or leaves (-) each reservoir through rivers and plants [hm3].
  const water: [number, number][][] = study.hydros.map(() => []);
  stage.blocks.forEach((block, k) => {
    const hourly = (cost: number) => price(cost * block.hours);
    const slack = (cost: number) => program.variable(0, Infinity, hourly(cost));
    // Terms of each bus's balance [MW].
    const power: [number, number][][] = study.buses.map(() => []);

    study.hydros.forEach((hydro, h) => {
      const byPower = hydro.productivity > 0 ? hydro.maxGeneration / hydro.productivity : Infinity;
      const turbined = program.variable(0, Math.min(hydro.maxTurbined, byPower));
      const spilled = program.variable(0, Infinity, hourly(hydro.penalties.spillage));
      const volume = HM3_PER_M3S_HOUR * block.hours;
      water[h].push([turbined, -volume], [spilled, -volume]);
      if (hydro.downstream !== null) water[hydro.downstream].push([turbined, volume], [spilled, volume]);
      power[hydro.bus].push([turbined, hydro.productivity]);
      program.constraint(hydro.minTurbined, Infinity, [
        [turbined, 1],
        [slack(hydro.penalties.turbinedViolationBelow), 1],
      ]);
      program.constraint(hydro.minGeneration, Infinity, [
        [turbined, hydro.productivity],
        [slack(hydro.penalties.generationViolationBelow), 1],
      ]);
      program.constraint(hydro.minOutflow, Infinity, [
        [turbined, 1],
        [spilled, 1],
        [slack(hydro.penalties.outflowViolationBelow), 1],
      ]);
      if (hydro.maxOutflow !== null) {
        program.constraint(-Infinity, hydro.maxOutflow, [
          [turbined, 1],
          [spilled, 1],
          [slack(hydro.penalties.outflowViolationAbove), -1],
        ]);
      }
    });

    for (const thermal of study.thermals) {
      power[thermal.bus].push([program.variable(thermal.minMw, thermal.maxMw, hourly(thermal.cost)), 1]);
    }
    for (const line of study.lines) {
      // From a bus to itself there is nothing to carry.
      if (line.sourceBus === line.targetBus) continue;
      const arriving = 1 - line.lossesPercent / 100;
      const direct = program.variable(0, line.directMw, hourly(line.exchangeCost));
      const reverse = program.variable(0, line.reverseMw, hourly(line.exchangeCost));
      power[line.sourceBus].push([direct, -1], [reverse, arriving]);
      power[line.targetBus].push([direct, arriving], [reverse, -1]);
    }
    study.buses.forEach((bus, b) => {
      for (const segment of bus.deficitSegments) {
        power[b].push([program.variable(0, segment.depthMw ?? Infinity, hourly(segment.cost)), 1]);
      }
      power[b].push([slack(bus.excessCost), -1]);
      const demand = load(b) * study.loadFactors[node.stage][b * stage.blocks.length + k];
      program.constraint(demand, demand, power[b]);
    });
  });

  // Final storage - initial storage - flows of plants - bought water = natural inflow.
  study.hydros.forEach((_, h) => {
    const stageVolume = HM3_PER_M3S_HOUR * stage.hours;
    const terms: [number, number][] = [[storage[h], 1]];
    for (const [column, volume] of water[h]) terms.push([column, -volume]);
    const made = bought[h];
    if (made !== null) terms.push([made, -stageVolume]);
    let known = stageVolume * inflow(h);
    if (node.storageBefore === null) known += study.initialStorage[h];
    else terms.push([node.storageBefore[h], -1]);
    program.constraint(known, known, terms);
  });
  return storage;
}

/** Geometric mean of the positive costs: counted in it, costs lie around 1, where tolerances are made for. */
function costUnit({ cost }: LinearProgram): number {
  const logs = cost.filter((value) => value > 0).map(Math.log);
  return logs.length === 0 ? 1 : Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Minimum of the program [$]; throws when HiGHS does not prove an optimum. */
async function solve(program: LinearProgram): Promise<number> {
  const highs = await loadHighs();
  const numCols = program.cost.length;
  const numRows = program.rowLower.length;
  const unit = costUnit(program);
  const model = highs.createModel({
    numCols,
    numRows,
    colCost: program.cost.map((cost) => cost / unit),
    colLower: program.columnLower,
    colUpper: program.columnUpper,
    rowLower: program.rowLower,
    rowUpper: program.rowUpper,
    matrix: {
      format: 'csr',
      numRows,
      numCols,
      starts: program.starts,
      indices: program.indices,
      values: program.values,
    },
  });
  try {
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: TOLERANCE,
      dual_feasibility_tolerance: TOLERANCE,
    });
    model.run();
    const status = model.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal) throw new Error(`deterministic equivalent: status ${status}`);
    return model.getObjectiveValue() * unit;
  } finally {
    model.dispose();
  }
}
