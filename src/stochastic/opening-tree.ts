/** The noise that the backward pass sees: a fixed sample of equiprobable openings a stage. */
export interface OpeningTree {
  /** Entries of a noise vector: one a hydro, then one a bus with random load, then one a random source. */
  readonly dimension: number;
  /** Number of openings by stage. */
  readonly openings: readonly number[];
  /** Correlated standard normal noise: `noise[t][i * dimension + e]` for opening i of stage t. */
  readonly noise: readonly Float64Array[];
}
