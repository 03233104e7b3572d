/** Level of the water below the plant as a function of its total outflow (turbined and spilled). */
export type TailraceModel =
  /** c0 + c1 Q + c2 Q^2 + ... [m], Q in m3/s, ascending powers, at least one coefficient. */
  | { readonly type: 'polynomial'; readonly coefficients: readonly number[] }
  /** Linear between points, constant outside them. Any order; outflows differ. */
  | { readonly type: 'piecewise'; readonly points: readonly TailracePoint[] };

interface TailracePoint {
  readonly outflowM3s: number;
  readonly heightM: number;
}

/** Head lost between the reservoir and the turbine. */
export type HydraulicLosses =
  /** Share of the gross head, 0 to below 1. */
  | { readonly type: 'factor'; readonly value: number }
  /** Metres, whatever the flow. */
  | { readonly type: 'constant'; readonly valueM: number };

/** Efficiency of turbine and generator together, above 0 and at most 1. */
export interface Efficiency {
  readonly type: 'constant';
  readonly value: number;
}

export interface Evaporation {
  /** Depth of water that evaporates in each calendar month [mm], January first; 12 of them; negative where rain wins. */
  readonly coefficientsMm: readonly number[];
  /** Storage around which each month is linearised [hm3], 12 of them; without them the middle of the storage range. */
  readonly referenceVolumesHm3?: readonly number[] | null | undefined;
}

export type ProductionModelName = 'constant_productivity' | 'linearized_head' | 'fpha';

/** What the production and evaporation models need to know of a plant in `system/hydros.json`. */
export interface HydroPlant {
  readonly id: number;
  readonly name: string;
  /** hm3. */
  readonly minStorage: number;
  /** hm3. */
  readonly maxStorage: number;
  /** m3/s. */
  readonly maxTurbined: number;
  readonly generationModel: ProductionModelName;
  /** MW per m3/s; null where the generation model is `fpha`, which states none. */
  readonly productivity: number | null;
  readonly tailrace: TailraceModel | null;
  readonly hydraulicLosses: HydraulicLosses | null;
  readonly efficiency: Efficiency | null;
  readonly evaporation: Evaporation | null;
}
