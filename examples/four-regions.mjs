/**
 * `four-regions`: all of it but `config.json`, `penalties.json` and `correlation.json`, from the parameters and formulas below. Synthetic:
 * no number is measured, only the proportions are those of a large system that lives on its reservoirs.
 *
 * Reservoirs hold energy: with a productivity of 1 MW/(m3/s), a flow of 1 m3/s is 1 MW and 1 MWh is 0.0036 hm3.
 */

const HM3_PER_MWH = 0.0036;
/** Average month [h], to state storage in GW-months. */
const MONTH_HOURS = 730;
const FIRST_YEAR = 2025;
const MONTHS = 12;
const OPENINGS = 10;

/**
 * By region. `peak` is the month (0 = January) of the largest inflow or load, `swing` the amplitude of the season,
 * `variation` standard deviation over mean.
 */
const REGIONS = [
  {
    name: 'Center',
    load: { meanMw: 43500, swing: 0.05, peak: 1 },
    inflow: { meanMw: 33000, swing: 0.6, peak: 1, variation: 0.15 },
    hydro: { maxMw: 45000, storageGwMonths: 190, initialShare: 0.33, minOutflowMw: 0 },
    thermal: { plants: 42, totalMw: 11800, cheapest: 28, dearest: 620 },
  },
  {
    name: 'South',
    load: { meanMw: 13400, swing: 0.06, peak: 1 },
    inflow: { meanMw: 9200, swing: 0.3, peak: 8, variation: 0.4 },
    hydro: { maxMw: 14200, storageGwMonths: 19, initialShare: 0.5, minOutflowMw: 0 },
    thermal: { plants: 18, totalMw: 3500, cheapest: 45, dearest: 540 },
  },
  {
    name: 'Northeast',
    load: { meanMw: 11600, swing: 0.04, peak: 2 },
    inflow: { meanMw: 7600, swing: 0.75, peak: 1, variation: 0.2 },
    hydro: { maxMw: 10100, storageGwMonths: 50, initialShare: 0.25, minOutflowMw: 1800 },
    thermal: { plants: 33, totalMw: 6400, cheapest: 70, dearest: 900 },
  },
  {
    name: 'North',
    load: { meanMw: 6700, swing: 0.03, peak: 8 },
    inflow: { meanMw: 7400, swing: 1.1, peak: 3, variation: 0.18 },
    hydro: { maxMw: 10400, storageGwMonths: 14, initialShare: 0.4, minOutflowMw: 0 },
    thermal: { plants: 25, totalMw: 3100, cheapest: 60, dearest: 780 },
  },
];
/** A bus without load or plants, where three lines meet. */
const HUB = REGIONS.length;

/** From, to, capacity there and back [MW]. */
const LINES = [
  [0, 1, 7200, 5600],
  [0, 2, 1100, 700],
  [0, HUB, 4200, 3100],
  [2, HUB, 3400, 3300],
  [3, HUB, 8500, 4600],
  [3, 2, 1500, 900],
];

/** Deficit tiers: depth as a share of the region's mean load, cost [$/MWh]. The last has no depth. */
const DEFICIT = [
  { share: 0.05, cost: 1200 },
  { share: 0.05, cost: 2500 },
  { share: 0.1, cost: 4500 },
  { share: null, cost: 6000 },
];

const range = (count) => Array.from({ length: count }, (_, i) => i);
const round = (value, decimals) => Number(value.toFixed(decimals));
const seasonAngle = (month, peak) => (2 * Math.PI * (month - peak)) / MONTHS;

/** Load [MW] in month m: mean * (1 + swing * cos(season)). */
const loadMean = ({ meanMw, swing, peak }, month) =>
  round(meanMw * (1 + swing * Math.cos(seasonAngle(month, peak))), 0);

/** Inflow [m3/s] in month m: mean * exp(swing * cos(season)), scaled so that the twelve months average to the mean. */
function inflowMean({ meanMw, swing, peak }, month) {
  const shape = (m) => Math.exp(swing * Math.cos(seasonAngle(m, peak)));
  const average = range(MONTHS).reduce((sum, m) => sum + shape(m), 0) / MONTHS;
  return round((meanMw * shape(month)) / average, 1);
}

/** Multiples of the golden ratio modulo 1: spread evenly over [0, 1), the same on every machine. */
const spread = (i) => (i * 0.6180339887498949) % 1;

