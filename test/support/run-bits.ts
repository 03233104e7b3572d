import type { Study } from '#cobre/case/study';
import type { RunOptions } from '#cobre/options';
import type { StageBasis } from '#cobre/sddp/outcome';

/** What a run reports, as bytes. */
export interface Bits {
  readonly digest: string;
  readonly bases: readonly (StageBasis | null)[];
  readonly lowerBound: string;
  readonly upperBound: string;
  readonly upperBoundStd: string;
  readonly simulated: string;
  readonly mean: number;
  readonly std: number;
}

/** A module that ranks under a launcher can run as well. */
export const BITS_PROGRAM = new URL('../api/programs/run-bits.mjs', import.meta.url);

/** Everything a run reports that must not depend on how it was run, byte for byte. */
export async function runBits(study: Study, how: number | RunOptions, scenarios: number): Promise<Bits> {
  const program = (await import(BITS_PROGRAM.href)) as {
    runBits: (study: Study, options: RunOptions, scenarios: number) => Promise<Bits>;
  };
  return program.runBits(study, typeof how === 'number' ? { numWorkers: how } : how, scenarios);
}

/** A study that stops after `limit` iterations, with `forwardPasses` trajectories if given. */
export function limited(study: Study, limit: number, forwardPasses?: number): Study {
  const training = {
    ...study.config.training,
    ...(forwardPasses === undefined ? {} : { forwardPasses }),
    stoppingRules: [{ type: 'iteration_limit', limit } as const],
  };
  return { ...study, config: { ...study.config, training } };
}
