import type { Correlator } from '../correlate.js';
import { type NoiseLayout, noiseDimension } from '../noise-layout.js';
import type { Phase } from '../sampling/draw.js';
import { createPointSet, type PointMethod, type PointSet, type SamplingMethod } from '../sampling/point-set.js';

interface FreshNoiseInput {
  readonly phase: Phase;
  readonly seed: number;
  /** Scenarios of all ranks: the points that are spread together at a stage. */
  readonly scenarios: number;
  readonly layout: NoiseLayout;
  readonly methods: readonly SamplingMethod[];
  readonly groups: readonly number[] | null;
}

/**
 * How fresh noise is drawn at a stage of this method: those that do not draw from a distribution leave it to `saa`, as
 * cobre-rs does. Worth a warning where it is another.
 */
export function freshMethod(method: SamplingMethod): PointMethod {
  return method === 'selective' || method === 'historical_residuals' ? 'saa' : method;
}

/**
 * Noise out of sample: at each stage the scenarios of an iteration are the points of one batch, so that all of them
 * together are a Latin hypercube or a net. Stages of a noise group share their noise, with the correlation of the first, as in
 * the tree. Keeps the batch of the last iteration for each group.
 */
export class FreshNoise {
  readonly #input: FreshNoiseInput;
  readonly #correlator: Correlator;
  readonly #batches: ({ readonly iteration: number; readonly points: PointSet } | undefined)[] = [];

  constructor(input: FreshNoiseInput, correlator: Correlator) {
    this.#input = input;
    this.#correlator = correlator;
  }

  /**
   * Writes the noise vector of a scenario at a stage to `out`.
   * @throws CobreError `InvalidArgument` when there is no such scenario, `CapacityViolation` for Sobol points of too many
   * dimensions.
   */
  write(iteration: number, scenario: number, stage: number, out: Float64Array, step = stage): void {
    const leader = this.#input.groups?.[stage] ?? stage;
    const first = leader + step - stage;
    let batch = this.#batches[first];
    if (batch === undefined || batch.iteration !== iteration) {
      batch = { iteration, points: this.#draw(iteration, first, leader) };
      this.#batches[first] = batch;
    }
    batch.points.write(scenario, out, 0);
    this.#correlator.apply(leader, out, 0);
  }

  #draw(iteration: number, step: number, stage: number): PointSet {
    const { phase, seed, scenarios, layout, methods } = this.#input;
    return createPointSet(
      freshMethod(methods[stage]),
      { seed, phase, iteration, stage: step },
      scenarios,
      noiseDimension(layout),
    );
  }
}
