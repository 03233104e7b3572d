import type { Study } from '#cobre/case/study';
import { generateOpeningTree } from '#cobre/stochastic/opening-tree';
import { type FittedModels, type Openings, solveDeterministicEquivalent } from '../deterministic-equivalent.js';
import { makeRichStudy, type RichParts } from '../make-rich-study.js';
import { openingsFromNoise } from './models.js';

/** hm3 that 1 m3/s brings in 100 hours. */
export const ZETA_100 = 0.36;

/** Openings of a study: from the noise that it brings, else from its tree. */
export function openingsOf(study: Study): Openings {
  return openingsFromNoise(study, study.noiseOpenings ?? generateOpeningTree(study).noise);
}

/** Least expected cost of a study [$]. */
export async function optimumOf(study: Study, models: FittedModels = {}): Promise<number> {
  return (await solveDeterministicEquivalent(study, openingsOf(study), models)).cost;
}

/** Least expected cost of the study made of these parts [$]. */
export function costOf(parts: RichParts, models: FittedModels = {}): Promise<number> {
  return optimumOf(makeRichStudy(parts), models);
}
