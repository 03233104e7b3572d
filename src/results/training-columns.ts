import { type Column, column, nullable } from './column.js';

/*
 * Columns as the public format states them (Cobre 0.5, output format reference): names, types, nullability, units. Order
 * here is order in the file.
 */

const ITERATION = column('iteration', 'Int32', 'id', 'One-based training iteration');

/** `training/convergence.parquet`, one row an iteration. */
export const CONVERGENCE_COLUMNS: readonly Column[] = [
  ITERATION,
  column('lower_bound', 'Float64', '$', 'Lower bound on the expected cost'),
  column('upper_bound_mean', 'Float64', '$', 'Mean cost of the iteration’s forward passes'),
  column('upper_bound_std', 'Float64', '$', 'Standard deviation of that cost'),
  nullable(
    'gap_percent',
    'Float64',
    '%',
    'Gap between the bounds; null when the lower bound is not positive or costs of paths are no upper bound',
  ),
  column('cuts_added', 'Int32', 'count', 'Cuts added in this iteration'),
  column('cuts_removed', 'Int32', 'count', 'Cuts deactivated in this iteration'),
  column('cuts_active', 'Int64', 'count', 'Active cuts of all stages afterwards'),
  column('time_forward_ms', 'Int64', 'ms', 'Wall-clock time of the forward pass'),
  column('time_backward_ms', 'Int64', 'ms', 'Wall-clock time of the backward pass'),
  column('time_total_ms', 'Int64', 'ms', 'Wall-clock time of the iteration'),
  column('forward_passes', 'Int32', 'count', 'Trajectories of this iteration'),
  column('lp_solves', 'Int64', 'count', 'Linear programs solved by all ranks'),
];

/** `training/timing/mpi_ranks.parquet`, one row an iteration and rank. */
export const RANK_TIMING_COLUMNS: readonly Column[] = [
  ITERATION,
  column('rank', 'Int32', 'id', 'Zero-based rank'),
  column('forward_time_ms', 'Int64', 'ms', 'Time of this rank in the forward pass'),
  column('backward_time_ms', 'Int64', 'ms', 'Time of this rank in the backward pass'),
  column('communication_time_ms', 'Int64', 'ms', 'Time of this rank exchanging results'),
  column('idle_time_ms', 'Int64', 'ms', 'Time of this rank waiting for other ranks'),
  column('lp_solves', 'Int64', 'count', 'Linear programs solved by this rank'),
  column('scenarios_processed', 'Int32', 'count', 'Trajectories of this rank'),
];

function ms(name: string, description: string): Column {
  return column(name, 'Int64', 'ms', description);
}

/** `training/timing/iterations.parquet`, one row an iteration. */
export const ITERATION_TIMING_COLUMNS: readonly Column[] = [
  ITERATION,
  ms('forward_wall_ms', 'Wall-clock time of the forward pass, without the exchange of its results'),
  ms('backward_wall_ms', 'Wall-clock time of the backward pass, without cut selection'),
  ms('cut_selection_ms', 'Wall-clock time of cut selection'),
  ms('mpi_allreduce_ms', 'Time of rank 0 in exchanging costs and trial points of the forward pass, waiting included'),
  ms('cut_sync_ms', 'Time of rank 0 in exchanging what cuts are made of, waiting included; part of the backward pass'),
  ms('lower_bound_ms', 'Wall-clock time of the lower bound'),
  ms('state_exchange_ms', 'Always 0: trial points are exchanged together with the costs of the forward pass'),
  ms('cut_batch_build_ms', 'Time of rank 0 in handing cuts to its solver; part of the backward pass'),
  ms('bwd_setup_ms', 'Time of all ranks in the backward pass beside solving, summed up'),
  ms('bwd_load_imbalance_ms', 'How much longer the busiest rank worked in the backward pass than the mean of all'),
  ms('bwd_scheduling_overhead_ms', 'How much longer the backward pass took than its busiest rank worked'),
  ms('fwd_setup_ms', 'Time of all ranks in the forward pass beside solving, summed up'),
  ms('fwd_load_imbalance_ms', 'How much longer the busiest rank worked in the forward pass than the mean of all'),
  ms('fwd_scheduling_overhead_ms', 'How much longer the forward pass took than its busiest rank worked'),
  ms('overhead_ms', 'Time of the iteration in none of the phases above'),
];

