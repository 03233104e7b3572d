import type { Study } from '#cobre/case/study';
import { buildInflowModel } from '#cobre/stochastic/inflow-model';
import { inflowParameters } from '#cobre/stochastic/inflow-parameters';
import type { OpeningTree } from '#cobre/stochastic/opening-tree';
import { StudyNoise } from '#cobre/stochastic/study-noise';

/** The openings that the backward pass of a study sees. */
export function openingTreeOf(study: Study): OpeningTree {
  return new StudyNoise(study, buildInflowModel(study, inflowParameters(study))).tree;
}
