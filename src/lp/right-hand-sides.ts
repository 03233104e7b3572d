import { remembered } from '../math/linear-memory.js';
import type { StageTemplate } from './stage-template.js';

/** What nature and demand bring in a stage, by position. */
interface Realisation {
  /** Inflow [m3/s] of each hydro, without what the state's memory adds to it. */
  readonly inflow: Float64Array;
  /** Load [MW] of each bus, before block factors. */
  readonly load: Float64Array;
  /** Available generation [MW] of each source, before block factors. */
  readonly available: Float64Array;
}

/**
 * Right-hand sides of the random rows into `out[offset..offset + randomRows)`: volumes [hm3] that flow into the reservoirs
 * (with memory: inflows [m3/s] without the remembered part), loads [MW], available generation [MW].
 */
export function writeRightHandSides(
  template: StageTemplate,
  { inflow, load, available }: Realisation,
  loadFactors: Float64Array,
  out: Float64Array,
  offset: number,
): void {
  const { layout, inflowTarget, withdrawal, volumes, sourceFactor } = template;
  const { hydros, buses, sources, blocks, waterBalance, waterRows, loadBalance, sourceBalance } = layout;
  if (layout.inflowRow >= 0) {
    for (let h = 0; h < hydros; h++) out[offset + layout.inflowRow + h] = inflow[h];
  } else {
    const first = offset + waterBalance;
    for (let k = 0; k < waterRows; k++) {
      for (let h = 0; h < hydros; h++) out[first + h * waterRows + k] = -volumes[k] * withdrawal[h];
      for (let h = 0; h < hydros; h++) {
        if (inflowTarget[h] >= 0) out[first + inflowTarget[h] * waterRows + k] += volumes[k] * inflow[h];
      }
    }
  }
  for (let b = 0; b < buses; b++) {
    for (let k = 0; k < blocks; k++) {
      out[offset + loadBalance + b * blocks + k] = load[b] * loadFactors[b * blocks + k];
    }
  }
  for (let r = 0; r < sources; r++) {
    for (let k = 0; k < blocks; k++) {
      out[offset + sourceBalance + r * blocks + k] = available[r] * sourceFactor[r * blocks + k];
    }
  }
}

/**
 * Cuts modelled inflow below 0 off at 0: what stands in the right-hand sides at `offset` is raised to minus what the
 * memory `state[at..]` of the stage's beginning adds. Only stages with memory need it here.
 */
export function truncateInflow(
  { layout, memory }: StageTemplate,
  state: Float64Array,
  at: number,
  rhs: Float64Array,
  offset: number,
): void {
  if (layout.inflowRow < 0) return;
  for (let h = 0; h < layout.hydros; h++) {
    const known = remembered(memory, h, state, at + layout.hydros);
    const row = offset + layout.inflowRow + h;
    if (rhs[row] + known < 0) rhs[row] = -known;
  }
}