/** `training/solver/iterations.parquet` and `simulation/solver/iterations.parquet`, one row an iteration, phase and stage. */
export const SOLVER_ITERATION_COLUMNS: readonly Column[] = [
  column('iteration', 'UInt32', 'id', 'One-based training iteration, or zero-based simulated scenario'),
  column('phase', 'Utf8', 'name', 'forward, backward, lower_bound or simulation'),
  column('stage', 'Int32', 'id', 'Zero-based stage'),
  nullable('opening', 'Int32', 'id', 'Always null: rows are sums over openings'),
  nullable('rank', 'Int32', 'id', 'Always null: rows are sums over ranks'),
  nullable('worker_id', 'Int32', 'id', 'Always null: a rank has one thread that solves'),
  column('lp_solves', 'UInt32', 'count', 'Linear programs, those answered from a known basis included'),
  column(
    'lp_successes',
    'UInt32',
    'count',
    'Of those, the ones that ended in an optimum: all, as any other end ends the run',
  ),
  column('lp_retries', 'UInt32', 'count', 'Of those, the ones that took more than one attempt'),
  column(
    'lp_failures',
    'UInt32',
    'count',
    'Of those, the ones that ended without an optimum: always 0, as such an end ends the run',
  ),
  column('retry_attempts', 'UInt32', 'count', 'Attempts beyond the first'),
  column('basis_offered', 'UInt32', 'count', 'Stored bases that solves began from'),
  column('basis_consistency_failures', 'UInt32', 'count', 'Stored bases refused: always 0, as a refusal ends the run'),
  column('simplex_iterations', 'UInt64', 'count', 'Iterations of the simplex method'),
  column('solve_time_ms', 'Float64', 'ms', 'Time inside the solver'),
  column('load_model_time_ms', 'Float64', 'ms', 'Time in handing models to the solver'),
  column('set_bounds_time_ms', 'Float64', 'ms', 'Time in setting states and right-hand sides'),
  column('basis_set_time_ms', 'Float64', 'ms', 'Time in handing stored bases to the solver'),
  column(
    'basis_reconstructions',
    'UInt64',
    'count',
    'Stored bases completed by the rows of newer cuts: each that is offered',
  ),
];

/** `training/solver/retry_histogram.parquet` and that of the simulation: one row an iteration, phase, stage and level. */
export const RETRY_HISTOGRAM_COLUMNS: readonly Column[] = [
  column('iteration', 'UInt32', 'id', 'One-based training iteration, or zero-based simulated scenario'),
  column('phase', 'Utf8', 'name', 'forward, backward, lower_bound or simulation'),
  column('stage', 'Int32', 'id', 'Zero-based stage'),
  column('retry_level', 'UInt32', 'id', 'Zero-based level of escalation'),
  column('count', 'UInt64', 'count', 'Linear programs that ended in an optimum at this level'),
];

/** `training/cut_selection/iterations.parquet`, one row an iteration in which cuts are selected, and stage. */
export const CUT_SELECTION_COLUMNS: readonly Column[] = [
  ITERATION,
  column('stage', 'Int32', 'id', 'Zero-based stage'),
  column('cuts_populated', 'Int32', 'count', 'Cuts, active or not'),
  column('cuts_active_before', 'Int32', 'count', 'Active cuts before the selection'),
  column('cuts_deactivated', 'Int32', 'count', 'Cuts that the method of selection deactivated'),
  column('cuts_active_after', 'Int32', 'count', 'Active cuts after that'),
  column('selection_time_ms', 'Float64', 'ms', 'Wall-clock time of the selection'),
  nullable('budget_evicted', 'Int32', 'count', 'Cuts deactivated for there being too many; null without a limit'),
  nullable('active_after_budget', 'Int32', 'count', 'Active cuts after that; null without a limit'),
];

/** `training/dictionaries/bounds.parquet`, one row an entity, stage and bound. */
export const BOUND_COLUMNS: readonly Column[] = [
  column('entity_type_code', 'Int8', 'code', 'Kind of entity'),
  column('entity_id', 'Int32', 'id', 'Entity'),
  column('stage_id', 'Int32', 'id', 'Zero-based stage'),
  column('bound_type_code', 'Int8', 'code', 'Quantity, and which end of its range the row is about'),
  column(
    'lower_bound',
    'Float64',
    'unit of the quantity',
    'Least value at the stage, before block factors; that of a line is minus its capacity back',
  ),
  column(
    'upper_bound',
    'Float64',
    'unit of the quantity',
    'Greatest value at the stage, before block factors; infinite without one',
  ),
];
