/**
 * A case as the solver sees it: everything read, validated, sorted by id and resolved to indices. Plain data, so
 * that it can be cloned to other threads; frozen, so that nobody changes it on the way.
 *
 * Index conventions: `h` hydro, `b` bus, `l` line, `j` thermal, `t` stage, `k` block, all zero-based positions in
 * the arrays below (which are sorted by id), never ids.
 */
export interface Study {
  /** Base name of the case directory. */
  readonly name: string;
  /**
   * SHA-256 (hex) over what shapes the problem (system, stages, stochastic data, treatment of negative inflow), in
   * normal form. Names and run settings (seeds, passes, stopping rules, exports) do not enter.
   */
  readonly hash: string;
  readonly config: StudyConfig;
  readonly stages: readonly Stage[];
  /** The stage that comes after the last one, again and again; `null` where the horizon ends there. */
  readonly cycleStart: number | null;
  readonly buses: readonly Bus[];
  readonly lines: readonly Line[];
  readonly hydros: readonly Hydro[];
  readonly thermals: readonly Thermal[];
  /** Storage at the start of stage 0 [hm3], by hydro. */
  readonly initialStorage: Float64Array;
  readonly inflow: SeasonalModel;
  readonly load: SeasonalModel;
  /** Load factor of (stage t, bus b, block k) at `loadFactors[t][b * stages[t].blocks.length + k]`; 1 by default. */
  readonly loadFactors: readonly Float64Array[];
  /**
   * Buses whose load is random: those with a standard deviation above 0 at some stage, ascending. Noise vectors
   * hold one entry per hydro, then one per such bus.
   */
  readonly stochasticLoadBuses: readonly number[];
  readonly correlation: Correlation;
  /** User-supplied openings: `noiseOpenings[t][i * dimension + e]`, or `null` when they are to be generated. */
  readonly noiseOpenings: readonly Float64Array[] | null;
  readonly warnings: readonly string[];
}

/** Mean and standard deviation per stage and entity: `mean[t * entities + e]`. m3/s for inflow, MW for load. */
export interface SeasonalModel {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

export interface Block {
  readonly id: number;
  readonly name: string;
  /** Duration [h]. */
  readonly hours: number;
}

export interface Stage {
  readonly id: number;
  /** ISO dates, `YYYY-MM-DD`. */
  readonly startDate: string;
  readonly endDate: string;
  readonly blocks: readonly Block[];
  /** Sum of the blocks' durations [h]. */
  readonly hours: number;
  /** Number of openings of this stage (`num_scenarios`). */
  readonly openings: number;
  /** Discount of the cost-to-go seen from this stage: `1 / (1 + rate)^(days / 365.25)`; 1 when the rate is 0. */
  readonly discount: number;
  /** Season (0-based) or `null`. */
  readonly season: number | null;
  /**
   * How the costs of this stage's openings are weighed into one, for the stage before it and, at stage 0, for the lower
   * bound: `null` by their expectation.
   */
  readonly cvar: Cvar | null;
}

/** The risk measure `(1 - lambda) E + lambda CVaR_alpha`, CVaR being the mean of the worst `alpha` of the costs. */
export interface Cvar {
  /** In (0, 1). */
  readonly alpha: number;
  /** In (0, 1]. */
  readonly lambda: number;
}

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
  readonly bus: number;
  /** Plant that receives this one's outflow, or `null` for the sea. */
  readonly downstream: number | null;
  /** Storage bounds [hm3]. */
  readonly minStorage: number;
  readonly maxStorage: number;
  /** Outflow (turbined plus spilled) bounds [m3/s]; `null` has no upper bound. */
  readonly minOutflow: number;
  readonly maxOutflow: number | null;
  /** Generation per turbined flow [MW/(m3/s)]. */
  readonly productivity: number;
  /** Turbined flow bounds [m3/s]. */
  readonly minTurbined: number;
  readonly maxTurbined: number;
  /** Generation bounds [MW]. */
  readonly minGeneration: number;
  readonly maxGeneration: number;
  readonly penalties: HydroPenalties;
}

/** Resolved: the plant's own value, else the case's default. */
export interface HydroPenalties {
  /** [$/(m3/s h)] */
  readonly spillage: number;
  /** [$/hm3] */
  readonly storageViolationBelow: number;
  /** [$/(m3/s h)] */
  readonly turbinedViolationBelow: number;
  readonly outflowViolationBelow: number;
  readonly outflowViolationAbove: number;
  /** [$/MWh] */
  readonly generationViolationBelow: number;
  /** Price of inflow made up to keep a stage feasible [$/(m3/s h)]. */
  readonly inflowNonNegativity: number;
}

export interface Thermal {
  readonly id: number;
  readonly name: string;
  readonly bus: number;
  readonly minMw: number;
  readonly maxMw: number;
  /** [$/MWh] */
  readonly cost: number;
}

