import { Purpose } from '../counter-noise.js';

/** Who draws noise: the opening tree, the forward pass of training, or the simulation. */
export type Phase = 'tree' | 'forward' | 'simulation';

/** A batch of points that are drawn together: those of all scenarios (or openings) at one stage. */
export interface Draw {
  /** Non-negative safe integer. */
  readonly seed: number;
  readonly phase: Phase;
  /** One-based in training; 0 for the opening tree and the simulation. */
  readonly iteration: number;
  /** Zero-based; that of the first stage of the noise group. */
  readonly stage: number;
}

interface PhasePurposes {
  readonly normal: Purpose;
  readonly strata: Purpose;
  readonly jitter: Purpose;
  readonly sobol: Purpose;
  readonly halton: Purpose;
  readonly choice: Purpose;
}

/** What the numbers of a phase are for. */
export const PURPOSES: Readonly<Record<Phase, PhasePurposes>> = {
  tree: {
    normal: Purpose.openingTree,
    strata: Purpose.treeStrata,
    jitter: Purpose.treeJitter,
    sobol: Purpose.treeSobol,
    halton: Purpose.treeHalton,
    choice: Purpose.treeChoice,
  },
  forward: {
    normal: Purpose.forwardNormal,
    strata: Purpose.forwardStrata,
    jitter: Purpose.forwardJitter,
    sobol: Purpose.forwardSobol,
    halton: Purpose.forwardHalton,
    choice: Purpose.forwardChoice,
  },
  simulation: {
    normal: Purpose.simulationNormal,
    strata: Purpose.simulationStrata,
    jitter: Purpose.simulationJitter,
    sobol: Purpose.simulationSobol,
    halton: Purpose.simulationHalton,
    choice: Purpose.simulationChoice,
  },
};
