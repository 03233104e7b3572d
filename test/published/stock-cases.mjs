/** Inventory and capacity examples as cases: what is in store is water. Each has its place in README.md. */
import { caseDirectory, everyStage, HOURS, markets, onlyAt } from './case-directory.mjs';

/**
 * Buying is not releasing: the store begins with more than can be sold, and a market for `price` at the stage of the
 * purchase pays for all that is let go. What is kept has cost `price` each.
 */
const purchase = (name, at, stages, amount) => ({ name, load: onlyAt(at, stages, amount) });

function quickstartCase(demands) {
  const most = 3;
  return caseDirectory({
    openings: [1, demands.length],
    buses: [{ name: 'Store', load: [0, 0] }, purchase('Purchase', 0, 2, most), { name: 'Sale', load: [0, demands] }],
    hydros: [{ name: 'Store', storage: [0, most], initial: most, turbined: most, inflow: [0, 0] }],
    thermals: [
      { bus: 1, max: most, cost: 1 },
      { bus: 2, max: most, cost: 2 },
    ],
    lines: [
      { from: 0, to: 1, capacity: most },
      { from: 0, to: 2, capacity: most },
    ],
  });
}

const MADE_COST = [0.2, 0.7];
const SALE_PRICE = [2.33, 2.54];

/** A store for each product and each of the two stages at whose end it can be made: what is left over is lost. */
function productionCase() {
  const stages = 3;
  const most = 10;
  const stores = [0, 1].flatMap((made) => [0, 1].map((product) => ({ made, product })));
  const none = everyStage(stages, 0);
  const name = ({ made, product }) => `product ${product} of stage ${made}`;
  return caseDirectory({
    openings: [1, 2, 2],
    buses: [
      ...stores.map((store) => ({ name: `Store of ${name(store)}`, load: none })),
      ...stores.map((store) => purchase(`Making ${name(store)}`, store.made, stages, most)),
      ...[0, 1].map((made) => ({ name: `Sale in stage ${made + 1}`, load: onlyAt(made + 1, stages, [2, 10]) })),
    ],
    hydros: stores.map((store, s) => ({
      name: name(store),
      bus: s,
      storage: [0, most],
      initial: most,
      turbined: most,
      inflow: none,
    })),
    thermals: [
      ...stores.map(({ product }, s) => ({ bus: 4 + s, max: most, cost: MADE_COST[product] })),
      ...[0, 1].map((made) => ({ bus: 8 + made, max: most, cost: SALE_PRICE[1] })),
    ],
    lines: [
      ...stores.map((_, s) => ({ from: s, to: 4 + s, capacity: most })),
      // The cheaper product earns less by what its line costs.
      ...stores.map(({ made, product }, s) => ({
        from: s,
        to: 8 + made,
        capacity: most,
        cost: Number((SALE_PRICE[1] - SALE_PRICE[product]).toFixed(12)),
      })),
    ],
  });
}

/** What a unit of control earns at the five stages. A sine is not the same on all machines to its last digit. */
const CONTROL_PRICES = [1, 2, 3, 4, 5].map((stage) => Number((1 - Math.sin(3 * stage)).toFixed(12)));

/** `stores` of 1 each, half full, that let go at most 0.5 a stage. */
function controlCase(stores, rain, iterations) {
  const stages = CONTROL_PRICES.length;
  const { buses, thermals, lines } = markets(CONTROL_PRICES, 0.5 * stores, 0, 1);
  // All combinations of the stores' rain.
  const openings = rain.length ** stores;
  const rainOf = (s) =>
    Array.from({ length: openings }, (_, i) => rain[Math.floor(i / rain.length ** s) % rain.length]);
  return caseDirectory({
    openings: everyStage(stages, openings),
    buses: [{ name: 'Stores', load: everyStage(stages, 0) }, ...buses],
    hydros: Array.from({ length: stores }, (_, s) => ({
      name: `Store ${s}`,
      storage: [0, 1],
      initial: 0.5,
      turbined: 0.5,
      inflow: everyStage(stages, rainOf(s)),
    })),
    thermals,
    lines,
    iterations,
  });
}

