import type { Column } from './column.js';
import * as simulation from './simulation-columns.js';
import * as training from './training-columns.js';

export type { Column, ColumnType } from './column.js';
export * from './simulation-columns.js';
export * from './training-columns.js';

/** The columns of every Parquet file of a run's results, by the name that `variables.csv` gives the file. */
export const SCHEMAS: Readonly<Record<string, readonly Column[]>> = {
  costs: simulation.COST_COLUMNS,
  hydros: simulation.HYDRO_COLUMNS,
  thermals: simulation.THERMAL_COLUMNS,
  exchanges: simulation.EXCHANGE_COLUMNS,
  buses: simulation.BUS_COLUMNS,
  pumping_stations: simulation.PUMP_COLUMNS,
  contracts: simulation.CONTRACT_COLUMNS,
  non_controllables: simulation.SOURCE_COLUMNS,
  inflow_lags: simulation.INFLOW_LAG_COLUMNS,
  generic_violations: simulation.GENERIC_VIOLATION_COLUMNS,
  convergence: training.CONVERGENCE_COLUMNS,
  iteration_timing: training.ITERATION_TIMING_COLUMNS,
  rank_timing: training.RANK_TIMING_COLUMNS,
  cut_selection: training.CUT_SELECTION_COLUMNS,
  solver_iterations: training.SOLVER_ITERATION_COLUMNS,
  retry_histogram: training.RETRY_HISTOGRAM_COLUMNS,
  bounds: training.BOUND_COLUMNS,
};
