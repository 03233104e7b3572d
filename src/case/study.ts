import type { CaseWarning } from '../errors.js';
import type { ProductionChoice, ReservoirGeometry, SuppliedPlane } from './study-production.js';
import type {
  Bus,
  Contract,
  GenericConstraint,
  Hydro,
  Line,
  NonControllableSource,
  PumpingStation,
  StageChanges,
  Thermal,
} from './study-system.js';
import type { ExternalScenarios, InflowModelData } from './study-uncertainty.js';

export type * from './study-production.js';
export type * from './study-system.js';
export type * from './study-uncertainty.js';

/**
 * A case as the solver sees it: everything read, validated, sorted by id and resolved to indices. Plain data, so
 * that it can be cloned to other threads; frozen, so that nobody changes it on the way.
 *
 * Index conventions: `h` hydro, `b` bus, `l` line, `j` thermal, `r` non-controllable source, `p` pumping station, `c`
 * contract, `t` stage, `k` block, all zero-based positions in the arrays below (which are sorted by id), never ids.
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
  readonly sources: readonly NonControllableSource[];
  readonly pumps: readonly PumpingStation[];
  readonly contracts: readonly Contract[];
  readonly genericConstraints: readonly GenericConstraint[];
  /** What differs at a stage from what the entities say for all stages, by stage. `stageSystem` puts both together. */
  readonly changes: readonly StageChanges[];
  /** Volume-height-area table of each hydro, or `null`. */
  readonly geometry: readonly (ReservoirGeometry | null)[];
  /** How the production function of each hydro is chosen by stage, or `null` where the plant's own model holds at all. */
  readonly productionChoices: readonly (ProductionChoice | null)[];
  /** FPHA planes that the case brings, by hydro. */
  readonly suppliedPlanes: readonly (readonly SuppliedPlane[])[];
  /** Storage at the start of stage 0 [hm3], by hydro: of those that are being filled as well. */
  readonly initialStorage: Float64Array;
  /** Mean and standard deviation of the inflow [m3/s]; all 0 where they are to be estimated (`inflowModel.history`). */
  readonly inflow: SeasonalModel;
  /** What makes inflow depend on earlier inflow, and where its parameters come from. */
  readonly inflowModel: InflowModelData;
  readonly load: SeasonalModel;
  /** Load factor of (stage t, bus b, block k) at `loadFactors[t][b * stages[t].blocks.length + k]`; 1 by default. */
  readonly loadFactors: readonly Float64Array[];
  /** Factor of a line's capacity by (stage t, line l, block k): `[t][l * K + k]`; 1 by default. */
  readonly lineFactors: { readonly direct: readonly Float64Array[]; readonly reverse: readonly Float64Array[] };
  /** Factor of a source's available generation by (stage t, source r, block k): `[t][r * K + k]`; 1 by default. */
  readonly sourceFactors: readonly Float64Array[];
  /**
   * Availability of the sources as a share of their capacity, by stage and source; NaN where the case has no
   * statistics, and what is available is then certain (`StageSystem.sources[r].availableMw`).
   */
  readonly availability: SeasonalModel;
  /**
   * Buses whose load is random: those with a standard deviation above 0 at some stage, ascending. Noise vectors
   * hold one entry per hydro, then one per such bus, then one per source with random availability.
   */
  readonly stochasticLoadBuses: readonly number[];
  /** Sources whose availability is random: those with a standard deviation above 0 at some stage, ascending. */
  readonly stochasticSources: readonly number[];
  readonly correlation: Correlation;
  /** User-supplied openings: `noiseOpenings[t][i * dimension + e]`, or `null` when they are to be generated. */
  readonly noiseOpenings: readonly Float64Array[] | null;
  readonly externalInflow: ExternalScenarios | null;
  readonly externalLoad: ExternalScenarios | null;
  readonly externalAvailability: ExternalScenarios | null;
  readonly warnings: readonly CaseWarning[];
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
  /** Season id or `null`. */
  readonly season: number | null;
  /** Blocks of a stage share one reservoir balance, or follow each other with a balance each. */
  readonly blockMode: 'parallel' | 'chronological';
  /** How the noise of the stage's openings is drawn. */
  readonly sampling: SamplingMethod;
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

type SamplingMethod = 'saa' | 'lhs' | 'qmc_sobol' | 'qmc_halton' | 'selective' | 'historical_residuals';

/** Correlation of the noise of a set of entities. */
export interface CorrelationGroup {
  /** Positions in the noise vector (hydros first, then stochastic load buses, then stochastic sources). */
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

/** What is done about modelled inflow below 0; `truncation_with_penalty` does both. */
export type InflowNonNegativity = 'none' | 'penalty' | 'truncation' | 'truncation_with_penalty';

/** Where a pass takes the noise of a class of series from. */
type SamplingScheme = 'in_sample' | 'out_of_sample' | 'external' | 'historical';

export interface ScenarioSource {
  readonly inflow: SamplingScheme;
  readonly load: SamplingScheme;
  readonly sources: SamplingScheme;
  /** Years whose history may be replayed, ascending; `null` takes all complete ones. */
  readonly historicalYears: readonly number[] | null;
}

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
    readonly source: ScenarioSource;
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
    readonly source: ScenarioSource;
    /** Where `simulation.output_path` says that results go, or `null`. */
    readonly outputPath: string | null;
  };
  readonly inflowNonNegativity: InflowNonNegativity;
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
    /**
     * A policy, relative to the output directory, and the stage of it, counted from 0, whose cost-to-go holds at the
     * end of this study; `null` where nothing comes after it.
     */
    readonly boundary: { readonly path: string; readonly sourceStage: number } | null;
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
    /** What inflow models, noise and correlation came out of preprocessing. */
    readonly stochastic: boolean;
    /** The trial points of the forward passes. */
    readonly states: boolean;
    /** Each scenario of the forward pass, or of the backward pass: the format has no file for them. */
    readonly forwardDetail: boolean;
    readonly backwardDetail: boolean;
    /** Codec of Parquet files; `null` leaves it to the writer. */
    readonly compression: 'zstd' | 'lz4' | 'none' | null;
  };
}
