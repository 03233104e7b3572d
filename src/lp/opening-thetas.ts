import type { Cvar } from '../case/study.js';
import { type Entry, extendTemplate } from './extend-template.js';
import type { StageTemplate } from './stage-template.js';

/**
 * A stage problem whose cost-to-go is split by the openings of the next stage (multi-cut, Birge and Louveaux, 1988):
 * a column `theta_i` for each, beside `theta`, which the added rows put together from them. With equal
 * probabilities that is their mean or, under a risk measure, `(1 - lambda) E + lambda CVaR_alpha` in the form of
 * Rockafellar and Uryasev (2000), as a minimum that the problem itself takes:
 *
 *     theta >= sum_i (1 - lambda) / n theta_i + lambda (v + sum_i y_i / (alpha n)),   y_i >= theta_i - v,  y_i >= 0
 *
 * (v and theta_i have theta's own lower bound: v loses nothing by it, as the quantile of numbers that have it.)
 */
export function withOpeningThetas(template: StageTemplate, openings: number, cvar: Cvar | null): StageTemplate {
  const { layout } = template;
  const { columns, rows, theta } = layout;
  const { alpha, lambda } = cvar ?? { alpha: 1, lambda: 0 };
  const n = openings;
  /** Row that puts theta together; under a risk measure those of the excesses follow. */
  const link = rows;
  const added: Entry[][] = [];
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

  const columnLower = new Float64Array(added.length);
  // Excesses y come last, after the costs-to-go and v.
  columnLower.fill(template.columnLower[theta], 0, n + (cvar === null ? 0 : 1));
  const extended = extendTemplate(template, {
    entries: new Map([[theta, [[link, 1]]]]),
    columns: added,
    columnLower,
    columnUpper: new Float64Array(added.length).fill(Infinity),
    rowLower: new Float64Array(addedRows),
    rowUpper: new Float64Array(addedRows).fill(Infinity),
  });
  return { ...extended, openingThetas: columns };
}
