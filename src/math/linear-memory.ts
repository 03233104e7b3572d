import { rowTimes, type SparseRows } from './sparse-rows.js';

/**
 * How a stage's inflow depends on what is remembered, and what is remembered after it, for H series and M memory
 * variables: `inflow[h] = known[h] + lag[h] . memory`, `memory'[i] = keep[i] . memory + add[i] . inflow`.
 */
export interface LinearMemory {
  /** H rows over the memory. */
  readonly lag: SparseRows;
  /** M rows over the memory before the stage, and M rows over the stage's inflows. */
  readonly keep: SparseRows;
  readonly add: SparseRows;
}

/** What of series h the memory `x[offset..]` explains; 0 without memory. */
export function remembered(memory: LinearMemory | null, h: number, x: Float64Array, offset: number): number {
  return memory === null ? 0 : rowTimes(memory.lag, h, x, offset);
}

/** The memory after a stage, from that before it (`x[offset..]`) and the stage's inflows: into `out[at..]`. */
export function nextMemory(
  { keep, add }: LinearMemory,
  x: Float64Array,
  offset: number,
  inflow: Float64Array,
  inflowAt: number,
  out: Float64Array,
  at: number,
): void {
  const count = keep.start.length - 1;
  for (let i = 0; i < count; i++) out[at + i] = rowTimes(keep, i, x, offset) + rowTimes(add, i, inflow, inflowAt);
}

/**
 * A gradient in the memory after a stage (`gradient[at..]`) as one in the memory before it and in the stage's inflows,
 * both of which are cleared first.
 */
export function pullBack(
  { keep, add }: LinearMemory,
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
