/** Tables of `cascade`. Six months: two wet ones, then the dry season. */

/** Mean incremental inflow [m3/s] of each reservoir, March to August. */
const INFLOW_MEAN = {
  0: [110, 80, 45, 30, 22, 18],
  1: [140, 100, 60, 38, 28, 22],
  2: [60, 45, 28, 18, 14, 11],
  3: [25, 20, 12, 8, 6, 5],
};
/** Standard deviation over mean: at 0.3 a negative inflow lies more than three deviations away. */
const INFLOW_VARIATION = 0.3;

/** Mean load [MW] of each bus, March to August; only the coast's is random. */
const LOAD_MEAN = {
  0: [112, 110, 114, 118, 120, 117],
  1: [262, 258, 254, 252, 254, 260],
};
const LOAD_STD = { 0: 0, 1: 8 };

export const tables = {
  'scenarios/inflow_seasonal_stats.parquet': Object.entries(INFLOW_MEAN).flatMap(([hydro, means]) =>
    means.map((mean, stage) => ({
      hydro_id: Number(hydro),
      stage_id: stage,
      mean_m3s: mean,
      std_m3s: INFLOW_VARIATION * mean,
    })),
  ),
  'scenarios/load_seasonal_stats.parquet': Object.entries(LOAD_MEAN).flatMap(([bus, means]) =>
    means.map((mean, stage) => ({ bus_id: Number(bus), stage_id: stage, mean_mw: mean, std_mw: LOAD_STD[bus] })),
  ),
};
