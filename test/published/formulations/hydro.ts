/** Published hydrothermal problems in their own units and words; see ../README.md for the sources. */
import { type LatticeProblem, solveCycle, solveLattice } from './lattice.js';
import { equally, type Outcome, solveTree } from './tree-program.js';

/** "An introduction to SDDP.jl": one reservoir of 200, load 150, fuel at 50, 100 and 150. */
export const firstSteps = () =>
  solveTree<number>({
    initial: [200],
    stages: [0, 1, 2].map(() => equally(0, 50, 100)),
    node(p, stage, inflow, [before]) {
      const volume = p.variable(0, 200);
      const thermal = p.variable(0, Infinity, [50, 100, 150][stage]);
      const hydro = p.variable(0, Infinity);
      const spill = p.variable(0, Infinity);
      p.constraint(inflow, inflow, [
        [volume, 1],
        [before, -1],
        [hydro, 1],
        [spill, 1],
      ]);
      p.constraint(150, 150, [
        [hydro, 1],
        [thermal, 1],
      ]);
      return [volume];
    },
  });

/** FAST: a tank of 8, demand 6, fuel at 5; 6 of rain, then 2 or 10. The optimum is a cost. */
export const fastHydroThermal = () =>
  solveTree<number>({
    initial: [0],
    stages: [equally(6), equally(2, 10)],
    node(p, _, rain, [before]) {
      const level = p.variable(0, 8);
      const water = p.variable(0, Infinity);
      const fuel = p.variable(0, Infinity, 5);
      p.constraint(6, Infinity, [
        [fuel, 1],
        [water, 1],
      ]);
      p.constraint(-Infinity, rain, [
        [level, 1],
        [before, -1],
        [water, 1],
      ]);
      return [level];
    },
  });

interface Weather {
  readonly inflow: number;
  readonly demand: number;
}

/** A reservoir between `min` and `max`, costs of spilling and of thermal generation by stage. */
function reservoir(
  bounds: { min: number; max: number; initial: number },
  spillCost: number,
  thermalCost: (stage: number) => number,
): LatticeProblem<Weather> {
  return {
    ...bounds,
    cost(stage, { inflow, demand }, from, to) {
      const released = from + inflow - to;
      if (released < 0) return Infinity;
      const generated = Math.min(released, demand);
      return spillCost * (released - generated) + thermalCost(stage) * (demand - generated);
    },
  };
}

/** The reservoir of SDDP.jl's infinite horizon example, in units of 2.5: 5 to 15 holding, 10 at first. */
const weekly = reservoir({ min: 2, max: 6, initial: 4 }, 10 * 2.5, () => 2.5);
const weeklyWeather = equally<Weather>({ inflow: 0, demand: 3 }, { inflow: 2, demand: 2 }, { inflow: 4, demand: 1 });

export const weeklyReservoir = (weeks: number): number =>
  solveLattice(
    weekly,
    Array.from({ length: weeks }, () => weeklyWeather),
  );

export const weeklyReservoirForever = (): number => solveCycle(weekly, [weeklyWeather], 0.9);

/** SDDP.jl's Hydro_thermal example, in units of 0.5: three seasons forever, fuel at 1, 2 and 3, spilling at 1. */
export function threeSeasons(): number {
  const weather = equally<Weather>({ inflow: 0, demand: 15 }, { inflow: 6, demand: 10 }, { inflow: 20, demand: 5 });
  const problem = reservoir({ min: 10, max: 30, initial: 20 }, 0.5, (stage) => 0.5 * (stage + 1));
  return solveCycle(problem, [weather, weather, weather], 0.95);
}

/** The first of these that happen are `(0, 0)`, which is all that does in the worst case and without uncertainty. */
const valleyInflows: readonly (readonly [number, number])[] = [
  [0, 0],
  [20, 0],
  [50, 20],
];

/** SDDP.jl's hydro valley without Markov prices; the optimum is a profit. */
export async function hydroValley(inflows: Outcome<readonly [number, number]>[]): Promise<number> {
  const flow = [50, 60, 70];
  const power = [55, 65, 70];
  const cost = await solveTree<readonly [number, number]>({
    initial: [200, 200],
    stages: [equally(valleyInflows[0]), inflows, inflows],
    node(p, stage, rain, before) {
      const price = [1, 2, 3][stage];
      const level = [0, 1].map(() => p.variable(0, 200));
      const spill = [0, 1].map(() => p.variable(0, Infinity, 1000));
      // Rain may be turned away.
      const inflow = [0, 1].map((r) => p.variable(0, rain[r]));
      const dispatch = [0, 1].map(() => flow.map((_, k) => p.variable(0, 1, -price * power[k])));
      const outflow = (r: number, sign: number) => dispatch[r].map((column, k) => [column, sign * flow[k]] as const);
      for (const r of [0, 1]) {
        p.constraint(
          -Infinity,
          1,
          dispatch[r].map((column) => [column, 1]),
        );
        p.constraint(0, 0, [
          [level[r], 1],
          [before[r], -1],
          [inflow[r], -1],
          [spill[r], 1],
          ...outflow(r, 1),
          ...(r === 1 ? [[spill[0], -1] as const, ...outflow(0, -1)] : []),
        ]);
      }
      return level;
    },
  });
  return -cost;
}

export const dryValley = () => hydroValley(equally(valleyInflows[0]));
export const randomValley = () => hydroValley(equally(...valleyInflows));

/** Line of HydroPowerModels' case3: where it leads, resistance and reactance, capacity [MW]. */
const CASE3_LINES = [
  { from: 0, to: 2, r: 0.065, x: 1, capacity: 100 },
  { from: 2, to: 1, r: 0.025, x: 0.5, capacity: 65 },
  { from: 0, to: 1, r: 0.042, x: 1, capacity: 25 },
];

/** HydroPowerModels' case3 with linear (DC) flow by voltage angles, one-hour stages, hm3 and m3/s. */
export const case3 = (inflows: readonly number[]) =>
  solveTree<number>({
    initial: [0.18],
    stages: inflows.map((inflow) => equally(inflow)),
    node(p, _, inflow, [before]) {
      const volume = p.variable(0, 0.54);
      const outflow = p.variable(0, 80);
      const spill = p.variable(0, Infinity);
      p.constraint(0.0036 * inflow, 0.0036 * inflow, [
        [volume, 1],
        [before, -1],
        [outflow, 0.0036],
        [spill, 1],
      ]);
      const angle = [0, 1, 2].map((bus) => (bus === 0 ? p.variable(0, 0) : p.variable(-Infinity, Infinity)));
      const balance: [number, number][][] = [
        [[outflow, 1]],
        [[p.variable(0, 100, 20), 1]],
        [[p.variable(0, 50, 100), 1]],
      ];
      for (const { from, to, r, x, capacity } of CASE3_LINES) {
        // 100 MW is 1 per unit.
        const flow = p.variable(-capacity, capacity);
        const susceptance = (100 * x) / (r * r + x * x);
        p.constraint(0, 0, [
          [flow, 1],
          [angle[from], -susceptance],
          [angle[to], susceptance],
        ]);
        p.constraint(-1.0472, 1.0472, [
          [angle[from], 1],
          [angle[to], -1],
        ]);
        balance[from].push([flow, -1]);
        balance[to].push([flow, 1]);
      }
      balance.forEach((terms, bus) => {
        const load = bus === 2 ? 100 : 0;
        p.constraint(load, load, [...terms, [p.variable(0, Infinity, 1000), 1]]);
      });
      return [volume];
    },
  });
