import type { StageTemplate } from './stage-template.js';

/** A coefficient of a column. */
export type Entry = readonly [row: number, value: number];

/** Columns and rows that come after those of a stage problem, which stay where they are. */
interface Extension {
  /** What columns that are there have in the new rows, by column; ascending by row. */
  readonly entries: ReadonlyMap<number, readonly Entry[]>;
  /** Entries of the new columns, ascending by row; those of 0 are left out. The columns cost nothing. */
  readonly columns: readonly (readonly Entry[])[];
  readonly columnLower: Float64Array;
  readonly columnUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
}

export function extendTemplate(template: StageTemplate, extension: Extension): StageTemplate {
  const { layout } = template;
  const { entries, columns } = extension;
  const start: number[] = [];
  const index: number[] = [];
  const value: number[] = [];
  for (let c = 0; c < layout.columns; c++) {
    start.push(index.length);
    for (let k = template.start[c]; k < template.start[c + 1]; k++) {
      index.push(template.index[k]);
      value.push(template.value[k]);
    }
    for (const [row, entry] of entries.get(c) ?? []) {
      index.push(row);
      value.push(entry);
    }
  }
  for (const column of columns) {
    start.push(index.length);
    for (const [row, entry] of column) {
      if (entry === 0) continue;
      index.push(row);
      value.push(entry);
    }
  }
  start.push(index.length);
  return {
    ...template,
    layout: {
      ...layout,
      columns: layout.columns + columns.length,
      rows: layout.rows + extension.rowLower.length,
    },
    cost: concat(template.cost, new Float64Array(columns.length)),
    columnLower: concat(template.columnLower, extension.columnLower),
    columnUpper: concat(template.columnUpper, extension.columnUpper),
    rowLower: concat(template.rowLower, extension.rowLower),
    rowUpper: concat(template.rowUpper, extension.rowUpper),
    start: Int32Array.from(start),
    index: Int32Array.from(index),
    value: Float64Array.from(value),
  };
}

function concat(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
