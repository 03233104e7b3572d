import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cvar, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { OpeningWeights, riskAdjusted } from '#cobre/sddp/risk-measure';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { OTHER_WAYS } from '../support/other-ways.js';
import { randomStudy } from '../support/random-study.js';
import { limited, runBits } from '../support/run-bits.js';
import { cascade, singleReservoir } from '../support/small-study.js';

const costs = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });

/**
 * CVaR by its definition: the minimum over v of `v + E (Z - v)+ / alpha`, which a piecewise linear function takes at one
 * of its kinks, that is at one of the costs.
 */
function cvarByDefinition(values: readonly number[], alpha: number): number {
  const n = values.length;
  const at = (v: number) => v + values.reduce((sum, z) => sum + Math.max(0, z - v), 0) / (alpha * n);
  return Math.min(...values.map(at));
}

const mean = (values: readonly number[]) => values.reduce((sum, z) => sum + z, 0) / values.length;
const adjusted = (cvar: Cvar | null, values: readonly number[]) =>
  riskAdjusted(cvar, Float64Array.from(values), values.length);

describe('the measure of equally likely costs', () => {
  it('is (1 - lambda) E + lambda CVaR, CVaR as defined', () => {
    const parameter = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(costs, parameter, fc.double({ min: 0, max: 1, noNaN: true }), (values, alpha, lambda) => {
        const expected = (1 - lambda) * mean(values) + lambda * cvarByDefinition(values, alpha);
        const scale = Math.max(1, ...values.map(Math.abs));
        expect(Math.abs(adjusted({ alpha, lambda }, values) - expected) / scale).toBeLessThan(1e-9 / alpha);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    // Worst half of four: 40 and 30.
    [{ alpha: 0.5, lambda: 1 }, 35],
    [{ alpha: 0.5, lambda: 0.5 }, 30],
    [{ alpha: 0.5, lambda: 0 }, 25],
    [{ alpha: 1, lambda: 1 }, 25],
    // Less than one opening's probability: the worst alone.
    [{ alpha: 0.01, lambda: 1 }, 40],
    // 40 in full, and half of 30's share: (40 + 15) / 1.5.
    [{ alpha: 0.375, lambda: 1 }, 110 / 3],
    [null, 25],
  ])('of 10, 20, 30, 40 by %j is %d', (cvar, expected) => {
    expect(adjusted(cvar, [10, 20, 30, 40])).toBeCloseTo(expected, 10);
  });

  it('has weights that sum to 1, grow with the cost, and break ties by index', () => {
    fc.assert(
      fc.property(costs, (values) => {
        const weights = new OpeningWeights(values.length).compute(
          { alpha: 0.3, lambda: 0.7 },
          Float64Array.from(values),
          values.length,
        );
        expect(mean([...weights]) * values.length).toBeCloseTo(1, 10);
        values.forEach((a, i) => {
          values.forEach((b, j) => {
            if (a > b || (a === b && i < j)) expect(weights[i]).toBeGreaterThanOrEqual(weights[j]);
          });
        });
      }),
    );
    const tied = new OpeningWeights(3).compute({ alpha: 1 / 3, lambda: 1 }, Float64Array.of(5, 5, 5), 3);
    expect([...tied].map((w) => Math.round(w * 1e9) / 1e9)).toEqual([1, 0, 0]);
  });
});

const measures: readonly (Cvar | null)[] = [
  { alpha: 0.5, lambda: 0.5 },
  { alpha: 0.2, lambda: 1 },
  null,
  { alpha: 0.9, lambda: 0.3 },
];

/** Each stage another measure. */
function riskAverse(study: Study, shift = 0): Study {
  return { ...study, stages: study.stages.map((s, t) => ({ ...s, cvar: measures[(t + shift) % measures.length] })) };
}

function patient(study: Study): Study {
  const training = {
    ...study.config.training,
    forwardPasses: 16,
    stoppingRules: [
      { type: 'iteration_limit', limit: 200 } as const,
      { type: 'bound_stalling', iterations: 10, tolerance: 1e-12 } as const,
    ],
  };
  return { ...study, config: { ...study.config, training } };
}

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

async function expectNestedOptimum(study: Study): Promise<void> {
  const { cost } = await solveDeterministicEquivalent(study, buildStageProblems(study).realised);
  const unit = Math.max(cost, 1);
  const { history } = trainPolicy(new LocalCommunicator(), patient(study), runtime);
  expect(Math.abs(history[history.length - 1].lowerBound - cost) / unit).toBeLessThan(1e-6);
  for (const { lowerBound, gapPercent } of history) {
    expect((lowerBound - cost) / unit).toBeLessThanOrEqual(1e-9);
    expect(gapPercent).toBeNull();
  }
}

describe('the lower bound climbs to the optimum of the nested, risk-adjusted scenario tree', () => {
  it.each([0, 1, 3])('a cascade, measures shifted by %d', (shift) => expectNestedOptimum(riskAverse(cascade(), shift)));

  it('any small study', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomStudy(), fc.constantFrom(0, 1, 3), (study, shift) =>
        expectNestedOptimum(riskAverse(study, shift)),
      ),
      { seed: 7_110_211, numRuns: 10, endOnFailure: true },
    );
  });

  it('a reservoir: the more averse, the dearer', async () => {
    const study = singleReservoir();
    const bound = async (cvar: Cvar | null) => {
      const averse = { ...study, stages: study.stages.map((stage) => ({ ...stage, cvar })) };
      return trainPolicy(new LocalCommunicator(), patient(averse), runtime).policy.lowerBound;
    };
    const bounds = [await bound(null)];
    for (const lambda of [0.25, 0.5, 1]) bounds.push(await bound({ alpha: 0.4, lambda }));
    for (let i = 1; i < bounds.length; i++) expect(bounds[i]).toBeGreaterThan(bounds[i - 1] * 1.001);
  });
});

it('policy, bounds and simulated costs under a risk measure are the same bits on other workers', async () => {
  const study = limited(riskAverse(cascade()), 12, 3);
  const alone = await runBits(study, 1, 40);
  for (const way of OTHER_WAYS) expect(await runBits(study, way, 40)).toEqual(alone);
});
