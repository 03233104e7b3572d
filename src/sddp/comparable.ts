import type { ScenarioSource, Study } from '../case/study.js';
import { hydroModels } from '../hydro/study-models.js';
import { truncatesInflow } from '../stochastic/realise.js';
import { studyNoise } from '../stochastic/study-noise.js';
import { isRiskAverse } from './risk-measure.js';

/** Whether the horizon is endless: costs of paths then end with what the policy itself takes for the rest. */
export function isCyclic({ cycleStart }: Pick<Study, 'cycleStart'>): boolean {
  return cycleStart !== null;
}

function isInSample({ inflow, load, sources }: ScenarioSource): boolean {
  return [inflow, load, sources].every((scheme) => scheme === 'in_sample');
}

/** Whether mean costs over scenarios from `source` estimate what the lower bound is about: an expectation over the openings. */
function estimatesBound(study: Study, source: ScenarioSource): boolean {
  return !isRiskAverse(study) && !isCyclic(study) && isInSample(source);
}

/**
 * Whether simulated costs estimate what the lower bound is about: of an expectation and a horizon that ends, over scenarios
 * from the openings that the policy was trained on, and plants that generate as they did in the training (`HeadFollower`).
 */
export function comparesWithBound(study: Study): boolean {
  if (!estimatesBound(study, study.config.simulation.source)) return false;
  return !hydroModels(study).production.some((byStage) =>
    byStage.some((made) => made.kind === 'linearized_head' && made.head !== null),
  );
}

/**
 * Why a lower bound may be none: inflow with memory is cut off at 0 (`StudyNoise.truncatesMemory`), or the training began with
 * cuts that were made for another problem.
 */
export const BOUND_DOUBTS = ['truncation_with_memory', 'foreign_cuts'] as const;
export type BoundDoubt = (typeof BOUND_DOUBTS)[number];

/** What there is to doubt about the lower bound of a training. */
export function boundDoubts(study: Study, foreignCuts: boolean): BoundDoubt[] {
  const doubts: BoundDoubt[] = [];
  // Asked first: noise is not made for it where the answer is known.
  if (truncatesInflow(study) && studyNoise(study).truncatesMemory()) doubts.push('truncation_with_memory');
  if (foreignCuts) doubts.push('foreign_cuts');
  return doubts;
}

/** Whether the mean cost of an iteration's paths estimates what the lower bound is about, and is an upper bound so. */
export function boundsFromAbove(study: Study): boolean {
  return estimatesBound(study, study.config.training.source);
}

/**
 * Whether the error of the mean cost of an iteration's paths can be told: not where it is of one path, unless that is the
 * only one there is.
 * @param openings by stage: of the opening tree
 */
export function hasSamplingError({ config }: Pick<Study, 'config'>, openings: readonly number[]): boolean {
  const { forwardPasses, source } = config.training;
  return forwardPasses > 1 || (isInSample(source) && openings.every((count) => count === 1));
}

/**
 * Whether the mean cost of an iteration's paths, less the lower bound, is a gap. Under a risk measure and of other scenarios
 * the two are of different things; in an endless horizon the paths end with the policy's own cost-to-go; one path is no mean.
 */
export function meansGap(study: Study, openings: readonly number[]): boolean {
  return boundsFromAbove(study) && hasSamplingError(study, openings);
}

/**
 * Whether costs count what non-controllable sources generate as minus its curtailment price: they are then lower than the
 * sum of their causes, and may be below 0.
 */
export function creditsSources({ sources }: Pick<Study, 'sources'>): boolean {
  return sources.some(({ curtailmentCost }) => curtailmentCost > 0);
}
