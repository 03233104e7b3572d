import * as hydro from './hydro.js';
import * as stocks from './stocks.js';
import { equally, type Outcome } from './tree-program.js';

const monthly = equally(100, 300);
const unequal: Outcome<number>[] = [
  { probability: 0.4, value: 100 },
  { probability: 0.6, value: 300 },
];
const STORE_WITHOUT_LIMIT = 10_000;

/** The optimum of each published problem, in the source's terms, from its own formulation. */
export const OPTIMA: Readonly<Record<string, () => number | Promise<number>>> = {
  'first-steps': hydro.firstSteps,
  'first-steps-by-bounds': hydro.firstSteps,
  'fast-hydro-thermal': hydro.fastHydroThermal,
  'weekly-reservoir-2': () => hydro.weeklyReservoir(2),
  'weekly-reservoir-4': () => hydro.weeklyReservoir(4),
  'weekly-reservoir-20': () => hydro.weeklyReservoir(20),
  'weekly-reservoir-forever': hydro.weeklyReservoirForever,
  'three-seasons-forever': hydro.threeSeasons,
  // 2 at first and 0.9 of it each time after.
  'constant-forever': () => 2 / (1 - 0.9),
  'hydro-valley-dry': hydro.dryValley,
  'hydro-valley': hydro.randomValley,
  // Less water is never better: the worst that can happen is the dry opening, again and again.
  'hydro-valley-worst-case': hydro.dryValley,
  'hydro-valley-fpha': hydro.randomValley,
  'hydro-valley-contract': hydro.randomValley,
  'fast-quickstart': () => stocks.quickstart(equally(2, 3)),
  'fast-quickstart-unequal': () =>
    stocks.quickstart([
      { probability: 0.25, value: 2 },
      { probability: 0.75, value: 3 },
    ]),
  'fast-production': stocks.productionManagement,
  stock: stocks.stockExample,
  multistock: stocks.multistockExample,
  'air-conditioners': () => stocks.airConditioners([equally(100), monthly, monthly], 100),
  'air-conditioners-unequal': () => stocks.airConditioners([equally(100), unequal, unequal], STORE_WITHOUT_LIMIT),
  'air-conditioners-random-start': () => stocks.airConditioners([monthly, monthly, monthly], 100),
  'air-conditioners-worst-start': async () =>
    Math.max(
      await stocks.airConditioners([equally(100), monthly, monthly], 100),
      await stocks.airConditioners([equally(300), monthly, monthly], 100),
    ),
  'capacity-expansion': stocks.capacityExpansion,
  electric: stocks.electric,
  triangle: () => hydro.case3([80, 70, 60, 50, 40, 30, 20, 30, 40, 50, 60, 70]),
  'triangle-dry': () => hydro.case3(new Array(12).fill(0)),
  'triangle-wet': () => hydro.case3(new Array(12).fill(200)),
};
