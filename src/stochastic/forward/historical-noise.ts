import { invertPar, type LagMemory, type PhysicalPar } from '../par-inversion.js';
import type { HistoricalWindows, IncompleteYear } from './historical-windows.js';

/** The noise of history under an inflow model, for T stages, H hydros and L lags. */
export interface HistoricalNoise {
  /** Year of the first stage's observation, by window. */
  readonly years: readonly number[];
  /** Years that were asked for, or observed, and have no window. */
  readonly incomplete: readonly IncompleteYear[];
  /** `noise[w][t * H + h]`. */
  readonly noise: readonly Float64Array[];
  /** Inflow before the first stage [m3/s] at `lags[w][h * L + l]`, lag 1 first. */
  readonly lags: readonly Float64Array[];
}

/**
 * The noise with which the model repeats each window, from the window's own lags.
 * @throws CobreError `PhysicalConstraint` when it cannot: a standard deviation of 0 beside another inflow.
 */
export function historicalNoise(
  windows: HistoricalWindows,
  model: PhysicalPar,
  memory: LagMemory | null = null,
): HistoricalNoise {
  const noise = windows.years.map((year, w) => {
    const values = new Float64Array(model.stages * model.hydros);
    const name = { series: `window ${year}`, file: 'scenarios/inflow_history.parquet' };
    invertPar(model, windows.inflow[w], windows.lags[w], memory, name, (t, h, value) => {
      values[t * model.hydros + h] = value;
    });
    return values;
  });
  return { years: windows.years, incomplete: windows.incomplete, noise, lags: windows.lags };
}
