import { formatCost } from './format.js';

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const UPPER_MARK = '•';
const ABOVE_MARK = '↑';
const BELOW_MARK = '↓';
/** Under the lower bound: light, so that dots stay visible in it. */
const FILL = '░';
/** Share of upper bounds that the scale must hold; the first iterations' are often many times the optimum. */
const UPPER_QUANTILE = 0.8;
/** Share of lower bounds that may be off the scale: the first few say nothing about convergence. */
const LOWER_QUANTILE = 0.05;

/** One value a column: bounds of the iterations that share a column, the last lower and the mean upper one. */
function toColumns(values: ArrayLike<number>, columns: number, kind: 'last' | 'mean'): number[] {
  const count = values.length;
  return Array.from({ length: columns }, (_unused, c) => {
    const from = Math.floor((c * count) / columns);
    const to = Math.max(from + 1, Math.floor(((c + 1) * count) / columns));
    if (kind === 'last') return values[to - 1]!;
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i]!;
    return sum / (to - from);
  });
}

/**
 * Bounds over iterations as text: the lower bound is the edge of what is filled, upper bounds are dots. Rows of the chart, then
 * its axis; no line is longer than `width`. Empty without at least two finite lower bounds.
 */
export function convergenceChart(
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  { width = 78, height = 8 }: { width?: number; height?: number } = {},
): string[] {
  const finite = Array.from(lower).filter(Number.isFinite);
  if (finite.length < 2 || finite.length !== lower.length) return [];

  const uppers = Array.from(upper)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const lowers = [...finite].sort((a, b) => a - b);
  const bottom = lowers[Math.floor(LOWER_QUANTILE * (lowers.length - 1))]!;
  const highestLower = lowers.at(-1)!;
  const upperScale = uppers[Math.floor(UPPER_QUANTILE * (uppers.length - 1))] ?? highestLower;
  let top = Math.max(highestLower, upperScale);
  if (!(top > bottom)) top = bottom + Math.max(1, Math.abs(bottom) * 0.01);

  const labels = Array.from({ length: height }, (_unused, row) => {
    const labelled = row === 0 || row === height - 1 || row === Math.floor(height / 2);
    // Label of a row is the value at its upper edge, except for the last, which names the bottom of the scale.
    const share = row === height - 1 ? 0 : 1 - row / height;
    return labelled ? formatCost(bottom + share * (top - bottom)) : '';
  });
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const room = Math.max(8, width - labelWidth - 4);
  const columns = lower.length > room ? room : lower.length * Math.floor(room / lower.length);
  const lowerColumns = toColumns(lower, columns, 'last');
  const upperColumns = upper.length === lower.length ? toColumns(upper, columns, 'mean') : [];
  // With several columns an iteration, the dot stands in the middle one.
  const perIteration = columns / lower.length;
  const hasDot = (c: number) => perIteration <= 1 || c % perIteration === Math.floor(perIteration / 2);

  const rows = labels.map((label, row) => {
    const fromBottom = height - 1 - row;
    let text = '';
    for (let c = 0; c < columns; c++) {
      const up = upperColumns[c];
      let mark = '';
      if (up !== undefined && Number.isFinite(up) && hasDot(c)) {
        const level = Math.floor(((up - bottom) / (top - bottom)) * height);
        if (up > top) mark = row === 0 ? ABOVE_MARK : '';
        else if (up < bottom) mark = row === height - 1 ? BELOW_MARK : '';
        else if (Math.min(height - 1, level) === fromBottom) mark = UPPER_MARK;
      }
      const filled = ((lowerColumns[c]! - bottom) / (top - bottom)) * height - fromBottom;
      // A cell wholly below the bound's own is fill; the bound's own shows its height.
      const cell = filled > 1 ? FILL : EIGHTHS[Math.max(0, Math.round(filled * 8))]!;
      text += mark || cell;
    }
    return `  ${label.padStart(labelWidth)} ${label ? '┤' : '│'}${text.trimEnd()}`;
  });

  const last = `iteration ${lower.length}`;
  const gapWidth = Math.max(1, columns - 1 - last.length);
  return [
    ...rows,
    `  ${' '.repeat(labelWidth)} └${'─'.repeat(columns)}`,
    `  ${' '.repeat(labelWidth)}  1${' '.repeat(gapWidth)}${last}`,
  ];
}
