import type { Correlation } from '../../case/study.js';
import { CobreError } from '../../errors.js';
import { correlatorOf } from '../correlate.js';
import { Purpose } from '../counter-noise.js';
import { type NoiseLayout, noiseDimension } from '../noise-layout.js';
import type { OpeningTree } from '../opening-tree.js';
import { sampleOpening } from '../sample-opening.js';
import type { SamplingMethod } from '../sampling/point-set.js';
import type { ExternalNoise } from './external-noise.js';
import { FreshNoise } from './fresh-noise.js';
import type { HistoricalNoise } from './historical-noise.js';
import { PoolChoice } from './pool-choice.js';

/** Where the noise of one class (inflow, load, sources) comes from: `scenario_source`. */
export type ClassSource =
  /** One of the stage's openings; the same for all classes that are sampled so. */
  | { readonly scheme: 'in_sample' }
  /** Drawn anew for each scenario, by the stage's method, and correlated. */
  | { readonly scheme: 'out_of_sample' }
  /** Inflow only: what a window of history had. */
  | { readonly scheme: 'historical'; readonly history: HistoricalNoise }
  /** What a scenario of the user's has. */
  | { readonly scheme: 'external'; readonly scenarios: ExternalNoise };

export interface NoiseSourceInput {
  readonly phase: 'forward' | 'simulation';
  /** Seed of the scenario source. */
  readonly seed: number;
  /** Scenarios of all ranks: forward passes an iteration, or scenarios of the simulation. */
  readonly scenarios: number;
  readonly layout: NoiseLayout;
  readonly inflow: ClassSource;
  readonly load: ClassSource;
  readonly sources: ClassSource;
  readonly tree: OpeningTree;
  /** By stage, for fresh noise. */
  readonly methods: readonly SamplingMethod[];
  /** First stage of each stage's noise group, such as the weeks of a month (`lagPeriodGroups`); `null` where no stages share. */
  readonly groups: readonly number[] | null;
  /** For fresh noise; other noise is correlated as it comes. */
  readonly correlation: Correlation;
}

/** The noise that scenarios see. A function of (iteration, scenario, stage), in whatever order they are asked for. */
export interface NoiseSource {
  /** Entries of a noise vector. */
  readonly dimension: number;
  /**
   * Writes the noise vector of a scenario at a stage to `out[offset..offset + dimension - 1]`. `iteration` is one-based in
   * training and 0 in a simulation, `scenario` zero-based over all ranks. Where stages come again, `step` tells the rounds
   * apart: the number of stages before this one.
   */
  write(iteration: number, scenario: number, stage: number, out: Float64Array, offset: number, step?: number): void;
  /** The opening that the noise vector is, or -1 when a class comes from elsewhere. */
  opening(iteration: number, scenario: number, stage: number, step?: number): number;
  /**
   * Writes the inflow before the first stage [m3/s] that goes with the scenario to `out[h * L + l]`, lag 1 first, where the
   * scenario has one of its own, that is where inflow is historical; else leaves `out` and returns false.
   */
  writeInitialLags(iteration: number, scenario: number, out: Float64Array): boolean;
}

/** Entries of a class in the noise vector. */
interface Segment {
  readonly source: ClassSource;
  readonly from: number;
  readonly to: number;
  readonly choice: PoolChoice | null;
}

/**
 * @throws CobreError `IncompatibleSettings` when load or sources are to be historical, `InvalidArgument` when noise does not
 * fit the layout and the stages of the tree; those of `Correlator`.
 */
export function createNoiseSource(input: NoiseSourceInput): NoiseSource {
  return new MixedNoise(input);
}

class MixedNoise implements NoiseSource {
  readonly dimension: number;
  readonly #input: NoiseSourceInput;
  readonly #segments: readonly Segment[];
  readonly #inflow: Segment;
  readonly #onlyOpenings: boolean;
  readonly #fresh: FreshNoise | null;
  readonly #freshVector: Float64Array;

