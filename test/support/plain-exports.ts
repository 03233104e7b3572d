import type { StudyConfig } from '#cobre/case/study';

/** What is written where a case does not say anything about it. */
export const PLAIN_EXPORTS: StudyConfig['exports'] = {
  training: true,
  cuts: true,
  vertices: true,
  simulation: true,
  stochastic: false,
  forwardDetail: false,
  backwardDetail: false,
  compression: null,
};
