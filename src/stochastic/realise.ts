import { type StageSystem, stageSystem } from '../case/stage-system.js';
import type { Study } from '../case/study.js';
import type { InflowParameters } from './inflow-model.js';
import { inflowParameters } from './inflow-parameters.js';
import type { OpeningTree } from './opening-tree.js';

/** What nature and demand bring in a stage, by position. */
export interface StageRealisation {
  /** Inflow [m3/s] of each hydro; where inflow depends on earlier inflow, without that part. */
  readonly inflow: Float64Array;
  /** Load [MW] of each bus, before block factors. */
  readonly load: Float64Array;
  /** Available generation [MW] of each source, before block factors. */
  readonly available: Float64Array;
}

/** The openings in physical units, for H hydros, B buses and R sources. */
export interface RealisedOpenings {
  /** Incremental inflow [m3/s] of opening i: `inflow[t][i * H + h]`; without what earlier inflow adds to it. */
  readonly inflow: readonly Float64Array[];
  /** Load [MW] before block factors of opening i: `load[t][i * B + b]`. */
  readonly load: readonly Float64Array[];
  /** Available generation [MW] before block factors of opening i: `available[t][i * R + r]`. */
  readonly available: readonly Float64Array[];
}

/** Whether inflow below 0 is cut off. */
export function truncatesInflow({ config }: Pick<Study, 'config'>): boolean {
  return ['truncation', 'truncation_with_penalty'].includes(config.inflowNonNegativity);
}

/** Turns noise vectors into inflow, load and available generation. */
export class Realiser {
  /** Whether inflow below 0 is cut off. */
  readonly truncates: boolean;
  readonly #study: Study;
  readonly #inflow: InflowParameters;
  readonly #systems: readonly StageSystem[];

  constructor(study: Study, inflow: InflowParameters, systems: readonly StageSystem[]) {
    this.#study = study;
    this.#inflow = inflow;
    this.#systems = systems;
    this.truncates = truncatesInflow(study);
  }

  blank(): StageRealisation {
    const { hydros, buses, sources } = this.#study;
    return {
      inflow: new Float64Array(hydros.length),
      load: new Float64Array(buses.length),
      available: new Float64Array(sources.length),
    };
  }

  /**
   * Inflow = base + sigma noise, cut off at 0 under the truncation methods where it does not depend on earlier inflow
   * (where it does, nobody knows here what is below 0). Load of a random bus = max(0, mean + std noise), of others its
   * mean. A source has its capacity times mean + std noise, kept within 0 and 1; without statistics what the case says.
   */
  realise(t: number, noise: Float64Array, offset: number, out: StageRealisation): void {
    const { hydros, buses, sources, load, availability, stochasticLoadBuses, stochasticSources } = this.#study;
    const H = hydros.length;
    const B = buses.length;
    const R = sources.length;
    const { base, sigma, maxOrder } = this.#inflow;
    const cut = this.truncates && maxOrder === 0;
    for (let h = 0; h < H; h += 1) {
      const value = base[t * H + h] + sigma[t * H + h] * noise[offset + h];
      out.inflow[h] = cut ? Math.max(0, value) : value;
    }
    for (let b = 0; b < B; b += 1) out.load[b] = load.mean[t * B + b];
    stochasticLoadBuses.forEach((b, position) => {
      out.load[b] = Math.max(0, load.mean[t * B + b] + load.std[t * B + b] * noise[offset + H + position]);
    });
    for (let r = 0; r < R; r += 1) {
      const mean = availability.mean[t * R + r];
      const { maxMw, availableMw } = this.#systems[t].sources[r];
      out.available[r] = Number.isNaN(mean) ? availableMw : maxMw * Math.min(1, Math.max(0, mean));
    }
    stochasticSources.forEach((r, position) => {
      const mean = availability.mean[t * R + r];
      if (Number.isNaN(mean)) return;
      const share = mean + availability.std[t * R + r] * noise[offset + H + stochasticLoadBuses.length + position];
      out.available[r] = this.#systems[t].sources[r].maxMw * Math.min(1, Math.max(0, share));
    });
  }
}

function plainRealiser(study: Study): Realiser {
  return new Realiser(
    study,
    inflowParameters(study),
    study.stages.map((_, t) => stageSystem(study, t)),
  );
}

/** All openings of a tree in physical units. */
export function realiseOpenings(study: Study, tree: OpeningTree, realiser = plainRealiser(study)): RealisedOpenings {
  const inflow: Float64Array[] = [];
  const load: Float64Array[] = [];
  const available: Float64Array[] = [];
  const one = realiser.blank();
  study.stages.forEach((_, t) => {
    const openings = tree.openings[t];
    const all = {
      inflow: new Float64Array(openings * one.inflow.length),
      load: new Float64Array(openings * one.load.length),
      available: new Float64Array(openings * one.available.length),
    };
    for (let i = 0; i < openings; i += 1) {
      realiser.realise(t, tree.noise[t], i * tree.dimension, one);
      all.inflow.set(one.inflow, i * one.inflow.length);
      all.load.set(one.load, i * one.load.length);
      all.available.set(one.available, i * one.available.length);
    }
    inflow.push(all.inflow);
    load.push(all.load);
    available.push(all.available);
  });
  return { inflow, load, available };
}
