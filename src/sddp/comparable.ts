import type { Study } from '../case/study.js';
import { hydroModels } from '../hydro/study-models.js';

/**
 * Whether simulated costs estimate what the lower bound is about: scenarios from the openings that the policy was trained
 * on, and plants that generate as they did in the training (`HeadFollower`).
 */
export function comparesWithBound(study: Study): boolean {
  const { inflow, load, sources } = study.config.simulation.source;
  if ([inflow, load, sources].some((scheme) => scheme !== 'in_sample')) return false;
  return !hydroModels(study).production.some((byStage) =>
    byStage.some((made) => made.kind === 'linearized_head' && made.head !== null),
  );
}
