import type { Study } from '#cobre/case/study';
import type { OpeningTree } from '#cobre/stochastic/opening-tree';
import { studyNoise } from '#cobre/stochastic/study-noise';

/** The openings that the backward pass of a study sees. */
export function openingTreeOf(study: Study): OpeningTree {
  return studyNoise(study).tree;
}
