import type { ProductionModelName } from './study-system.js';

/** Points of a reservoir's curves, ascending by volume: volume [hm3], height of the surface [m], its area [km2]. */
export interface ReservoirGeometry {
  readonly volume: Float64Array;
  readonly height: Float64Array;
  readonly area: Float64Array;
}

/** How FPHA planes are found. `null` leaves a number to the default. */
export interface FphaConfig {
  readonly source: 'precomputed' | 'computed';
  readonly volumePoints: number | null;
  readonly turbinedPoints: number | null;
  readonly spilledPoints: number | null;
  readonly maxPlanes: number | null;
  /** Range of volumes to fit, in hm3 or as percentiles (0 to 1) of the operating range; each end may be left out. */
  readonly window: {
    readonly minVolume: number | null;
    readonly maxVolume: number | null;
    readonly minPercentile: number | null;
    readonly maxPercentile: number | null;
  } | null;
}

/** A production function by name, with what it needs. */
export interface ProductionModelChoice {
  readonly model: ProductionModelName;
  readonly fpha: FphaConfig | null;
  /** Replaces the plant's productivity [MW/(m3/s)]. */
  readonly productivity: number | null;
}

/** Which production function a plant has at which stage. */
export type ProductionChoice =
  | {
      readonly mode: 'stage_ranges';
      /** Stages by position, both ends inclusive; the first that holds a stage decides. `null` is open. */
      readonly ranges: readonly (ProductionModelChoice & { readonly from: number; readonly to: number | null })[];
    }
  | {
      readonly mode: 'seasonal';
      readonly default: ProductionModelName;
      readonly seasons: readonly (ProductionModelChoice & { readonly season: number })[];
    };

/** A plane `g <= kappa gamma0 + gammaV v + gammaQ q + gammaS s` [MW] that the case brings. */
export interface SuppliedPlane {
  /** Stage by position; `null` holds at all stages. */
  readonly stage: number | null;
  readonly plane: number;
  readonly gamma0: number;
  readonly gammaV: number;
  readonly gammaQ: number;
  readonly gammaS: number;
  readonly kappa: number;
  readonly validVMin: number | null;
  readonly validVMax: number | null;
  readonly validQMax: number | null;
}
