import { CobreError } from '../errors.js';
import { type Purpose, randomWords } from './counter-noise.js';

const TWO_POW_32 = 0x100000000;
const WORDS_PER_BLOCK = 4;
const words = new Uint32Array(WORDS_PER_BLOCK);

/**
 * Opening (0..openings-1) that a trajectory sees at a stage: uniform, without bias, a function of its identity alone.
 * Training: one-based `iteration`, `trajectory` of all ranks. Simulation: iteration 0 and the scenario's index.
 * @throws CobreError `InvalidArgument` when `openings` is not an integer from 1 to 2^32, or the seed is bad.
 */
export function sampleOpening(
  seed: number,
  purpose: Purpose,
  iteration: number,
  trajectory: number,
  stage: number,
  openings: number,
): number {
  if (!Number.isInteger(openings) || openings < 1 || openings > TWO_POW_32) {
    throw new CobreError('InvalidArgument', `cannot sample one of ${openings} openings`, {
      field: 'openings',
      value: openings,
      suggestion: 'Give each stage at least one opening.',
    });
  }
  // Words at or above the largest multiple of `openings` would favour the low remainders: they are drawn again.
  const limit = TWO_POW_32 - (TWO_POW_32 % openings);
  for (let attempt = 0; ; attempt += 1) {
    randomWords(seed, purpose, iteration, trajectory, stage, attempt, words);
    for (let i = 0; i < WORDS_PER_BLOCK; i += 1) if (words[i] < limit) return words[i] % openings;
  }
}