/** Correlation of the noise of a set of entities. */
export interface CorrelationGroup {
  /** Positions in the noise vector (hydros first, then stochastic load buses). */
  readonly entities: readonly number[];
  /** Row-major, `entities.length` squared, symmetric, unit diagonal. */
  readonly matrix: Float64Array;
}

export interface Correlation {
  /** How a matrix is factored: Cholesky, or the symmetric square root with negative eigenvalues clipped. */
  readonly method: 'cholesky' | 'spectral';
  readonly profiles: readonly (readonly CorrelationGroup[])[];
  /** Index into `profiles` for each stage, or -1 for independent noise. */
  readonly profileOfStage: readonly number[];
}

export type StoppingRule =
  | { readonly type: 'iteration_limit'; readonly limit: number }
  | { readonly type: 'time_limit'; readonly seconds: number }
  | { readonly type: 'bound_stalling'; readonly iterations: number; readonly tolerance: number }
  | {
      /**
       * Every `period` iterations, if the lower bound has moved less than `boundTolerance` (relative) over `boundWindow` of
       * them, the policy is simulated along `replications` scenarios. Holds where the stages' mean costs have moved less
       * than `distanceTolerance` (relative) since the last time.
       */
      readonly type: 'simulation';
      readonly replications: number;
      readonly period: number;
      readonly boundWindow: number;
      readonly distanceTolerance: number;
      readonly boundTolerance: number;
    };

/**
 * Which cuts are taken out of the stage problems, every `checkFrequency` iterations. A cut is active at a trial point
 * where no other lies more than `tolerance` [$] above it.
 */
export type CutSelection = { readonly checkFrequency: number } & (
  | {
      /** Out goes what is active at `threshold` trial points or fewer, of all so far. */
      readonly method: 'level1';
      readonly threshold: number;
    }
  | {
      /** Out goes what is active at no trial point of this iteration and the `memoryWindow` before it. */
      readonly method: 'lml1';
      readonly memoryWindow: number;
    }
  | {
      /** Out goes what lies more than `epsilon` [$] below another cut at every trial point so far. */
      readonly method: 'domination';
      readonly epsilon: number;
    }
);

/** How cuts are made and kept. */
export interface CutSettings {
  /** One cut a trial point for the cost of all openings of the next stage, or one for that of each. */
  readonly formulation: 'single' | 'multi';
  readonly selection: CutSelection | null;
  /** How far below the highest cut an active one may lie [$]. */
  readonly activityTolerance: number;
  /** Most active cuts of a stage, those of the last iteration apart; `null` for no limit. */
  readonly maxActivePerStage: number | null;
}

/** When and how an upper bound is computed by inner approximation. */
export interface UpperBoundSettings {
  /** First iteration after which there is one, and how many there are from one to the next. */
  readonly initialIteration: number;
  readonly interval: number;
  /** Factor of the Lipschitz constants of the costs-to-go, a margin of safety. */
  readonly scaleFactor: number;
  /** The constant of every state where they cannot be computed [$/hm3]. */
  readonly fallbackLipschitz: number | null;
}

export interface StudyConfig {
  readonly training: {
    readonly enabled: boolean;
    readonly forwardPasses: number;
    readonly stoppingRules: readonly StoppingRule[];
    readonly stoppingMode: 'any' | 'all';
    readonly cuts: CutSettings;
    readonly upperBound: UpperBoundSettings | null;
    /** Seed of the opening tree (`training.tree_seed`), a non-negative safe integer. */
    readonly treeSeed: number;
    /** Seed of the forward pass (`training.scenario_source.seed`, else the tree's). */
    readonly forwardSeed: number;
  };
  readonly simulation: {
    readonly enabled: boolean;
    readonly scenarios: number;
    /** Whether costs-to-go are those of the policy's cuts, from below, or of its vertices, from above. */
    readonly policyType: 'outer' | 'inner';
    /**
     * Seed of the simulation: that of `simulation.scenario_source` (else the tree's) where there is such a section,
     * else that of the forward pass, whose source then serves both.
     */
    readonly seed: number;
  };
  readonly inflowNonNegativity: 'none' | 'penalty' | 'truncation';
  readonly policy: {
    /**
     * Where the policy of a warm start or a simulation is read, relative to the output directory; for `resume`, where the
     * training is if none has begun in the output directory.
     */
    readonly path: string;
    /** What a training begins with: nothing, the cuts of a stored policy, or all of an earlier training's state. */
    readonly mode: 'fresh' | 'warm_start' | 'resume';
    /** Whether a warm start's policy must be of the same hydros. */
    readonly validateCompatibility: boolean;
    readonly checkpointing: {
      readonly enabled: boolean;
      /** First iteration after which one is written, and how many there are from one to the next. */
      readonly firstIteration: number;
      readonly interval: number;
      readonly compress: boolean;
    };
  };
  /** What is written: the training's history, the policy, the simulated scenarios. */
  readonly exports: {
    readonly training: boolean;
    readonly cuts: boolean;
    readonly vertices: boolean;
    readonly simulation: boolean;
  };
}
