import { describe, expect, test } from 'vitest';
import { futureFloors } from '#cobre/lp/future-floor';
import { makeContract, makeSource, type RichParts } from '../support/make-rich-study.js';
import { makeHydro, makeStages, makeThermal } from '../support/small-study.js';
import { boundOf } from '../support/stage-cost.js';

describe('stages that earn', () => {
  /** Three stages of 100 hours with free power of 30 MW and nothing that would use it. */
  const parts: RichParts = {
    stages: makeStages(3, 1, [100], 0.5),
    thermals: [makeThermal({ maxMw: 30, cost: 0 })],
    hydros: [makeHydro()],
  };

  test('make the cost-to-go negative: no bound stops at 0', async () => {
    const contracts = [makeContract({ type: 'export', price: -40, maxMw: 10 })];
    // 10 MW at 40 $ in each stage, at half the value from one to the next.
    expect(await boundOf({ ...parts, contracts })).toBeCloseTo(-100 * 400 * (1 + 0.5 + 0.25), 3);
  });

  test('earn for generation that is not curtailed', async () => {
    const sources = [makeSource({ maxMw: 8, curtailmentCost: 5 })];
    // All of the source, 8 MW of excess at 0.01 $.
    expect(await boundOf({ ...parts, sources })).toBeCloseTo(-100 * 8 * (5 - 0.01) * (1 + 0.5 + 0.25), 3);
  });
});

test('floors are sums of what later stages can earn, discounted from stage to stage', () => {
  expect(futureFloors([-1, -10, -100], [0.5, 0.1, 1], null)).toEqual([-10 - 0.1 * 100, -100, 0]);
});

test('floors of a cycle are those of stages without an end', () => {
  // -4, then -4 / 2, and so on: -8 in all.
  expect(futureFloors([-4], [0.5], 0)).toEqual([-8]);
});
