/** Part of a year, from `monthStart`-`dayStart` to `monthEnd`-`dayEnd`, which belongs to it unless another begins on it. */
export interface Season {
  readonly id: number;
  readonly label: string;
  readonly monthStart: number;
  readonly dayStart: number | null;
  readonly monthEnd: number | null;
  readonly dayEnd: number | null;
}

export interface SeasonDefinitions {
  readonly cycle: 'monthly' | 'weekly' | 'custom';
  /** Ascending by id. */
  readonly seasons: readonly Season[];
}

/** Rows of a table by hydro and stage; both by position, ascending by hydro, then stage, then lag. */
export interface AutoregressiveRows {
  readonly hydro: Int32Array;
  readonly stage: Int32Array;
  /** One-based. */
  readonly lag: Int32Array;
  /** Standardised, without unit. */
  readonly coefficient: Float64Array;
  /** Standard deviation of the residual as a share of the season's; one value a (hydro, stage). */
  readonly residualStdRatio: Float64Array;
}

export interface AnnualRows {
  readonly hydro: Int32Array;
  readonly stage: Int32Array;
  readonly coefficient: Float64Array;
  /** Mean and standard deviation of the mean of twelve months [m3/s]. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** Observed inflow: hydro by position, date `YYYY-MM-DD`, [m3/s]; ascending by hydro, then date. */
export interface InflowHistory {
  readonly hydro: Int32Array;
  readonly date: readonly string[];
  readonly value: Float64Array;
}

/**
 * A stage before the study: one that stages.json has, or that inflow statistics have rows for. Of the latter nothing else is
 * known: it is the lag period as many before stage 0.
 */
export interface PreStudyStage {
  readonly id: number;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly season: number | null;
}

/** What makes inflow depend on earlier inflow. */
export interface InflowModelData {
  readonly seasons: SeasonDefinitions | null;
  /** Stages before the study, ascending by id, and the statistics of inflow there: `mean[i * H + h]`, NaN where unknown. */
  readonly preStudyStages: readonly PreStudyStage[];
  readonly preStudyMean: Float64Array;
  readonly preStudyStd: Float64Array;
  readonly autoregressive: AutoregressiveRows | null;
  readonly annual: AnnualRows | null;
  readonly history: InflowHistory | null;
  /** Whether statistics and coefficients are to be estimated from the history: the case brings none of its own. */
  readonly estimateStatistics: boolean;
  readonly estimateCoefficients: boolean;
  readonly estimation: {
    readonly maxOrder: number;
    readonly orderSelection: 'pacf' | 'pacf_annual';
    readonly minObservationsPerSeason: number;
    readonly maxCoefficient: number | null;
  };
  /** Inflow before the study by hydro [m3/s], latest first, with the season of each where the case names it. */
  readonly pastInflows: readonly { readonly values: Float64Array; readonly seasons: Int32Array | null }[];
  /** Observations of a period that the first stage belongs to: ascending by hydro, then start. */
  readonly recentObservations: readonly {
    readonly hydro: number;
    readonly startDate: string;
    readonly endDate: string;
    readonly value: number;
  }[];
}

/** Scenarios given as values: `values[(t * scenarios + n) * entities + e]`; m3/s, MW, or a share of capacity. */
export interface ExternalScenarios {
  readonly scenarios: number;
  readonly values: Float64Array;
}
