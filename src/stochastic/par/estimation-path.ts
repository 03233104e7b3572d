/** Which of the inflow files a case has. */
interface InflowFiles {
  readonly history: boolean;
  readonly statistics: boolean;
  readonly coefficients: boolean;
}

/**
 * Where the parameters of the inflow model come from. `full_estimation`, `user_ar_history_stats` and
 * `partial_estimation` use the history: for all, for the statistics alone, for the coefficients alone (whose fit uses
 * statistics of its own). Only these estimate the correlation, when there is no correlation.json. An annual component
 * that is given counts where the coefficients and the statistics are given, or the statistics without a history.
 */
type EstimationPath =
  | 'deterministic'
  | 'user_stats_white_noise'
  | 'user_provided_no_history'
  | 'full_estimation'
  | 'user_ar_history_stats'
  | 'partial_estimation'
  | 'user_provided_all';

export function estimationPath({ history, statistics, coefficients }: InflowFiles): EstimationPath {
  if (history && statistics) return coefficients ? 'user_provided_all' : 'partial_estimation';
  if (history) return coefficients ? 'user_ar_history_stats' : 'full_estimation';
  if (statistics) return coefficients ? 'user_provided_no_history' : 'user_stats_white_noise';
  return 'deterministic';
}
