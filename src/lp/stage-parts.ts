import type { StageSystem } from '../case/stage-system.js';

/** A plane of an FPHA: `g <= gamma0 + gammaV v + gammaQ q + gammaS s`, g [MW], v [hm3] the mean of a period's ends, q and s [m3/s]. */
export interface Plane {
  readonly gamma0: number;
  readonly gammaV: number;
  readonly gammaQ: number;
  readonly gammaS: number;
}

/** Generation from turbined flow: a factor [MW/(m3/s)], or the least of some planes. */
export type Production =
  | { readonly kind: 'constant'; readonly productivity: number }
  | { readonly kind: 'fpha'; readonly planes: readonly Plane[] };

/** Evaporation [m3/s] as `constant + slope v`, v [hm3] the mean of the storages at both ends of the stage. */
export interface LinearEvaporation {
  readonly constant: number;
  readonly slope: number;
}

/** Rows of numbers that are mostly zero: row i holds `value[e]` at `index[e]` for `start[i] <= e < start[i + 1]`. */
export interface SparseRows {
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/**
 * How a stage's inflow depends on what the state remembers, and what the state remembers after it, for H hydros and M
 * memory variables: `inflow[h] = known[h] + lag[h] . memory`, `memory'[i] = keep[i] . memory + add[i] . inflow`.
 */
export interface InflowMemory {
  /** H rows over the memory. */
  readonly lag: SparseRows;
  /** M rows over the memory, and M rows over the hydros. */
  readonly keep: SparseRows;
  readonly add: SparseRows;
}

/** All that a stage's linear program is made of. */
export interface StageParts {
  readonly system: StageSystem;
  /** By hydro. */
  readonly production: readonly Production[];
  readonly evaporation: readonly (LinearEvaporation | null)[];
  /** Number of memory variables of the state, and how they move at the stage; `null` where there are none. */
  readonly memory: number;
  readonly inflow: InflowMemory | null;
}
