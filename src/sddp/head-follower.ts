import type { Study } from '../case/study.js';
import { type HeadLinearization, productivityAt } from '../hydro/linearized-head.js';
import { hydroModels } from '../hydro/study-models.js';
import type { StageParts } from '../lp/stage-parts.js';
import type { StageSolver } from '../lp/stage-solver.js';
import { buildStageTemplate, type StageTemplate } from '../lp/stage-template.js';
import type { StageProblems } from './stage-problems.js';

/** A coefficient of a stage's program that depends on the productivity p of a plant: `constant + slope p`. */
interface Coefficient {
  readonly row: number;
  readonly column: number;
  readonly constant: number;
  readonly slope: number;
}

/** A plant whose productivity follows its storage at a stage. */
interface Follower {
  readonly hydro: number;
  readonly head: HeadLinearization;
  readonly coefficients: readonly Coefficient[];
  /** Columns of its turbined flow, one a block, and what bounds them [m3/s, MW]. */
  readonly firstColumn: number;
  readonly blocks: number;
  readonly maxTurbined: number;
  readonly maxGeneration: number;
}

/** Share of the stated productivity that is left at least: a coefficient of 0 would leave the program's matrix. */
const LEAST_SHARE = 1e-6;

/**
 * Lets the productivity of plants with the model `linearized_head` follow their storage, in simulations: that at the
 * storage that the stage begins with, which is known before its program is solved. A product of turbined flow and storage
 * would not be linear, and the mean storage of the stage is only known afterwards. A training, whose cuts hold for one
 * program, has the stated productivity. A plant without a curve or a tailrace keeps it in simulations as well.
 * Source: the specification's math/hydro-production-models.md, section 3.
 */
export class HeadFollower {
  readonly #stages: readonly (readonly Follower[])[];

  constructor(study: Study, problems: StageProblems) {
    const { production } = hydroModels(study);
    this.#stages = problems.templates.map((_, t) => {
      const heads = production.map((byStage, h) => {
        const made = byStage[t];
        const operates = problems.systems[t].hydros[h].status === 'operating';
        return made.kind === 'linearized_head' && made.productivity > 0 && operates ? made.head : null;
      });
      return heads.every((head) => head === null) ? [] : followersOf(study, problems, t, heads);
    });
  }

  /** Changes the program of stage `t` to the storages `state` that it begins with. To be called before the unit of work begins. */
  apply(t: number, state: Float64Array, solver: StageSolver): void {
    for (const each of this.#stages[t]) {
      const productivity = follow(each, state);
      for (const { row, column, constant, slope } of each.coefficients) {
        solver.setCoefficient(row, column, constant + slope * productivity);
      }
      const most = Math.min(each.maxTurbined, each.maxGeneration / productivity);
      for (let k = 0; k < each.blocks; k++) solver.setUpperBound(each.firstColumn + k, most);
    }
  }

  /** Writes the productivities [MW/(m3/s)] of the plants that follow their storage to `out[at + h]`. */
  write(t: number, state: Float64Array, out: Float64Array, at: number): void {
    for (const each of this.#stages[t]) out[at + each.hydro] = follow(each, state);
  }
}

function follow({ hydro, head }: Follower, state: Float64Array): number {
  return Math.max(LEAST_SHARE * head.productivity, productivityAt(head, state[hydro]));
}

/** Told from two programs, one with twice the productivity: whatever is made of it, it enters linearly. */
function followersOf(
  study: Study,
  { parts, systems }: StageProblems,
  t: number,
  heads: readonly (HeadLinearization | null)[],
): Follower[] {
  const once = buildStageTemplate(study, t, parts[t]);
  const twice = buildStageTemplate(study, t, withTwice(parts[t], heads));
  const { turbined, blocks } = once.layout;
  return heads.flatMap((head, hydro) => {
    if (head === null) return [];
    const firstColumn = turbined + hydro * blocks;
    const { maxTurbined, maxGeneration } = systems[t].hydros[hydro];
    const coefficients = Array.from({ length: blocks }, (_, k) =>
      coefficientsOf(once, twice, firstColumn + k, head.productivity),
    ).flat();
    return [{ hydro, head, coefficients, firstColumn, blocks, maxTurbined, maxGeneration }];
  });
}

function withTwice(parts: StageParts, heads: readonly (HeadLinearization | null)[]): StageParts {
  const production = parts.production.map((made, h) =>
    made.kind === 'constant' && heads[h] !== null ? { ...made, productivity: 2 * made.productivity } : made,
  );
  return { ...parts, production };
}

function coefficientsOf(once: StageTemplate, twice: StageTemplate, column: number, productivity: number) {
  const entriesOf = ({ start, index, value }: StageTemplate) => {
    const entries = new Map<number, number>();
    for (let k = start[column]; k < start[column + 1]; k++) entries.set(index[k], value[k]);
    return entries;
  };
  const [a, b] = [entriesOf(once), entriesOf(twice)];
  const rows = [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => x - y);
  return rows.flatMap((row): Coefficient[] => {
    const [here, there] = [a.get(row) ?? 0, b.get(row) ?? 0];
    if (here === there) return [];
    const slope = (there - here) / productivity;
    return [{ row, column, constant: here - slope * productivity, slope }];
  });
}