const CONTROL_TOTAL = CONTROL_PRICES.reduce((sum, price) => sum + price, 0);
const THIRTIETHS = Array.from({ length: 10 }, (_, i) => i / 30);

const STORING = 50;
/** More than is made in any stage. */
const MOST_MADE = 500;

/**
 * The reservoir is the room left in the store: demand flows in, making flows out. Storing a unit from a stage on costs
 * at that and all later stages, until the demand takes it out: a price on what is made, less a constant.
 */
function airConditionersCase(demands, room, risk) {
  const stages = demands.length;
  const free = markets(everyStage(stages, 0), MOST_MADE, 0, 1);
  const price = (t, cost) => cost + STORING * (stages - t);
  return caseDirectory({
    openings: demands.map((demand) => (Array.isArray(demand) ? demand.length : 1)),
    buses: [{ name: 'Factory', load: everyStage(stages, 0) }, ...free.buses],
    hydros: [
      {
        name: 'Room',
        storage: [0, room],
        initial: room,
        turbined: MOST_MADE,
        inflow: demands,
        // Room that is spilled would be filled by nobody.
        spillCost: 5000,
      },
    ],
    thermals: free.thermals,
    lines: free.lines.flatMap((line, t) => [
      { ...line, capacity: 200, cost: price(t, 100) },
      { ...line, capacity: MOST_MADE, cost: price(t, 300) },
    ]),
    excessCost: 5000,
    risk,
  });
}

/** That constant for the mean demand of each stage. */
const storedConstant = (...meanDemands) =>
  STORING * meanDemands.reduce((sum, demand, t) => sum + (meanDemands.length - t) * demand, 0);

/** Capacity bought in stage 0 is a store that each step of the load curve in stage 1 takes from. */
function capacityCase({ most, costs, loads, operation, penalty, ...more }) {
  const kinds = costs.length;
  const steps = loads.length;
  const openings = loads[0].length;
  return caseDirectory({
    openings: [1, openings],
    buses: [
      ...costs.map((_, i) => ({ name: `Kind ${i}`, load: [0, 0] })),
      ...costs.map((_, i) => purchase(`Building kind ${i}`, 0, 2, most)),
      ...loads.map((load, j) => ({ name: `Step ${j}`, load: [0, load] })),
    ],
    hydros: costs.map((_, i) => ({
      name: `Kind ${i}`,
      bus: i,
      storage: [0, most],
      initial: most,
      turbined: most,
      inflow: [0, 0],
    })),
    thermals: [
      ...costs.map((cost, i) => ({ bus: kinds + i, max: most, cost })),
      ...(penalty === undefined
        ? []
        : loads.map((load, j) => ({ bus: 2 * kinds + j, max: Math.max(...load), cost: penalty }))),
    ],
    lines: [
      ...costs.map((_, i) => ({ from: i, to: kinds + i, capacity: most })),
      ...costs.flatMap((_, i) =>
        Array.from({ length: steps }, (_, j) => ({
          from: i,
          to: 2 * kinds + j,
          capacity: most,
          cost: operation(i, j),
        })),
      ),
    ],
    ...more,
  });
}

const repeat = (...pairs) => pairs.flatMap(([times, value]) => new Array(times).fill(value));

const STEP_HOURS = [8760, 7000, 1500];
const OPERATION = [25, 80, 6.5, 160];
const ELECTRIC_COSTS = [10, 7, 16, 6];
const ELECTRIC_OPERATION = [
  [40, 24, 4],
  [45, 27, 4.5],
  [32, 19.2, 3.2],
  [55, 33, 5.5],
];

