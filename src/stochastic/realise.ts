import type { Study } from '../case/study.js';
import type { OpeningTree } from './opening-tree.js';

/** The openings in physical units, for H hydros and B buses. */
export interface RealisedOpenings {
  /** Incremental inflow [m3/s] of opening i: `inflow[t][i * H + h]`. */
  readonly inflow: readonly Float64Array[];
  /** Load [MW] before block factors of opening i: `load[t][i * B + b]`. */
  readonly load: readonly Float64Array[];
}

/**
 * Inflow = mean + std noise, cut off at 0 under the method 'truncation' only: 'penalty' buys the missing water in the
 * stage problem, and 'none' takes it as it is. Load of a random bus = max(0, mean + std noise), of others its mean.
 * Inflow has no memory here: PAR of order 0.
 */
export function realiseOpenings(study: Study, tree: OpeningTree): RealisedOpenings {
  const hydros = study.hydros.length;
  const buses = study.buses.length;
  const truncated = study.config.inflowNonNegativity === 'truncation';
  const inflow: Float64Array[] = [];
  const load: Float64Array[] = [];
  for (let t = 0; t < study.stages.length; t += 1) {
    const noise = tree.noise[t];
    const stageInflow = new Float64Array(tree.openings[t] * hydros);
    const stageLoad = new Float64Array(tree.openings[t] * buses);
    for (let i = 0; i < tree.openings[t]; i += 1) {
      const offset = i * tree.dimension;
      for (let h = 0; h < hydros; h += 1) {
        const value = study.inflow.mean[t * hydros + h] + study.inflow.std[t * hydros + h] * noise[offset + h];
        stageInflow[i * hydros + h] = truncated ? Math.max(0, value) : value;
      }
      for (let b = 0; b < buses; b += 1) stageLoad[i * buses + b] = study.load.mean[t * buses + b];
      study.stochasticLoadBuses.forEach((b, position) => {
        const value =
          study.load.mean[t * buses + b] + study.load.std[t * buses + b] * noise[offset + hydros + position];
        stageLoad[i * buses + b] = Math.max(0, value);
      });
    }
    inflow.push(stageInflow);
    load.push(stageLoad);
  }
  return { inflow, load };
}
