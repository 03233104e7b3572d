import { describe, expect, it } from 'vitest';
import { iterationLimit, ruleHolds, shouldStop } from '#cobre/sddp/stopping-rules';

const at = (lowerBounds: number[], elapsedSeconds = 0) => ({
  iteration: lowerBounds.length,
  elapsedSeconds,
  lowerBounds,
});

describe('stopping rules', () => {
  it('the iteration limit holds from its iteration on', () => {
    const rule = { type: 'iteration_limit', limit: 3 } as const;
    expect([1, 2, 3, 4].map((n) => ruleHolds(rule, at(new Array(n).fill(0))))).toEqual([false, false, true, true]);
  });

  it('the time limit holds once the seconds are over', () => {
    const rule = { type: 'time_limit', seconds: 10 } as const;
    expect([9.9, 10, 11].map((seconds) => ruleHolds(rule, at([1], seconds)))).toEqual([false, true, true]);
  });

  it('bound stalling compares with the bound of `iterations` ago, relative to the bound of now', () => {
    const rule = { type: 'bound_stalling', iterations: 2, tolerance: 0.01 } as const;
    // (100 - 99.5) / 100 = 0.005 < 0.01, but (100 - 90) / 100 is not.
    expect(ruleHolds(rule, at([99.5, 99.9, 100]))).toBe(true);
    expect(ruleHolds(rule, at([90, 99.9, 100]))).toBe(false);
    // Not enough history yet.
    expect(ruleHolds(rule, at([100, 100]))).toBe(false);
    // Below 1 in size, the change itself counts: 0.5 - 0.495 = 0.005.
    expect(ruleHolds(rule, at([0.495, 0.5, 0.5]))).toBe(true);
    expect(ruleHolds(rule, at([0.48, 0.5, 0.5]))).toBe(false);
  });

  const rules = [
    { type: 'iteration_limit', limit: 4 },
    { type: 'bound_stalling', iterations: 1, tolerance: 0.1 },
  ] as const;

  it('mode `any` stops at the first rule that holds', () => {
    expect(shouldStop(rules, 'any', at([1, 2]))).toBeNull();
    expect(shouldStop(rules, 'any', at([1, 2, 2]))).toBe('bound_stalling');
    expect(shouldStop(rules, 'any', at([1, 2, 4, 8]))).toBe('iteration_limit');
  });

  it('mode `all` waits for every rule, but never beyond the iteration limit', () => {
    expect(shouldStop(rules, 'all', at([1, 2, 2]))).toBeNull();
    expect(shouldStop(rules, 'all', at([1, 2, 4, 8]))).toBe('iteration_limit');
    expect(shouldStop(rules, 'all', at([1, 2, 8, 8]))).toBe('all_rules');
  });

  it('the smallest iteration limit bounds the run', () => {
    expect(iterationLimit([...rules, { type: 'iteration_limit', limit: 2 }])).toBe(2);
    expect(iterationLimit([])).toBeNull();
  });
});
