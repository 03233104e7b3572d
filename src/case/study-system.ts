/** The entities of a system, and what changes about them from stage to stage. Positions, never ids, refer to others. */

/** When an entity exists: at stages `from <= t < until`, by position. */
export interface Service {
  readonly from: number;
  readonly until: number;
}

/** From before the study to after it. */
export const ALWAYS: Service = { from: 0, until: 2 ** 31 - 1 };

export interface DeficitSegment {
  /** Depth [MW]; `null` (only the last) is unbounded. */
  readonly depthMw: number | null;
  /** Cost [$/MWh]. */
  readonly cost: number;
}

export interface Bus {
  readonly id: number;
  readonly name: string;
  readonly deficitSegments: readonly DeficitSegment[];
  /** Cost of generation beyond the load [$/MWh]. */
  readonly excessCost: number;
}

export interface Line {
  readonly id: number;
  readonly name: string;
  readonly service: Service;
  readonly sourceBus: number;
  readonly targetBus: number;
  /** Capacity from source to target [MW], and back. */
  readonly directMw: number;
  readonly reverseMw: number;
  /** Cost of flow in either direction [$/MWh]. */
  readonly exchangeCost: number;
  /** Share of the flow that is lost, in percent. */
  readonly lossesPercent: number;
}

export interface Hydro {
  readonly id: number;
  readonly name: string;
  /** When it operates. A reservoir that is filled exists from `filling.from` on. */
  readonly service: Service;
  readonly bus: number;
  /** Plant that receives this one's outflow, or `null` for the sea. */
  readonly downstream: number | null;
  /** A channel to another plant, and the most it carries [m3/s]. */
  readonly diversion: { readonly target: number; readonly maxFlow: number } | null;
  /** Filling up to the least storage before operation: the first stage of it, and the inflow kept for it [m3/s]. */
  readonly filling: { readonly from: number; readonly inflow: number } | null;
  /** Storage bounds [hm3]. */
  readonly minStorage: number;
  readonly maxStorage: number;
  /** Outflow (turbined plus spilled) bounds [m3/s]; `null` has no upper bound. */
  readonly minOutflow: number;
  readonly maxOutflow: number | null;
  /** Production function of the plant where no other is chosen for a stage. */
  readonly model: ProductionModelName;
  /** Generation per turbined flow [MW/(m3/s)]; 0 for a plant that knows its planes only. */
  readonly productivity: number;
  /** Turbined flow bounds [m3/s]. */
  readonly minTurbined: number;
  readonly maxTurbined: number;
  /** Generation bounds [MW]. */
  readonly minGeneration: number;
  readonly maxGeneration: number;
  /** Water taken out of the reservoir for other uses [m3/s]; below 0 it is given back. */
  readonly withdrawal: number;
  readonly head: HeadData;
  /** Evaporation by calendar month [mm], January first, and the volumes it is linearised at [hm3], or `null`. */
  readonly evaporation: {
    readonly coefficientsMm: readonly number[];
    readonly referenceVolumes: readonly number[] | null;
  } | null;
  readonly penalties: HydroPenalties;
}

export type ProductionModelName = 'constant_productivity' | 'linearized_head' | 'fpha';

/** What turns a reservoir's height into a net head; `null` where the case says nothing. */
export interface HeadData {
  readonly tailrace:
    | { readonly type: 'polynomial'; readonly coefficients: readonly number[] }
    | { readonly type: 'piecewise'; readonly points: readonly { readonly outflow: number; readonly height: number }[] }
    | null;
  readonly losses:
    | { readonly type: 'factor'; readonly value: number }
    | { readonly type: 'constant'; readonly valueM: number }
    | null;
  /** Constant efficiency of turbine and generator, a share of 1. */
  readonly efficiency: number | null;
}

/** Resolved: the stage's value, else the plant's own value, else the case's default. */
export interface HydroPenalties {
  /** [$/(m3/s h)] */
  readonly spillage: number;
  /** Of turbined flow, for plants with an FPHA at the stage. */
  readonly fphaTurbined: number;
  readonly diversion: number;
  /** [$/hm3] */
  readonly storageViolationBelow: number;
  readonly fillingTarget: number;
  /** [$/(m3/s h)] */
  readonly turbinedViolationBelow: number;
  readonly outflowViolationBelow: number;
  readonly outflowViolationAbove: number;
  /** [$/MWh] */
  readonly generationViolationBelow: number;
  /** Of evaporating less or more than the model says [$/(m3/s h)]. */
  readonly evaporationBelow: number;
  readonly evaporationAbove: number;
  /** Of withdrawing less or more water than scheduled. */
  readonly withdrawalBelow: number;
  readonly withdrawalAbove: number;
  /** Price of inflow made up to keep a stage feasible. */
  readonly inflowNonNegativity: number;
}

