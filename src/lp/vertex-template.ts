import { type Entry, extendTemplate } from './extend-template.js';
import type { StageTemplate } from './stage-template.js';

/** Points at which an upper bound on the cost-to-go of a stage is known, and how steep it can be between them. */
interface Vertices {
  readonly count: number;
  /** `[vertex * lipschitz.length + s]` */
  readonly states: Float64Array;
  /** Upper bound at each [$]. */
  readonly value: Float64Array;
  /** By state variable: most that the cost-to-go changes with a unit of it [$/hm3]. */
  readonly lipschitz: Float64Array;
}

/**
 * A stage problem with the cost-to-go bounded from above by `vertices`, instead of from below by cuts: the lowest convex
 * function through them with the slopes allowed,
 *
 *     theta = min { sum_i w_i value_i + sum_s L_s (p_s + n_s) :  sum_i w_i = 1,  x_s = sum_i w_i x_is + p_s - n_s },
 *
 * all variables at least 0, x the state at the end of the stage; the columns come in the order `w_i`, `p_s`, `n_s`. The
 * specification's math/upper-bound-evaluation.md interpolates by the single best vertex, which is no linear program in a
 * minimisation.
 * Sources: Philpott, de Matos and Finardi (2013), On solving multistage stochastic programs with coherent risk measures,
 * section 4; the Lipschitz term: Costa and Leclere (2023), Duality of upper bounds in stochastic dynamic programming.
 */
export function withVertices(template: StageTemplate, vertices: Vertices): StageTemplate {
  const { layout, costScale } = template;
  const { rows, theta } = layout;
  const { count, states, value, lipschitz } = vertices;
  const width = lipschitz.length;
  /** Rows: theta's value, the weights' sum, then where each state variable lies. */
  const [bound, sum, place] = [rows, rows + 1, rows + 2];
  const added: Entry[][] = [];
  for (let i = 0; i < count; i++) {
    const weight: Entry[] = [
      [bound, -value[i] * costScale],
      [sum, 1],
    ];
    for (let s = 0; s < width; s++) weight.push([place + s, -states[i * width + s]]);
    added.push(weight);
  }
  for (const sign of [-1, 1]) {
    for (let s = 0; s < width; s++) {
      added.push([
        [bound, -lipschitz[s] * costScale],
        [place + s, sign],
      ]);
    }
  }

  const entries = outgoingState(template, place);
  entries.set(theta, [[bound, 1]]);
  const sides = new Float64Array(2 + width);
  sides[sum - rows] = 1;
  return extendTemplate(template, {
    entries,
    columns: added,
    columnLower: new Float64Array(added.length),
    columnUpper: new Float64Array(added.length).fill(Infinity),
    rowLower: sides,
    rowUpper: sides,
  });
}

/** By column: its part in the variables of the state at the end of the stage, which stand in the rows from `place` on. */
function outgoingState({ layout, memory }: StageTemplate, place: number): Map<number, Entry[]> {
  const { hydros, storage, memoryIn, inflow } = layout;
  const parts = new Map<number, Entry[]>();
  const put = (column: number, s: number, factor: number) => {
    const known = parts.get(column);
    if (known === undefined) parts.set(column, [[place + s, factor]]);
    else known.push([place + s, factor]);
  };
  for (let h = 0; h < hydros; h++) put(storage + h, h, 1);
  if (memory === null) return parts;
  const { keep, add } = memory;
  for (let i = 0; i < layout.memory; i++) {
    for (let e = keep.start[i]; e < keep.start[i + 1]; e++) put(memoryIn + keep.index[e], hydros + i, keep.value[e]);
    for (let e = add.start[i]; e < add.start[i + 1]; e++) put(inflow + add.index[e], hydros + i, add.value[e]);
  }
  return parts;
}
