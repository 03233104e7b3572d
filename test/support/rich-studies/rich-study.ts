import type { Study } from '#cobre/case/study';
import type { FittedModels } from '../deterministic-equivalent.js';

/** What a study may show beyond buses, lines, hydros and thermals at rest. */
export const FEATURES = [
  'service',
  'filling',
  'diversion',
  'pumps',
  'planes',
  'productivity by stage',
  'evaporation',
  'withdrawal',
  'contracts',
  'sources',
  'random availability',
  'source factors',
  'line factors',
  'stage changes',
  'chronological blocks',
  'generic constraints',
  'truncation with penalty',
  'inflow memory',
] as const;
export type Feature = (typeof FEATURES)[number];

export interface Variant {
  readonly study: Study;
  readonly models: FittedModels;
}

/** A small study whose optimum feels each of the features that it shows. */
export interface RichStudy extends Variant {
  readonly features: readonly Feature[];
  /** The same study with one thing taken away: each has another optimum. */
  readonly without: Readonly<Record<string, Variant>>;
}

/** Noise of openings by stage: the same numbers on every call, between -1.6 and 1.6, round ones. */
export function noiseOf(openings: readonly number[], dimension: number, seed: number): number[][] {
  let state = seed;
  const next = () => {
    // Lehmer's generator, exact in doubles.
    state = (state * 48_271) % 2_147_483_647;
    return (state % 33) / 10 - 1.6;
  };
  for (let i = 0; i < 10; i += 1) next();
  return openings.map((count) => Array.from({ length: count * dimension }, next));
}
