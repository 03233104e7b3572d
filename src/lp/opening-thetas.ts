import type { Cvar } from '../case/study.js';
import type { StageTemplate } from './stage-template.js';

/**
 * A stage problem whose cost-to-go is split by the openings of the next stage (multi-cut, Birge and Louveaux, 1988):
 * a column `theta_i` for each, beside `theta`, which the added rows put together from them. With equal
 * probabilities that is their mean or, under a risk measure, `(1 - lambda) E + lambda CVaR_alpha` in the form of
 * Rockafellar and Uryasev (2000), as a minimum that the problem itself takes:
 *
 *     theta >= sum_i (1 - lambda) / n theta_i + lambda (v + sum_i y_i / (alpha n)),   y_i >= theta_i - v,  y_i >= 0
 *
 * (v and theta_i have theta's own lower bound: v loses nothing by it, as the quantile of numbers that have it.) All else stays where it was: columns and rows come
 * after those of the template.
 */
export function withOpeningThetas(template: StageTemplate, openings: number, cvar: Cvar | null): StageTemplate {
  const { layout } = template;
  const { columns, rows, theta } = layout;
  const { alpha, lambda } = cvar ?? { alpha: 1, lambda: 0 };
  const n = openings;
  /** Row that puts theta together; under a risk measure those of the excesses follow. */
  const link = rows;
  const added: (readonly [row: number, value: number])[][] = [];
  for (let i = 0; i < n; i++) {
    const mean = [link, -(1 - lambda) / n] as const;
    added.push(cvar === null ? [mean] : [mean, [link + 1 + i, -1]]);
  }
  if (cvar !== null) {
    added.push([[link, -lambda] as const, ...Array.from({ length: n }, (_, i) => [link + 1 + i, 1] as const)]);
    for (let i = 0; i < n; i++) {
      added.push([
        [link, -lambda / (alpha * n)],
        [link + 1 + i, 1],
      ]);
    }
  }
  const addedRows = cvar === null ? 1 : 1 + n;

  const start: number[] = [];
  const index: number[] = [];
  const value: number[] = [];
  for (let c = 0; c < columns; c++) {
    start.push(index.length);
    for (let k = template.start[c]; k < template.start[c + 1]; k++) {
      index.push(template.index[k]);
      value.push(template.value[k]);
    }
    if (c !== theta) continue;
    index.push(link);
    value.push(1);
  }
  for (const entries of added) {
    start.push(index.length);
    for (const [row, entry] of entries) {
      if (entry === 0) continue;
      index.push(row);
      value.push(entry);
    }
  }
  start.push(index.length);
  // Excesses y come last, after the costs-to-go and v.
  const lower = longer(template.columnLower, added.length, 0);
  lower.fill(template.columnLower[theta], columns, columns + n + (cvar === null ? 0 : 1));
  return {
    ...template,
    layout: { ...layout, columns: columns + added.length, rows: rows + addedRows },
    openingThetas: columns,
    cost: longer(template.cost, added.length, 0),
    columnLower: lower,
    columnUpper: longer(template.columnUpper, added.length, Infinity),
    rowLower: longer(template.rowLower, addedRows, 0),
    rowUpper: longer(template.rowUpper, addedRows, Infinity),
    start: Int32Array.from(start),
    index: Int32Array.from(index),
    value: Float64Array.from(value),
  };
}

/** `values` with `count` times `each` after them. */
function longer(values: Float64Array, count: number, each: number): Float64Array {
  const array = new Float64Array(values.length + count).fill(each);
  array.set(values);
  return array;
}
