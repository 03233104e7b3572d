/** Published inventory and capacity problems in their own units and words; see ../README.md for the sources. */
import { type LatticeProblem, solveLattice } from './lattice.js';
import { equally, type Outcome, solveTree } from './tree-program.js';

/** FAST quickstart: buy at 1, sell at 2 up to the demand. */
export const quickstart = (demands: Outcome<number>[]) =>
  solveTree<number>({
    initial: [0],
    stages: [equally(0), demands],
    node(p, stage, demand, [before]) {
      if (stage === 0) return [p.variable(0, Infinity, 1)];
      const sold = p.variable(0, demand, -2);
      p.constraint(-Infinity, 0, [
        [sold, 1],
        [before, -1],
      ]);
      return [];
    },
  });

/** FAST production management: two products for one demand, what is not sold is lost. */
export const productionManagement = () =>
  solveTree<number>({
    initial: [0, 0],
    stages: [equally(0), equally(2, 10), equally(2, 10)],
    node(p, _, demand, before) {
      const made = [0.2, 0.7].map((cost) => p.variable(0, Infinity, cost));
      const sold = [2.33, 2.54].map((price) => p.variable(0, Infinity, -price));
      sold.forEach((column, i) => {
        p.constraint(-Infinity, 0, [
          [column, 1],
          [before[i], -1],
        ]);
      });
      p.constraint(-Infinity, demand, [
        [sold[0], 1],
        [sold[1], 1],
      ]);
      return made;
    },
  });

/** A stock that rain fills and a control empties for `1 - sin(3 stage)` a unit, by `unit`. */
function stock(unit: number, initial: number, max: number, control: number): LatticeProblem<number> {
  return {
    min: 0,
    max,
    initial,
    cost(stage, rain, from, to) {
      const used = from + rain - to;
      return used < 0 || used > control ? Infinity : (Math.sin(3 * (stage + 1)) - 1) * unit * used;
    },
  };
}

/** StochDynamicProgramming's stock, in units of 1/30: holds 30, starts with 15, control up to 15, rain 0 to 9. */
export const stockExample = (): number =>
  solveLattice(
    stock(1 / 30, 15, 30, 15),
    Array.from({ length: 5 }, () => equally(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)),
  );

/**
 * StochDynamicProgramming's three stocks, in units of 0.05. What joins them, a total control of at most 1.5, never
 * binds, as each control is at most 0.5: three times one of them. Control fills, demand empties; the room left is the
 * stock of {@link stock}.
 */
export const multistockExample = (): number =>
  3 *
  solveLattice(
    stock(0.05, 10, 20, 10),
    Array.from({ length: 5 }, () => equally(0, 3, 6)),
  );

/** Air conditioners: 200 a month at 100, more at 300, storing at 50; `room` in the store. */
export const airConditioners = (demands: readonly Outcome<number>[][], room: number) =>
  solveTree<number>({
    initial: [0],
    stages: demands,
    node(p, _, demand, [before]) {
      const stored = p.variable(0, room, 50);
      const made = p.variable(0, 200, 100);
      const overtime = p.variable(0, Infinity, 300);
      p.constraint(demand, demand, [
        [made, 1],
        [overtime, 1],
        [before, 1],
        [stored, -1],
      ]);
      return [stored];
    },
  });

/** StructDualDynProg's problem 5.2 in two stages: capacity of four kinds for a load curve in three steps. */
export const capacityExpansion = () =>
  solveTree<readonly number[]>({
    initial: [],
    stages: [
      equally<readonly number[]>([]),
      [
        { probability: 0.9, value: [3919, 3410, 2986] },
        { probability: 0.1, value: [7086, 1918, 2165] },
      ],
    ],
    node(p, stage, load, built) {
      if (stage === 0) return [16, 5, 32, 2].map((cost) => p.variable(0, Infinity, cost));
      const hours = [8760, 7000, 1500].map((each) => each / 8760);
      const output = [25, 80, 6.5, 160].map((cost) => hours.map((share) => p.variable(0, Infinity, cost * share)));
      const penalty = p.variable(0, Infinity, 1e6);
      output.forEach((steps, i) => {
        p.constraint(-Infinity, 0, [...steps.map((column) => [column, 1] as const), [built[i], -1]]);
      });
      load.forEach((demand, j) => {
        p.constraint(demand, Infinity, [...output.map((steps) => [steps[j], 1] as const), [penalty, 1]]);
      });
      return [];
    },
  });

/** "electric": at least 12 of capacity within a budget of 120, for loads 3, 2 and one of 3, 5 and 7. */
export const electric = () =>
  solveTree<number>({
    initial: [],
    stages: [
      equally(0),
      [
        { probability: 0.3, value: 3 },
        { probability: 0.4, value: 5 },
        { probability: 0.3, value: 7 },
      ],
    ],
    node(p, stage, random, built) {
      const price = [10, 7, 16, 6];
      if (stage === 0) {
        const capacity = price.map((cost) => p.variable(0, Infinity, cost));
        p.constraint(
          12,
          Infinity,
          capacity.map((column) => [column, 1]),
        );
        p.constraint(
          -Infinity,
          120,
          capacity.map((column, i) => [column, price[i]]),
        );
        return capacity;
      }
      const output = [
        [40, 24, 4],
        [45, 27, 4.5],
        [32, 19.2, 3.2],
        [55, 33, 5.5],
      ].map((costs) => costs.map((cost) => p.variable(0, Infinity, cost)));
      output.forEach((steps, i) => {
        p.constraint(-Infinity, 0, [...steps.map((column) => [column, 1] as const), [built[i], -1]]);
      });
      [random, 3, 2].forEach((load, j) => {
        p.constraint(
          load,
          load,
          output.map((steps) => [steps[j], 1]),
        );
      });
      return [];
    },
  });