export const stockCases = {
  'fast-quickstart': {
    published: -2,
    tolerance: 1e-6,
    optimum: -2,
    constant: 5,
    directory: quickstartCase([2, 3]),
  },
  'fast-quickstart-unequal': {
    published: -2.5,
    tolerance: 1e-6,
    optimum: -2.5,
    constant: 5.5,
    directory: quickstartCase(repeat([1, 2], [3, 3])),
  },
  'fast-production': {
    published: -23.96,
    tolerance: 1e-2,
    optimum: -23.96,
    constant: 2 * 6 * SALE_PRICE[1],
    directory: productionCase(),
  },
  stock: {
    published: -1.471,
    tolerance: 1e-3,
    optimum: -1.4710749176,
    constant: 0.5 * CONTROL_TOTAL,
    directory: controlCase(1, THIRTIETHS, 60),
  },
  multistock: {
    published: -4.349,
    tolerance: 1e-2,
    optimum: -4.3405955862,
    constant: 1.5 * CONTROL_TOTAL,
    // Three stores and 27 openings: the bound rises slowly at the end.
    precision: 1e-4,
    directory: controlCase(3, [0, 0.15, 0.3], 80),
  },
  'air-conditioners': {
    published: 62_500,
    tolerance: 0.1,
    optimum: 62_500,
    constant: storedConstant(100, 200, 200),
    directory: airConditionersCase([100, [100, 300], [100, 300]], 100),
  },
  'air-conditioners-unequal': {
    published: 68_200,
    tolerance: 1e-6,
    optimum: 68_200,
    constant: storedConstant(100, 220, 220),
    directory: airConditionersCase([100, repeat([2, 100], [3, 300]), repeat([2, 100], [3, 300])], 1000),
  },
  'air-conditioners-random-start': {
    published: 85_000,
    tolerance: 1e-3,
    optimum: 85_000,
    constant: storedConstant(200, 200, 200),
    directory: airConditionersCase(everyStage(3, [100, 300]), 100),
  },
  'air-conditioners-worst-start': {
    published: 107_500,
    tolerance: 1e-3,
    optimum: 107_500,
    constant: storedConstant(300, 200, 200),
    directory: airConditionersCase(everyStage(3, [100, 300]), 100, [{ cvar: { alpha: 0.5, lambda: 1 } }]),
  },
  'capacity-expansion': {
    published: 340_315.52,
    tolerance: 0.1,
    optimum: 340_315.5216895,
    directory: capacityCase({
      most: 20_000,
      costs: [16, 5, 32, 2],
      loads: [repeat([9, 3919], [1, 7086]), repeat([9, 3410], [1, 1918]), repeat([9, 2986], [1, 2165])],
      operation: (i, j) => (OPERATION[i] * STEP_HOURS[j]) / 8760,
      penalty: 1e6,
      deficitCost: 1e7,
      iterations: 60,
    }),
  },
  electric: {
    published: 381.8533,
    tolerance: 1e-4,
    optimum: 5727.8 / 15,
    directory: capacityCase({
      most: 40,
      costs: ELECTRIC_COSTS,
      loads: [repeat([3, 3], [4, 5], [3, 7]), repeat([10, 3]), repeat([10, 2])],
      operation: (i, j) => ELECTRIC_OPERATION[i][j],
      documents: {
        'constraints/generic_constraints.json': {
          constraints: [
            {
              id: 0,
              name: 'least capacity',
              expression: ELECTRIC_COSTS.map((_, i) => `thermal_generation(${i})`).join(' + '),
              sense: '>=',
              slack: { enabled: false },
            },
            {
              id: 1,
              name: 'budget',
              expression: ELECTRIC_COSTS.map((cost, i) => `${cost} * thermal_generation(${i})`).join(' + '),
              sense: '<=',
              slack: { enabled: false },
            },
          ],
        },
      },
      tables: {
        'constraints/generic_constraint_bounds.parquet': [12, 120].map((bound, constraint) => ({
          constraint_id: constraint,
          stage_id: 0,
          block_id: null,
          bound,
        })),
      },
    }),
  },
};

for (const each of Object.values(stockCases)) each.scale = HOURS;
