import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { trainPolicy } from '#cobre/sddp/train';
import { makeRichStudy, type RichParts } from './make-rich-study.js';

let runtime: Promise<HighsRuntime> | undefined;

/** What the stage problems say that the study of these parts costs [$]: its bound, when it has stopped rising. */
export async function boundOf(parts: RichParts): Promise<number> {
  runtime ??= HighsRuntime.start();
  const study = makeRichStudy({
    forwardPasses: 4,
    stoppingRules: [
      { type: 'iteration_limit', limit: 100 },
      { type: 'bound_stalling', iterations: 5, tolerance: 1e-12 },
    ],
    ...parts,
  });
  return trainPolicy(new LocalCommunicator(), study, await runtime).policy.lowerBound;
}
