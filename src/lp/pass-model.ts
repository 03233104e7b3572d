import { BYTES_PER_DOUBLE, BYTES_PER_INTEGER, type HighsRuntime, type Pointer } from './highs-runtime.js';
import type { StageTemplate } from './stage-template.js';

/** Hands a stage problem to the solver as its model. Returns the solver's status, below 0 where it refuses. */
export function passModel(runtime: HighsRuntime, highs: Pointer, template: StageTemplate): number {
  const { fn } = runtime;
  const t = template;
  const { columns, rows } = t.layout;
  const temporary: Pointer[] = [];
  const doubles = (values: Float64Array) => {
    const p = runtime.allocate(values.length * BYTES_PER_DOUBLE);
    runtime.doubles.set(values, p / BYTES_PER_DOUBLE);
    temporary.push(p);
    return p;
  };
  const integers = (values: Int32Array) => {
    const p = runtime.allocate(values.length * BYTES_PER_INTEGER);
    runtime.integers.set(values, p / BYTES_PER_INTEGER);
    temporary.push(p);
    return p;
  };
  const COLUMN_WISE = 1;
  const MINIMIZE = 1;
  const status = fn._Highs_passLp(
    highs,
    columns,
    rows,
    t.value.length,
    COLUMN_WISE,
    MINIMIZE,
    0,
    doubles(t.cost),
    doubles(t.columnLower),
    doubles(t.columnUpper),
    doubles(t.rowLower),
    doubles(t.rowUpper),
    integers(t.start),
    integers(t.index),
    doubles(t.value),
  );
  for (const p of temporary) fn._free(p);
  return status;
}