/** Among the cheaper half, every seventh plant runs at no less than this share of its capacity. */
const MUST_RUN_EVERY = 7;
const MUST_RUN_SHARE = 0.4;

/**
 * Plants of a region. Plant i of n costs cheapest * (dearest / cheapest)^((i + 1/2) / n); its share of the capacity is
 * proportional to 0.4 + 1.2 * spread(i).
 */
function thermalsOf({ name, thermal: { plants, totalMw, cheapest, dearest } }, bus) {
  const weight = (i) => 0.4 + 1.2 * spread(i + 1);
  const totalWeight = range(plants).reduce((sum, i) => sum + weight(i), 0);
  return range(plants).map((i) => {
    const maxMw = round((totalMw * weight(i)) / totalWeight, 0);
    const mustRun = i < plants / 2 && i % MUST_RUN_EVERY === 0;
    return {
      name: `${name} ${i + 1}`,
      bus_id: bus,
      generation: { min_mw: mustRun ? round(MUST_RUN_SHARE * maxMw, 0) : 0, max_mw: maxMw },
      cost_per_mwh: round(cheapest * (dearest / cheapest) ** ((i + 0.5) / plants), 2),
    };
  });
}

function monthStart(month) {
  return new Date(Date.UTC(FIRST_YEAR, month, 1)).toISOString().slice(0, 10);
}

const monthHours = (month) => (Date.UTC(FIRST_YEAR, month + 1, 1) - Date.UTC(FIRST_YEAR, month, 1)) / 3_600_000;
const storageHm3 = (gwMonths) => round(gwMonths * 1000 * MONTH_HOURS * HM3_PER_MWH, 0);

const stages = range(MONTHS).map((month) => ({
  id: month,
  start_date: monthStart(month),
  end_date: monthStart(month + 1),
  blocks: [{ id: 0, name: 'ALL', hours: monthHours(month) }],
  num_scenarios: OPENINGS,
}));

const buses = [
  ...REGIONS.map(({ name, load }, id) => ({
    id,
    name,
    deficit_segments: DEFICIT.map(({ share, cost }) => ({
      depth_mw: share === null ? null : round(share * load.meanMw, 0),
      cost,
    })),
  })),
  { id: HUB, name: 'Hub' },
];

const lines = LINES.map(([source, target, direct, reverse], id) => ({
  id,
  name: `${buses[source].name}-${buses[target].name}`,
  source_bus_id: source,
  target_bus_id: target,
  capacity: { direct_mw: direct, reverse_mw: reverse },
}));

const hydros = REGIONS.map(({ name, hydro }, id) => ({
  id,
  name,
  bus_id: id,
  downstream_id: null,
  reservoir: { min_storage_hm3: 0, max_storage_hm3: storageHm3(hydro.storageGwMonths) },
  outflow: { min_outflow_m3s: hydro.minOutflowMw, max_outflow_m3s: null },
  generation: {
    model: 'constant_productivity',
    productivity_mw_per_m3s: 1,
    min_turbined_m3s: 0,
    max_turbined_m3s: hydro.maxMw,
    min_generation_mw: 0,
    max_generation_mw: hydro.maxMw,
  },
}));

const thermals = REGIONS.flatMap(thermalsOf).map((thermal, id) => ({ id, ...thermal }));

export const documents = {
  'stages.json': { policy_graph: { type: 'finite_horizon', annual_discount_rate: 0 }, stages },
  'initial_conditions.json': {
    storage: REGIONS.map(({ hydro }, id) => ({
      hydro_id: id,
      value_hm3: round(hydro.initialShare * storageHm3(hydro.storageGwMonths), 0),
    })),
    filling_storage: [],
  },
  'system/buses.json': { buses },
  'system/lines.json': { lines },
  'system/hydros.json': { hydros },
  'system/thermals.json': { thermals },
};

export const tables = {
  'scenarios/inflow_seasonal_stats.parquet': REGIONS.flatMap(({ inflow }, hydro) =>
    range(MONTHS).map((month) => {
      const mean = inflowMean(inflow, month);
      return { hydro_id: hydro, stage_id: month, mean_m3s: mean, std_m3s: round(inflow.variation * mean, 1) };
    }),
  ),
  'scenarios/load_seasonal_stats.parquet': buses.flatMap(({ id }) =>
    range(MONTHS).map((month) => ({
      bus_id: id,
      stage_id: month,
      mean_mw: id === HUB ? 0 : loadMean(REGIONS[id].load, month),
      std_mw: 0,
    })),
  ),
};
