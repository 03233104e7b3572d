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
 * all variables at least 0, x the state at the end of the stage. Columns `w_i`, `p_s`, `n_s` and rows come after those of the template. The specification's
 * math/upper-bound-evaluation.md interpolates by the single best vertex, which is no linear program in a minimisation.
 * Sources: Philpott, de Matos and Finardi (2013), On solving multistage stochastic programs with coherent risk measures,
 * section 4; the Lipschitz term: Costa and Leclere (2023), Duality of upper bounds in stochastic dynamic programming.
 */
export function withVertices(template: StageTemplate, vertices: Vertices): StageTemplate {
  const { layout, costScale } = template;
  const { columns, rows, theta } = layout;
  const { count, states, value, lipschitz } = vertices;
  const width = lipschitz.length;
  /** Rows: theta's value, the weights' sum, then where each state variable lies. */
  const [bound, sum, place] = [rows, rows + 1, rows + 2];
  const added: [row: number, value: number][][] = [];
  for (let i = 0; i < count; i++) {
    const entries: [number, number][] = [
      [bound, -value[i] * costScale],
      [sum, 1],
    ];
    for (let s = 0; s < width; s++) entries.push([place + s, -states[i * width + s]]);
    added.push(entries);
  }
  for (const sign of [-1, 1]) {
    for (let s = 0; s < width; s++) {
      added.push([
        [bound, -lipschitz[s] * costScale],
        [place + s, sign],
      ]);
    }
  }

  const outgoing = outgoingState(template);
  const start: number[] = [];
  const index: number[] = [];
  const entries: number[] = [];
  for (let c = 0; c < columns; c++) {
    start.push(index.length);
    for (let k = template.start[c]; k < template.start[c + 1]; k++) {
      index.push(template.index[k]);
      entries.push(template.value[k]);
    }
    if (c === theta) {
      index.push(bound);
      entries.push(1);
    }
    for (const [s, factor] of outgoing.get(c) ?? []) {
      index.push(place + s);
      entries.push(factor);
    }
  }
  for (const column of added) {
    start.push(index.length);
    for (const [row, entry] of column) {
      if (entry === 0) continue;
      index.push(row);
      entries.push(entry);
    }
  }
  start.push(index.length);
  const addedRows = new Float64Array(2 + width);
  addedRows[sum - rows] = 1;
  return {
    ...template,
    layout: { ...layout, columns: columns + added.length, rows: rows + addedRows.length },
    cost: concat(template.cost, new Float64Array(added.length)),
    columnLower: concat(template.columnLower, new Float64Array(added.length)),
    columnUpper: concat(template.columnUpper, new Float64Array(added.length).fill(Infinity)),
    rowLower: concat(template.rowLower, addedRows),
    rowUpper: concat(template.rowUpper, addedRows),
    start: Int32Array.from(start),
    index: Int32Array.from(index),
    value: Float64Array.from(entries),
  };
}

/** By column: which variables of the state at the end of the stage it is part of, ascending, and its factor there. */
function outgoingState({ layout, memory }: StageTemplate): Map<number, (readonly [s: number, factor: number])[]> {
  const { hydros, storage, memoryIn, inflow } = layout;
  const parts = new Map<number, (readonly [number, number])[]>();
  const put = (column: number, s: number, factor: number) => {
    const known = parts.get(column);
    if (known === undefined) parts.set(column, [[s, factor]]);
    else known.push([s, factor]);
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

function concat(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
