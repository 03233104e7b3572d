import type { StageSystem } from '../case/stage-system.js';
import type { LinearMemory } from '../math/linear-memory.js';

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

/** All that a stage's linear program is made of. */
export interface StageParts {
  readonly system: StageSystem;
  /** By hydro. */
  readonly production: readonly Production[];
  readonly evaporation: readonly (LinearEvaporation | null)[];
  /** Number of memory variables of the state, and how they move at the stage; `null` where there are none. */
  readonly memory: number;
  readonly inflow: LinearMemory | null;
}
