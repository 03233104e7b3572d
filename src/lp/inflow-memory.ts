import type { InflowMemory, SparseRows } from './stage-parts.js';

/** Row `i` of a matrix times `x[offset..]`, in index order. */
export function rowTimes({ start, index, value }: SparseRows, i: number, x: Float64Array, offset: number): number {
  let sum = 0;
  for (let e = start[i]; e < start[i + 1]; e++) sum += value[e] * x[offset + index[e]];
  return sum;
}

/** What of each hydro's inflow the memory `x[offset..]` explains [m3/s]; 0 without memory. */
export function rememberedInflow(memory: InflowMemory | null, h: number, x: Float64Array, offset: number): number {
  return memory === null ? 0 : rowTimes(memory.lag, h, x, offset);
}

/** The memory after a stage, from that before it (`x[offset..]`) and the stage's inflows: into `out[at..]`. */
export function nextMemory(
  { keep, add }: InflowMemory,
  x: Float64Array,
  offset: number,
  inflow: Float64Array,
  out: Float64Array,
  at: number,
): void {
  const count = keep.start.length - 1;
  for (let i = 0; i < count; i++) out[at + i] = rowTimes(keep, i, x, offset) + rowTimes(add, i, inflow, 0);
}

/**
 * A gradient in the memory after a stage (`gradient[at..]`) as one in the memory before it and in the stage's inflows,
 * both of which are cleared first.
 */
export function pullBack(
  { keep, add }: InflowMemory,
  gradient: Float64Array,
  at: number,
  memory: Float64Array,
  inflow: Float64Array,
): void {
  memory.fill(0);
  inflow.fill(0);
  const count = keep.start.length - 1;
  for (let i = 0; i < count; i++) {
    const slope = gradient[at + i];
    if (slope === 0) continue;
    for (let e = keep.start[i]; e < keep.start[i + 1]; e++) memory[keep.index[e]] += slope * keep.value[e];
    for (let e = add.start[i]; e < add.start[i + 1]; e++) inflow[add.index[e]] += slope * add.value[e];
  }
}
