import type { BoundDoubt } from '../sddp/comparable.js';

/** What `cobre summary` needs to know about the results in a directory. Costs in $, times in ms. */
export interface RunSummary {
  readonly caseName: string | null;
  /** `complete`, `converged` or `partial`. */
  readonly status: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly policyDigest: string | null;
  /** Whether costs count what non-controllable sources generate as minus its curtailment price. */
  readonly creditsSources: boolean;
  readonly training: {
    readonly iterations: number;
    /** Of these, how many were complete when the training was resumed; `null` where that is not known. */
    readonly iterationsBefore: number | null;
    readonly terminationReason: string;
    readonly lowerBound: number;
    /** Mean cost of the last iteration's paths: a bound only of an expectation and a horizon that ends. */
    readonly upperBound: number;
    /** `null` where that is the cost of one path of many that could be. */
    readonly upperBoundStdError: number | null;
    /** Of it, the policy's own cost-to-go after the end of the paths in an endless horizon; `null` where it is not told. */
    readonly costToGo: number | null;
    /** Paths of the last iteration. */
    readonly paths: number | null;
    /** The last upper bound by inner approximation; `null` where there was none. */
    readonly deterministicUpperBound: number | null;
    /** Relative, `(upper - lower) / lower`; `null` where there is none. */
    readonly gap: number | null;
    /** Whether costs were weighed by a risk measure: no gap can then be told from sampled costs. */
    readonly riskAverse: boolean;
    /** Whether the horizon is endless: sampled costs then end with the policy's own cost-to-go. */
    readonly cyclic: boolean;
    /** Whether sampled costs estimate what the lower bound is about: else they are no upper bound. */
    readonly comparesWithBound: boolean;
    /** Why the lower bound may be none; empty where it holds. */
    readonly lowerBoundDoubts: readonly BoundDoubt[];
    readonly totalCuts: number;
    readonly workers: number | null;
    readonly wallTimeMs: number | null;
    /** One entry an iteration; may be empty. */
    readonly history: { readonly lowerBound: ArrayLike<number>; readonly upperBound: ArrayLike<number> };
  } | null;
  readonly simulation: {
    readonly scenarios: number;
    readonly meanCost: number | null;
    /** Of it, the policy's own cost-to-go after the last stage of an endless horizon; else `null`. */
    readonly costToGo: number | null;
    readonly stdCost: number | null;
    /** `false` where the scenarios are of other noise, or of other plants, than the lower bound; by default they are the same. */
    readonly comparesWithBound?: boolean;
    readonly wallTimeMs: number | null;
  } | null;
}