  constructor(input: NoiseSourceInput) {
    const { hydros, loads } = input.layout;
    this.dimension = noiseDimension(input.layout);
    this.#input = input;
    if (input.tree.openings.length > 0) checkLength(input.tree.noise[0], input.tree.openings[0] * this.dimension);
    refuseHistory('load', input.load);
    refuseHistory('ncs', input.sources);
    this.#inflow = segment(input, input.inflow, 0, hydros);
    this.#segments = [
      this.#inflow,
      segment(input, input.load, hydros, hydros + loads),
      segment(input, input.sources, hydros + loads, this.dimension),
    ].filter(({ from, to }) => from < to);
    this.#onlyOpenings = this.#segments.every(({ source }) => source.scheme === 'in_sample');
    const anyFresh = this.#segments.some(({ source }) => source.scheme === 'out_of_sample');
    this.#fresh = anyFresh ? new FreshNoise(input, correlatorOf(input.correlation)) : null;
    this.#freshVector = new Float64Array(anyFresh ? this.dimension : 0);
  }

  write(iteration: number, scenario: number, stage: number, out: Float64Array, offset: number, step = stage): void {
    // All entries are drawn, whichever are used: what a class has does not depend on how the others are sampled.
    this.#fresh?.write(iteration, scenario, stage, this.#freshVector, step);
    const { tree } = this.#input;
    let opening = -1;
    for (const { source, from, to, choice } of this.#segments) {
      switch (source.scheme) {
        case 'in_sample':
          if (opening < 0) opening = this.#sample(iteration, scenario, stage, step);
          copy(tree.noise[stage], opening * tree.dimension + from, to - from, out, offset + from);
          break;
        case 'out_of_sample':
          copy(this.#freshVector, from, to - from, out, offset + from);
          break;
        case 'historical': {
          const window = (choice as PoolChoice).pick(iteration, scenario);
          copy(source.history.noise[window], stage * (to - from), to - from, out, offset + from);
          break;
        }
        case 'external': {
          const picked = (choice as PoolChoice).pick(iteration, scenario);
          copy(source.scenarios.noise[stage], picked * (to - from), to - from, out, offset + from);
        }
      }
    }
  }

  opening(iteration: number, scenario: number, stage: number, step = stage): number {
    return this.#onlyOpenings ? this.#sample(iteration, scenario, stage, step) : -1;
  }

  writeInitialLags(iteration: number, scenario: number, out: Float64Array): boolean {
    const { source, choice } = this.#inflow;
    if (source.scheme !== 'historical') return false;
    out.set(source.history.lags[(choice as PoolChoice).pick(iteration, scenario)]);
    return true;
  }

  #sample(iteration: number, scenario: number, stage: number, step: number): number {
    const { phase, seed, tree, groups } = this.#input;
    // Stages that share their noise share the opening as well.
    const first = groups?.[stage] ?? stage;
    const drawn = tree.openings[first] === tree.openings[stage] ? first : stage;
    const purpose = phase === 'forward' ? Purpose.forwardSampling : Purpose.simulationSampling;
    return sampleOpening(seed, purpose, iteration, scenario, drawn + step - stage, tree.openings[stage]);
  }
}

function segment({ seed, phase, tree }: NoiseSourceInput, source: ClassSource, from: number, to: number): Segment {
  let size = 0;
  const entities = to - from;
  const stages = tree.openings.length;
  if (source.scheme === 'historical') {
    size = source.history.years.length;
    for (const noise of source.history.noise) checkLength(noise, stages * entities);
  }
  if (source.scheme === 'external') {
    size = source.scenarios.scenarios;
    for (let t = 0; t < stages; t += 1) checkLength(source.scenarios.noise[t], size * entities);
  }
  return { source, from, to, choice: size === 0 ? null : new PoolChoice(seed, phase, size) };
}

function checkLength(noise: Float64Array | undefined, expected: number): void {
  if (noise?.length === expected) return;
  throw new CobreError('InvalidArgument', `a noise source has ${noise?.length ?? 0} values where ${expected} belong`, {
    field: 'noise',
    value: noise?.length ?? 0,
    suggestion: 'Give the noise of all entities of the class, at all stages that the opening tree has.',
  });
}

function refuseHistory(name: string, { scheme }: ClassSource): void {
  if (scheme !== 'historical') return;
  throw new CobreError('IncompatibleSettings', `there is a history of inflow only, not of the class ${name}`, {
    file: 'config.json',
    field: `scenario_source.${name}.scheme`,
    value: 'historical',
    suggestion: "Take 'in_sample', 'out_of_sample' or 'external' for this class.",
  });
}

/** A loop, since the pieces are short and a view for each would be garbage. */
function copy(from: Float64Array, first: number, count: number, out: Float64Array, offset: number): void {
  for (let i = 0; i < count; i += 1) out[offset + i] = from[first + i];
}
