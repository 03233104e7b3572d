/** Tables of `one-reservoir`; the README of the case derives its optimum from these numbers. */

/** Mean and standard deviation of the inflow [m3/s], and the noise of each opening, by stage. */
const STAGES = [
  { mean: 30, std: 20, noise: [-1, 0, 1] },
  { mean: 40, std: 20, noise: [-1, 1] },
  { mean: 30, std: 20, noise: [-1, 1] },
];
const LOAD_MW = 100;

export const tables = {
  'scenarios/inflow_seasonal_stats.parquet': STAGES.map(({ mean, std }, stage) => ({
    hydro_id: 0,
    stage_id: stage,
    mean_m3s: mean,
    std_m3s: std,
  })),
  'scenarios/load_seasonal_stats.parquet': STAGES.map((_, stage) => ({
    bus_id: 0,
    stage_id: stage,
    mean_mw: LOAD_MW,
    std_mw: 0,
  })),
  'scenarios/noise_openings.parquet': STAGES.flatMap(({ noise }, stage) =>
    noise.map((value, opening) => ({ stage_id: stage, opening_index: opening, entity_index: 0, value })),
  ),
};
