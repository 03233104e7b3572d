/** Entries of a noise vector: those of the hydros, then of the buses with random load, then of the random sources. */
export interface NoiseLayout {
  readonly hydros: number;
  /** Buses whose load is random. */
  readonly loads: number;
  /** Non-controllable sources whose availability is random. */
  readonly sources: number;
}

/** Number of entries. */
export function noiseDimension({ hydros, loads, sources }: NoiseLayout): number {
  return hydros + loads + sources;
}
