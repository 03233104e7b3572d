import fc from 'fast-check';
import { expect } from 'vitest';
import type { CutSettings, Cvar, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import type { HighsRuntime } from '#cobre/lp/highs-runtime';
import { trainPolicy } from '#cobre/sddp/train';
import { type FittedModels, openingsFromNoise, solveDeterministicEquivalent } from './deterministic-equivalent.js';
import { DEFAULT_CUTS } from './fresh-policy.js';
import { openingTreeOf } from './opening-tree.js';
import { randomRichStudy } from './random-rich-study/index.js';
import { amount, COMMON_SCALES, many, type Scales, SMALL_TREES } from './random-study.js';

/** The optimum is reached to this, and passed by no more than that. */
const REACHED = 1e-6;
const PASSED = 1e-9;
/** The same where a limit on cuts may have taken out one of the last that counted. */
const REACHED_LIMITED = 1e-4;

/** As many trajectories as let a unit of work hold all openings of a stage, and the openings share a basis. */
const TRAJECTORIES = 16;

export const SCALES: readonly (readonly [name: string, scale: Scales])[] = [
  ['in everyday quantities', COMMON_SCALES],
  ['with costs in thousands of $ and hourly stages', { cost: 1e-3, size: 1, hours: [1] }],
  ['with a cheap currency and a large system', { cost: 1e3, size: 1e4, hours: [744] }],
];

/** Stops once the bound has not moved for so many iterations that a path not yet sampled is unlikely. */
export function patient(study: Study): Study {
  const training = {
    ...study.config.training,
    forwardPasses: TRAJECTORIES,
    stoppingRules: [
      { type: 'iteration_limit', limit: 200 } as const,
      { type: 'bound_stalling', iterations: 8, tolerance: 1e-12 } as const,
    ],
  };
  return { ...study, config: { ...study.config, training } };
}

/**
 * That the lower bound rises to the optimum of the study's scenario tree as one program, and never above it. It does not
 * fall on the way, except where `mayFall`.
 */
export async function expectOptimum(
  runtime: HighsRuntime,
  drawn: Study,
  { cost: price, size }: Scales,
  models: FittedModels = {},
  mayFall = false,
): Promise<void> {
  const openings = openingsFromNoise(drawn, openingTreeOf(drawn).noise);
  const { cost } = await solveDeterministicEquivalent(drawn, openings, models);
  // Where everything is all but free, an error relative to the optimum says nothing. Revenue makes it negative.
  const unit = Math.max(Math.abs(cost), 0.01 * price * size);
  const { history } = trainPolicy(new LocalCommunicator(), patient(drawn), runtime);
  expect(Math.abs(history[history.length - 1].lowerBound - cost) / unit).toBeLessThan(
    mayFall ? REACHED_LIMITED : REACHED,
  );
  let before = -Infinity;
  for (const { lowerBound, upperBoundMean, upperBoundStd } of history) {
    expect((lowerBound - cost) / unit).toBeLessThanOrEqual(PASSED);
    if (!mayFall) expect((before - lowerBound) / unit).toBeLessThanOrEqual(PASSED);
    before = lowerBound;
    expect(Number.isFinite(upperBoundMean) && Number.isFinite(upperBoundStd)).toBe(true);
  }
}

/** One way to train: how cuts are made and kept, and whether stages are averse to risk. */
export interface Way {
  readonly cuts: Partial<CutSettings>;
  readonly averse: boolean;
  /** A limit may take out cuts that the bound still needs; they are made again. */
  readonly mayFall?: boolean;
}

/** Selection as often as can be, so that it happens before the bound has stopped. */
const checkFrequency = 2;

export const WAYS = {
  'by its mean': { cuts: {}, averse: false },
  'averse to risk': { cuts: {}, averse: true },
  'with cuts of single openings': { cuts: { formulation: 'multi' }, averse: false },
  'with cuts of single openings, averse to risk': { cuts: { formulation: 'multi' }, averse: true },
  'keeping cuts by level1': { cuts: { selection: { method: 'level1', checkFrequency, threshold: 0 } }, averse: false },
  'keeping cuts by lml1': { cuts: { selection: { method: 'lml1', checkFrequency, memoryWindow: 20 } }, averse: false },
  'keeping cuts that are not dominated': {
    cuts: { selection: { method: 'domination', checkFrequency, epsilon: 1e-6 } },
    averse: false,
  },
  'keeping no more than 60 cuts': { cuts: { maxActivePerStage: 60 }, averse: false, mayFall: true },
  'keeping cuts of single openings by level1, averse to risk': {
    cuts: { formulation: 'multi', selection: { method: 'level1', checkFrequency, threshold: 0 } },
    averse: true,
  },
} as const satisfies Record<string, Way>;

function measureArb(): fc.Arbitrary<Cvar | null> {
  return fc.option(fc.record({ alpha: amount(0.1, 1), lambda: amount(0.2, 1) }), { freq: 4 });
}

/** For any rich study: its optimum is what training it in this way comes to. */
export function richOptimum(runtime: HighsRuntime, scale: Scales, { cuts, averse, mayFall }: Way) {
  const measures = averse ? many(SMALL_TREES.stages[1], measureArb) : fc.constant([]);
  return fc.asyncProperty(randomRichStudy(scale), measures, ({ study, models }, cvar) => {
    const stages = study.stages.map((stage, t) => ({ ...stage, cvar: cvar[t] ?? null }));
    const training = { ...study.config.training, cuts: { ...DEFAULT_CUTS, ...cuts } };
    const made = { ...study, stages, config: { ...study.config, training } };
    return expectOptimum(runtime, made, scale, models, mayFall);
  });
}
