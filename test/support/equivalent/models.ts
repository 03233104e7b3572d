import type { Study } from '#cobre/case/study';

/** `g <= gamma0 + gammaV (v_in + v_out) / 2 + gammaQ turbined + gammaS spilled` [MW]; any correction is multiplied in. */
export interface Plane {
  readonly gamma0: number;
  /** [MW/hm3] */
  readonly gammaV: number;
  /** [MW/(m3/s)] */
  readonly gammaQ: number;
  readonly gammaS: number;
}

/** Evaporation of a stage as a line: `k0 + kV (v_in + v_out) / 2` [m3/s]. */
export interface LinearEvaporation {
  readonly k0: number;
  /** [m3/s per hm3] */
  readonly kV: number;
}

/** `inflow = base + sum psi[l - 1] (inflow l stages ago) + sigma noise` [m3/s]. */
export interface InflowTerms {
  readonly base: number;
  readonly psi: readonly number[];
  readonly sigma: number;
}

export interface InflowMemory {
  /** Inflow before the study by hydro [m3/s], latest first. */
  readonly past: readonly (readonly number[])[];
  terms(stage: number, hydro: number): InflowTerms;
}

/** What a study leaves to models that others fit. What is left out is not there. */
export interface FittedModels {
  /** Planes of a plant's production at a stage; `null` where it is proportional to the turbined flow. */
  planes?(stage: number, hydro: number): readonly Plane[] | null;
  /** Generation per turbined flow [MW/(m3/s)] at a stage; the plant's own by default. */
  productivity?(stage: number, hydro: number): number;
  evaporation?(stage: number, hydro: number): LinearEvaporation | null;
  readonly inflow?: InflowMemory;
}

/** What the openings bring, for H hydros, B buses and R sources; opening i of stage t. */
export interface Openings {
  /** Incremental inflow [m3/s] at `[t][i * H + h]`; not looked at where inflow has a memory. */
  readonly inflow: readonly Float64Array[];
  /** Noise of the inflow at `[t][i * H + h]`; needed where inflow has a memory. */
  readonly inflowNoise?: readonly Float64Array[];
  /** Load [MW] before block factors at `[t][i * B + b]`. */
  readonly load: readonly Float64Array[];
  /** Available generation [MW] before block factors at `[t][i * R + r]`; needed where a source has statistics. */
  readonly available?: readonly Float64Array[];
}

/** Whether the study cuts modelled inflow off at 0. */
export function cutsInflow({ config }: Study): boolean {
  return config.inflowNonNegativity === 'truncation' || config.inflowNonNegativity === 'truncation_with_penalty';
}

/** Whether the stage problem may buy water that is missing. */
export function buysInflow({ config }: Study): boolean {
  return config.inflowNonNegativity === 'penalty' || config.inflowNonNegativity === 'truncation_with_penalty';
}

/**
 * What noise vectors mean in physical units: first the hydros, then the buses with random load, then the sources with
 * random availability. `noise[t][i * dimension + e]`, as the case format has them in `noise_openings.parquet`.
 */
export function openingsFromNoise(study: Study, noise: readonly Float64Array[]): Openings {
  const { hydros, buses, sources, stochasticLoadBuses, stochasticSources } = study;
  const dimension = hydros.length + stochasticLoadBuses.length + stochasticSources.length;
  const each = <E>(entities: readonly E[], value: (t: number, e: number, noiseAt: (at: number) => number) => number) =>
    study.stages.map(({ openings }, t) => {
      const values = new Float64Array(openings * entities.length);
      for (let i = 0; i < openings; i += 1) {
        entities.forEach((_, e) => {
          values[i * entities.length + e] = value(t, e, (at) => noise[t][i * dimension + at]);
        });
      }
      return values;
    });
  const loadNoise = new Map(stochasticLoadBuses.map((b, position) => [b, hydros.length + position]));
  const sourceNoise = new Map(
    stochasticSources.map((r, position) => [r, hydros.length + stochasticLoadBuses.length + position]),
  );
  return {
    inflow: each(hydros, (t, h, at) => {
      const value = study.inflow.mean[t * hydros.length + h] + study.inflow.std[t * hydros.length + h] * at(h);
      return cutsInflow(study) ? Math.max(0, value) : value;
    }),
    inflowNoise: each(hydros, (_, h, at) => at(h)),
    load: each(buses, (t, b, at) => {
      const position = loadNoise.get(b);
      const mean = study.load.mean[t * buses.length + b];
      return position === undefined ? mean : Math.max(0, mean + study.load.std[t * buses.length + b] * at(position));
    }),
    available: each(sources, (t, r, at) => {
      const position = sourceNoise.get(r);
      const here = t * sources.length + r;
      const deviation = position === undefined ? 0 : study.availability.std[here] * at(position);
      return Math.min(1, Math.max(0, study.availability.mean[here] + deviation)) * sources[r].maxMw;
    }),
  };
}
