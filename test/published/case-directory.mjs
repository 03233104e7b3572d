/**
 * Content of a case directory from a short description. Buses, hydros, lines and thermals get their position as id. A
 * quantity by stage is an array with a number for each stage, or with an array of one number for each opening.
 */

export const HOURS = 720;
/** hm3 that a flow of 1 m3/s moves in a stage of {@link HOURS}: the unit of water of most cases here. */
export const WATER_UNIT = 2.592;

const DAYS = 30;
const HOURS_PER_DAY = 24;
const MS_PER_DAY = HOURS_PER_DAY * 3_600_000;
const FIRST_DAY = Date.UTC(2025, 0, 1);

/** Digits enough for the data, few enough to hide that 0.1 * 3 is not 0.3. */
const tidy = (value) => Number(value.toPrecision(14));

const dayAfter = (days) => new Date(FIRST_DAY + days * MS_PER_DAY).toISOString().slice(0, 10);

/** Mean, deviation and noise of each opening, so that mean + deviation * noise gives the values back. */
function asNoise(value, openings) {
  const values = Array.isArray(value) ? value : new Array(openings).fill(value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const mean = (low + high) / 2;
  const std = (high - low) / 2;
  return { mean: tidy(mean), std: tidy(std), noise: values.map((each) => (std === 0 ? 0 : tidy((each - mean) / std))) };
}

function penalties({ deficitCost = 10_000, excessCost = 1000 }) {
  return {
    bus: { deficit_segments: [{ depth_mw: null, cost: deficitCost }], excess_cost: excessCost },
    line: { exchange_cost: 1 },
    hydro: {
      spillage_cost: 0.01,
      fpha_turbined_cost: 0,
      diversion_cost: 0.1,
      storage_violation_below_cost: 1_000_000,
      filling_target_violation_cost: 10_000_000,
      turbined_violation_below_cost: 5000,
      outflow_violation_below_cost: 5000,
      outflow_violation_above_cost: 5000,
      generation_violation_below_cost: 5000,
      evaporation_violation_cost: 5000,
      water_withdrawal_violation_cost: 5000,
    },
    non_controllable_source: { curtailment_cost: 0.005 },
  };
}

function hydroEntry({ name, bus = 0, downstream = null, storage, turbined, productivity = 1, fpha }, id, spillCost) {
  const [min, max] = storage;
  const generation = fpha
    ? { model: 'fpha', min_turbined_m3s: 0, max_turbined_m3s: turbined, min_generation_mw: 0, max_generation_mw: fpha }
    : {
        model: 'constant_productivity',
        productivity_mw_per_m3s: productivity,
        min_turbined_m3s: 0,
        max_turbined_m3s: turbined,
        min_generation_mw: 0,
        max_generation_mw: tidy(turbined * productivity),
      };
  return {
    id,
    name,
    bus_id: bus,
    downstream_id: downstream,
    reservoir: { min_storage_hm3: min, max_storage_hm3: max },
    outflow: { min_outflow_m3s: 0, max_outflow_m3s: null },
    generation,
    penalties: { spillage_cost: spillCost },
  };
}

/**
 * @param {object} study
 * `openings` by stage; `buses` with `load`; `thermals` with `bus`, `max` [MW] and `cost` [$/MWh]; `hydros` with `bus`,
 * `downstream`, `storage` (least and largest) and `initial` in units of `waterUnit` hm3, `turbined` (largest) and
 * `inflow` [m3/s], `productivity` [MW/(m3/s)], `spillCost`; `lines` with `from`, `to`, `capacity`, `reverse`
 * [MW], `cost`, `losses` [%]. `hours` is the length of a stage, `graph` replaces the policy graph, `risk` has the risk
 * measure by stage, `iterations` the training's length; `documents` and `tables` are further files.
 */
export function caseDirectory({
  openings,
  buses,
  thermals = [],
  hydros = [],
  lines = [],
  hours = HOURS,
  waterUnit = WATER_UNIT,
  graph = { type: 'finite_horizon', annual_discount_rate: 0 },
  risk = [],
  iterations = 40,
  documents = {},
  tables = {},
  ...prices
}) {
  const days = hours < HOURS_PER_DAY ? 1 : DAYS;
  const byStage = (values, t) => asNoise(values[t], openings[t]);
  const random = [
    ...hydros.map(({ inflow }) => inflow),
    ...buses.map(({ load }) => load).filter((load) => openings.some((_, t) => byStage(load, t).std > 0)),
  ];
  const files = {
    tables: {
      'scenarios/load_seasonal_stats.parquet': buses.flatMap(({ load }, bus) =>
        openings.map((_, t) => ({
          bus_id: bus,
          stage_id: t,
          mean_mw: byStage(load, t).mean,
          std_mw: byStage(load, t).std,
        })),
      ),
      ...tables,
    },
    documents: {
      'config.json': {
        modeling: { inflow_non_negativity: { method: 'none' } },
        training: {
          forward_passes: 4,
          stopping_rules: [{ type: 'iteration_limit', limit: iterations }],
          tree_seed: 1,
        },
        simulation: { enabled: true, num_scenarios: 200 },
      },
      'penalties.json': penalties(prices),
      'stages.json': {
        policy_graph: graph,
        stages: openings.map((count, t) => ({
          id: t,
          start_date: dayAfter(t * days),
          end_date: dayAfter((t + 1) * days),
          blocks: [{ id: 0, name: 'ALL', hours }],
          ...(risk[t] ? { risk_measure: risk[t] } : {}),
          num_scenarios: count,
        })),
      },
      'initial_conditions.json': {
        storage: hydros.map(({ initial }, h) => ({ hydro_id: h, value_hm3: tidy(initial * waterUnit) })),
        filling_storage: [],
      },
      'system/buses.json': { buses: buses.map(({ name }, id) => ({ id, name })) },
      'system/lines.json': {
        lines: lines.map(({ from, to, capacity, reverse = 0, cost = 0, losses = 0 }, id) => ({
          id,
          name: `${buses[from].name} - ${buses[to].name}`,
          source_bus_id: from,
          target_bus_id: to,
          capacity: { direct_mw: capacity, reverse_mw: reverse },
          exchange_cost: cost,
          losses_percent: losses,
        })),
      },
      'system/hydros.json': {
        hydros: hydros.map(({ storage, spillCost = 0, ...hydro }, id) =>
          hydroEntry({ ...hydro, storage: storage.map((each) => tidy(each * waterUnit)) }, id, spillCost),
        ),
      },
      'system/thermals.json': {
        thermals: thermals.map(({ name, bus = 0, max, cost }, id) => ({
          id,
          name: name ?? `${buses[bus].name} ${id}`,
          bus_id: bus,
          generation: { min_mw: 0, max_mw: max },
          cost_per_mwh: cost,
        })),
      },
      ...documents,
    },
  };
  if (hydros.length > 0) {
    files.tables['scenarios/inflow_seasonal_stats.parquet'] = hydros.flatMap(({ inflow }, h) =>
      openings.map((_, t) => {
        const { mean, std } = byStage(inflow, t);
        return { hydro_id: h, stage_id: t, mean_m3s: mean, std_m3s: std };
      }),
    );
  }
  if (random.length > 0) {
    files.tables['scenarios/noise_openings.parquet'] = openings.flatMap((count, t) =>
      Array.from({ length: count }, (_, i) =>
        random.map((values, e) => ({
          stage_id: t,
          opening_index: i,
          entity_index: e,
          value: byStage(values, t).noise[i],
        })),
      ).flat(),
    );
  }
  return files;
}

/** A quantity that is `value` at stage `at` and 0 at the others. */
export const onlyAt = (at, stages, value) => Array.from({ length: stages }, (_, t) => (t === at ? value : 0));

export const everyStage = (stages, value) => Array.from({ length: stages }, () => value);

/**
 * How a price that differs from stage to stage is told to a format whose plants cost the same at all stages: a bus for
 * each stage that has its load at that stage only, fed by a plant at the price and by a line from bus `from`.
 * The buses get ids from `firstId` on.
 */
export function markets(prices, load, from, firstId) {
  return {
    buses: prices.map((_, t) => ({ name: `Market ${t}`, load: onlyAt(t, prices.length, load) })),
    thermals: prices.map((cost, t) => ({ bus: firstId + t, max: load, cost })),
    lines: prices.map((_, t) => ({ from, to: firstId + t, capacity: load })),
  };
}
