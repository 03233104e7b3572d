import type { Correlation } from '../case/study.js';
import { CobreError } from '../errors.js';
import { type Correlator, correlatorOf } from './correlate.js';
import type { HistoricalNoise } from './forward/historical-noise.js';
import { PoolChoice } from './forward/pool-choice.js';
import { type NoiseLayout, noiseDimension } from './noise-layout.js';
import type { OpeningTree } from './opening-tree.js';
import { createPointSet, type SamplingMethod } from './sampling/point-set.js';

interface TreeStage {
  readonly method: SamplingMethod;
  /** Openings wanted (`num_scenarios`). */
  readonly openings: number;
}

export interface OpeningTreeInput {
  /** Seed of the tree. */
  readonly seed: number;
  readonly layout: NoiseLayout;
  readonly stages: readonly TreeStage[];
  /** First stage of each stage's noise group, such as the weeks of a month (`lagPeriodGroups`); `null` where no stages share. */
  readonly groups: readonly number[] | null;
  readonly correlation: Correlation;
  /** Needed where a stage samples `historical_residuals`. */
  readonly history: HistoricalNoise | null;
  /** External scenarios that each class has at each stage, of the classes that are trained on such: no more openings. */
  readonly externalCounts: readonly (readonly number[])[];
}

/**
 * The opening tree by each stage's method. Stages of a group have the noise of its first stage, by its method and its
 * correlation; those that have as many openings have the same bits.
 *
 * `historical_residuals` takes the residuals of windows, each at most once a stage, and 0 for load and sources; these
 * carry the correlation that history had, so none is applied.
 * @throws CobreError `NotSupported` for `selective`, `IncompatibleSettings` for `historical_residuals` without a history,
 * `CapacityViolation` for Sobol points of too many dimensions.
 */
export function buildOpeningTree(input: OpeningTreeInput): OpeningTree {
  const dimension = noiseDimension(input.layout);
  const correlator = correlatorOf(input.correlation);
  const openings = effectiveOpenings(input);
  const noise: Float64Array[] = [];
  openings.forEach((count, stage) => {
    const first = input.groups?.[stage] ?? stage;
    const shared = first < stage && openings[first] === count;
    noise.push(shared ? noise[first].slice() : stageNoise(input, correlator, first, count));
  });
  return { dimension, openings, noise };
}

/**
 * Openings of each stage: those wanted, but no more than there are historical windows where residuals are sampled, and no
 * more than the external scenarios.
 */
export function effectiveOpenings(
  input: Pick<OpeningTreeInput, 'stages' | 'groups' | 'history' | 'externalCounts'>,
): readonly number[] {
  return input.stages.map(({ openings }, stage) => {
    const { method } = input.stages[input.groups?.[stage] ?? stage];
    let most = openings;
    if (method === 'historical_residuals' && input.history !== null) most = Math.min(most, input.history.years.length);
    for (const counts of input.externalCounts) most = Math.min(most, counts[stage]);
    return most;
  });
}

function stageNoise(input: OpeningTreeInput, correlator: Correlator, stage: number, count: number): Float64Array {
  const dimension = noiseDimension(input.layout);
  const values = new Float64Array(count * dimension);
  const { method } = input.stages[stage];
  if (method === 'selective') throw selectiveRefused(stage);
  if (method === 'historical_residuals') {
    copyResiduals(input, stage, count, values);
    return values;
  }
  const points = createPointSet(method, { seed: input.seed, phase: 'tree', iteration: 0, stage }, count, dimension);
  for (let i = 0; i < count; i += 1) {
    points.write(i, values, i * dimension);
    correlator.apply(stage, values, i * dimension);
  }
  return values;
}

function copyResiduals(input: OpeningTreeInput, stage: number, count: number, values: Float64Array): void {
  const { history, layout, seed } = input;
  if (history === null) {
    throw new CobreError(
      'IncompatibleSettings',
      `stage ${stage} samples historical residuals, and there is no history`,
      {
        file: 'stages.json',
        field: `stages[${stage}].sampling_method`,
        value: 'historical_residuals',
        suggestion: 'Add scenarios/inflow_history.parquet, or sample by another method.',
        context: { stage },
      },
    );
  }
  const dimension = noiseDimension(layout);
  const choice = new PoolChoice(seed, 'tree', history.years.length);
  for (let i = 0; i < count; i += 1) {
    const residuals = history.noise[choice.pick(stage, i)];
    values.set(residuals.subarray(stage * layout.hydros, (stage + 1) * layout.hydros), i * dimension);
  }
}

function selectiveRefused(stage: number): CobreError {
  return new CobreError(
    'NotSupported',
    `stage ${stage} samples by 'selective', which is reserved and has no meaning yet`,
    {
      file: 'stages.json',
      field: `stages[${stage}].sampling_method`,
      value: 'selective',
      suggestion:
        "Take 'saa', 'lhs', 'qmc_sobol', 'qmc_halton' or 'historical_residuals', or give the openings in scenarios/noise_openings.parquet.",
      context: { stage },
    },
  );
}
