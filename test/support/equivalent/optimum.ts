import { stageSystem } from '#cobre/case/stage-system';
import type { Study } from '#cobre/case/study';
import { type FittedModels, type Openings, solveDeterministicEquivalent } from '../deterministic-equivalent.js';
import { makeRichStudy, type RichParts } from '../make-rich-study.js';
import { openingTreeOf } from '../opening-tree.js';
import { openingsFromNoise } from './models.js';
import { addNode } from './node.js';
import { fixed, LinearProgram } from './program.js';

/** hm3 that 1 m3/s brings in 100 hours. */
export const ZETA_100 = 0.36;

/** Openings of a study: from the noise that it brings, else from its tree. */
export function openingsOf(study: Study): Openings {
  return openingsFromNoise(study, study.noiseOpenings ?? openingTreeOf(study).noise);
}

/** Least expected cost of a study [$]. */
export async function optimumOf(study: Study, models: FittedModels = {}): Promise<number> {
  return (await solveDeterministicEquivalent(study, openingsOf(study), models)).cost;
}

/** Least expected cost of the study made of these parts [$]. */
export function costOf(parts: RichParts, models: FittedModels = {}): Promise<number> {
  return optimumOf(makeRichStudy(parts), models);
}

/**
 * Throws unless each stage has a dispatch for each of its openings, whether the reservoirs are empty or full at its
 * start: what a method that looks at one stage at a time needs. Inflow that remembers takes its mean for its past.
 */
export async function expectRecourse(study: Study, models: FittedModels = {}): Promise<void> {
  const program = new LinearProgram();
  const openings = openingsOf(study);
  const hydros = study.hydros.length;
  study.stages.forEach((stage, t) => {
    const { hydros: before } = stageSystem(study, Math.max(0, t - 1));
    for (const share of [0, 1]) {
      const storageBefore = before.map(({ maxStorage }) => fixed(share * maxStorage));
      for (let opening = 0; opening < stage.openings; opening += 1) {
        const inflow = study.hydros.map((_, h) => openings.inflow[t][opening * hydros + h]);
        program.pay(addNode(program, study, openings, models, { t, opening, inflow, storageBefore }).cost);
      }
    }
  });
  await program.minimum();
}
