import type { CaseContent } from './case-builder.js';
import { day, fullCase } from './full-case.js';
import { table } from './small-case.js';

type Config = Record<string, unknown>;

/** Years that the history of `historyTable` has. */
const YEARS = [2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012];

/**
 * The case with every file, ready to be trained, with two entries at least of everything: forward passes draw from its
 * external scenarios, its openings are those of its file.
 */
export function externalCase(): CaseContent {
  const content = fullCase();
  // Planes that a case brings are used where the entry of the plant says so.
  content['system/hydro_production_models.json'].production_models.push({
    hydro_id: 2,
    selection_mode: 'seasonal',
    default_model: 'fpha',
    seasons: [],
  });
  const { lines } = content['system/lines.json'];
  lines.unshift({
    ...lines[0],
    id: 5,
    name: 'South-North',
    source_bus_id: 1,
    target_bus_id: 0,
    capacity: { direct_mw: 15, reverse_mw: 10 },
    exchange_cost: 0.4,
  });
  const pumps = content['system/pumping_stations.json'].pumping_stations;
  pumps.push({ ...pumps[0], id: 1, name: 'Other', bus_id: 0, source_hydro_id: 2, consumption_mw_per_m3s: 0.3 });
  Object.assign(content, externalTables());
  const external = { scheme: 'external' };
  setSource(content, { seed: 11, inflow: external, load: external, ncs: external });
  return content;
}

/** Two scenarios of load and availability at each stage, and more rows of bounds and penalties. */
function externalTables(): CaseContent {
  const cells = [0, 1, 2].flatMap((t) => [0, 1].map((n) => ({ t, n })));
  return {
    'scenarios/external_load_scenarios.parquet': table({
      stage_id: ['INT32', cells.map(({ t }) => t)],
      scenario_id: ['INT32', cells.map(({ n }) => n)],
      bus_id: ['INT32', cells.map(() => 1)],
      value_mw: ['DOUBLE', cells.map(({ t, n }) => 97 + 2.1 * t - 3.3 * n)],
    }),
    'scenarios/external_ncs_scenarios.parquet': table({
      stage_id: ['INT32', cells.map(({ t }) => t)],
      scenario_id: ['INT32', cells.map(({ n }) => n)],
      ncs_id: ['INT32', cells.map(() => 4)],
      value: ['DOUBLE', cells.map(({ t, n }) => 0.3 + 0.1 * t + 0.15 * n)],
    }),
    'constraints/line_bounds.parquet': table({
      line_id: ['INT32', [5, 0, 5]],
      stage_id: ['INT32', [2, 1, 1]],
      direct_mw: ['DOUBLE', [12, 50, null]],
      reverse_mw: ['DOUBLE', [null, null, 6]],
    }),
    'constraints/penalty_overrides_bus.parquet': table({
      bus_id: ['INT32', [1, 0, 0]],
      stage_id: ['INT32', [0, 2, 0]],
      excess_cost: ['DOUBLE', [12, 9, 11]],
    }),
  };
}

/** The same with openings and forward passes that are drawn: latin hypercubes, correlated, and inflow with memory. */
export function drawnCase(): CaseContent {
  const content = externalCase();
  delete content['scenarios/noise_openings.parquet'];
  const fresh = { scheme: 'out_of_sample' };
  setSource(content, { seed: 5, inflow: fresh, load: fresh, ncs: fresh });
  for (const stage of content['stages.json'].stages) stage.sampling_method = 'lhs';
  content['scenarios/load_seasonal_stats.parquet'].columns.std_mw.data = [2, 0, 1, 3, 0, 4];
  correlate(content);
  return content;
}

