import type { CutSettings, StudyConfig } from '#cobre/case/study';

/** Begins with nothing; checkpoints as a case has them that does not say anything about them. */
export const FRESH_POLICY: StudyConfig['policy'] = {
  path: './policy',
  mode: 'fresh',
  validateCompatibility: true,
  boundary: null,
  checkpointing: { enabled: true, firstIteration: 10, interval: 10, compress: false },
};

/** Cuts as a case without any such settings makes them. */
export const DEFAULT_CUTS: CutSettings = {
  formulation: 'single',
  selection: null,
  activityTolerance: 0,
  maxActivePerStage: null,
};
