/**
 * Parameters of the inflow model by stage and hydro, as the files of a case hold them: standardised coefficients beside
 * seasonal means and standard deviations. T stages, H hydros, entry (t, h) at `t * H + h`.
 */
export interface ParModel extends StageStatistics, StageCoefficients {}

/** Role of inflow_seasonal_stats.parquet. */
export interface StageStatistics {
  readonly stages: number;
  readonly hydros: number;
  /** Mean and standard deviation of the inflow [m3/s]. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
  /**
   * The same for the stages before the study, which the lags of its first stages refer to: that of stage -1 - k and
   * hydro h at `k * H + h`.
   */
  readonly pastMean: Float64Array;
  readonly pastStd: Float64Array;
}

/** Role of inflow_ar_coefficients.parquet and inflow_annual_component.parquet. */
export interface StageCoefficients {
  readonly stages: number;
  readonly hydros: number;
  /** Number of autoregressive lags. */
  readonly order: Int32Array;
  /** Largest order; standardised coefficient of lag l + 1 at `(t * H + h) * maxOrder + l`, 0 beyond the order. */
  readonly maxOrder: number;
  readonly coefficients: Float64Array;
  /** Standard deviation of the noise over that of the inflow; 1 at order 0. */
  readonly residualStdRatio: Float64Array;
  /** PAR(p)-A; `null` when no hydro has it. */
  readonly annual: AnnualComponents | null;
}

/** By (t, h); a standard deviation of 0 means that there is no component. */
export interface AnnualComponents {
  /** Standardised. */
  readonly coefficient: Float64Array;
  /** Moments of the mean over twelve seasons [m3/s]. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** No autoregressive part at all. */
export function whiteNoiseCoefficients(stages: number, hydros: number): StageCoefficients {
  return {
    stages,
    hydros,
    order: new Int32Array(stages * hydros),
    maxOrder: 0,
    coefficients: new Float64Array(),
    residualStdRatio: new Float64Array(stages * hydros).fill(1),
    annual: null,
  };
}

/** How many stages before the study the lags reach: the largest order, or the twelve seasons of an annual mean. */
export function lagDepth(coefficients: StageCoefficients): number {
  return coefficients.annual === null ? coefficients.maxOrder : Math.max(coefficients.maxOrder, 12);
}