/** The same with an inflow model that is estimated from twelve years of history. */
export function estimatedCase(): CaseContent {
  const content = drawnCase();
  content['scenarios/inflow_history.parquet'] = historyTable();
  delete content['scenarios/inflow_seasonal_stats.parquet'];
  delete content['scenarios/inflow_ar_coefficients.parquet'];
  delete content['scenarios/inflow_annual_component.parquet'];
  delete content['scenarios/correlation.json'];
  content['stages.json'].pre_study_stages = [];
  const methods = ['qmc_sobol', 'lhs', 'qmc_halton'];
  for (const [t, stage] of content['stages.json'].stages.entries()) stage.sampling_method = methods[t];
  return content;
}

/** The same with forward passes that replay history, three years of it, against openings that are drawn. */
export function historicalCase(): CaseContent {
  const content = drawnCase();
  content['scenarios/inflow_history.parquet'] = historyTable();
  setSource(content, { seed: 5, inflow: { scheme: 'historical' }, historical_years: [2005, 2003, 2008] });
  return content;
}

/** The drawn one, its three stages over and over again. */
export function cyclicCase(): CaseContent {
  const content = drawnCase();
  content['stages.json'].policy_graph = {
    type: 'cyclic',
    annual_discount_rate: 0.1,
    transitions: [
      { source_id: 2, target_id: 0, probability: 1, annual_discount_rate_override: 300 },
      { source_id: 0, target_id: 1, probability: 1 },
      { source_id: 1, target_id: 2, probability: 1 },
    ],
  };
  return content;
}

/** The drawn one with a cut for each opening, of which selection and a limit leave some. */
export function manyCutsCase(): CaseContent {
  const content = drawnCase();
  Object.assign(content['config.json'].training, {
    cut_formulation: 'multi',
    cut_selection: { enabled: true, method: 'lml1', memory_window: 2, check_frequency: 2, max_active_per_stage: 20 },
  });
  return content;
}

/** All of them by name. */
export const RUNNING_CASES: Readonly<Record<string, () => CaseContent>> = {
  external: externalCase,
  drawn: drawnCase,
  estimated: estimatedCase,
  historical: historicalCase,
  cyclic: cyclicCase,
  'many cuts': manyCutsCase,
};

function setSource(content: CaseContent, source: Config): void {
  content['config.json'].training.scenario_source = source;
}

/** Two profiles, the second one at the last stage: three rivers and the two buses, then rivers alone. */
function correlate(content: CaseContent): void {
  const rivers = (name: string, a: number, b: number, c: number) => ({
    name,
    entities: [2, 0, 1].map((id) => ({ type: 'inflow', id })),
    matrix: [
      [1, a, b],
      [a, 1, c],
      [b, c, 1],
    ],
  });
  const loads = {
    name: 'loads',
    entities: [1, 0].map((id) => ({ type: 'load', id })),
    matrix: [
      [1, 0.35],
      [0.35, 1],
    ],
  };
  content['scenarios/correlation.json'] = {
    method: 'spectral',
    profiles: {
      default: { correlation_groups: [loads, rivers('rivers', 0.31, -0.17, 0.55)] },
      dry: { correlation_groups: [rivers('rivers', 0.7, 0.43, 0.21)] },
    },
    schedule: [
      { stage_id: 2, profile_name: 'dry' },
      { stage_id: 0, profile_name: 'default' },
    ],
  };
}

/** Monthly inflow of the three rivers, of no pattern but a season. */
function historyTable() {
  let state = 20_240;
  const next = () => {
    // Lehmer's generator, exact in doubles.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const rows = [0, 1, 2].flatMap((hydro) =>
    YEARS.flatMap((year) =>
      Array.from({ length: 12 }, (_, month) => {
        const wet = month < 4 ? 2 : 1;
        const date = day(`${year}-${String(month + 1).padStart(2, '0')}-01`);
        return { hydro, date, value: Math.round(1000 * wet * (30 / (hydro + 1)) * (0.5 + next())) / 1000 };
      }),
    ),
  );
  return table({
    hydro_id: ['INT32', rows.map(({ hydro }) => hydro)],
    date: ['DATE', rows.map(({ date }) => date)],
    value_m3s: ['DOUBLE', rows.map(({ value }) => value)],
  });
}
