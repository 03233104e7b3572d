import type { StageSystem } from '../case/stage-system.js';
import type { LinearEvaporation } from '../hydro/evaporation.js';
import type { Plane } from '../hydro/plane.js';
import type { LinearMemory } from '../math/linear-memory.js';

/** Generation from turbined flow: a factor [MW/(m3/s)], or the least of some planes. */
export type Production =
  | { readonly kind: 'constant'; readonly productivity: number }
  | { readonly kind: 'fpha'; readonly planes: readonly Plane[] };

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