export interface Thermal {
  readonly id: number;
  readonly name: string;
  readonly service: Service;
  readonly bus: number;
  readonly minMw: number;
  readonly maxMw: number;
  /** [$/MWh] */
  readonly cost: number;
}

/** Wind, sun and the like: what is available may be used or curtailed. */
export interface NonControllableSource {
  readonly id: number;
  readonly name: string;
  readonly service: Service;
  readonly bus: number;
  /** Installed capacity [MW]. */
  readonly maxMw: number;
  /** [$/MWh] */
  readonly curtailmentCost: number;
}

/** Lifts water from one reservoir to another. */
export interface PumpingStation {
  readonly id: number;
  readonly name: string;
  readonly service: Service;
  /** Bus that the power is taken from. */
  readonly bus: number;
  readonly source: number;
  readonly target: number;
  /** Power per flow [MW/(m3/s)]. */
  readonly consumption: number;
  /** [m3/s] */
  readonly minFlow: number;
  readonly maxFlow: number;
}

export interface Contract {
  readonly id: number;
  readonly name: string;
  readonly service: Service;
  readonly bus: number;
  readonly type: 'import' | 'export';
  /** [$/MWh]; below 0 it is revenue. */
  readonly price: number;
  readonly minMw: number;
  readonly maxMw: number;
}

/** What a generic constraint may speak of; the names are those of its grammar. */
export const GENERIC_VARIABLES = [
  'hydro_storage',
  'hydro_turbined',
  'hydro_spillage',
  'hydro_diversion',
  'hydro_outflow',
  'hydro_generation',
  'hydro_evaporation',
  'hydro_withdrawal',
  'thermal_generation',
  'line_direct',
  'line_reverse',
  'line_exchange',
  'bus_deficit',
  'bus_excess',
  'pumping_flow',
  'pumping_power',
  'contract_import',
  'contract_export',
  'non_controllable_generation',
  'non_controllable_curtailment',
] as const;
export type GenericVariable = (typeof GENERIC_VARIABLES)[number];

export interface GenericTerm {
  readonly coefficient: number;
  readonly variable: GenericVariable;
  /** Position of the hydro, thermal, line, bus, station, contract or source. */
  readonly entity: number;
  /** The block whose variable it is; `null` takes the block of the row. */
  readonly block: number | null;
}

/** A linear constraint `terms (sense) bound` on the variables of a stage, in force where it has a bound. */
export interface GenericConstraint {
  readonly id: number;
  readonly name: string;
  readonly sense: '>=' | '<=' | '==';
  /** In the order of the expression; equal variables are not merged. */
  readonly terms: readonly GenericTerm[];
  /** Sum of the expression's plain numbers, which belong to its left side. */
  readonly constant: number;
  /** Price of violating it by one unit for an hour; `null` for a hard constraint. */
  readonly slackPenalty: number | null;
}

/** Values of an entity that hold at one stage only. */
export interface Change<V> {
  readonly entity: number;
  readonly values: Partial<V>;
}

export type HydroValues = Pick<
  Hydro,
  | 'minStorage'
  | 'maxStorage'
  | 'minOutflow'
  | 'maxOutflow'
  | 'minTurbined'
  | 'maxTurbined'
  | 'minGeneration'
  | 'maxGeneration'
  | 'withdrawal'
> & { readonly maxDiversion: number; readonly fillingInflow: number; readonly penalties: Partial<HydroPenalties> };

/** A stage's changes, each list ascending by entity, each entity at most once. */
export interface StageChanges {
  readonly hydros: readonly Change<HydroValues>[];
  readonly thermals: readonly Change<Pick<Thermal, 'minMw' | 'maxMw' | 'cost'>>[];
  readonly lines: readonly Change<Pick<Line, 'directMw' | 'reverseMw' | 'exchangeCost'>>[];
  readonly buses: readonly Change<Pick<Bus, 'excessCost'>>[];
  readonly pumps: readonly Change<Pick<PumpingStation, 'minFlow' | 'maxFlow'>>[];
  readonly contracts: readonly Change<Pick<Contract, 'minMw' | 'maxMw' | 'price'>>[];
  readonly sources: readonly Change<{ readonly availableMw: number; readonly curtailmentCost: number }>[];
  /** Bounds of generic constraints: of all blocks (`null`) or of one; by constraint, then all blocks first, then block. */
  readonly generic: readonly { readonly constraint: number; readonly block: number | null; readonly bound: number }[];
}
