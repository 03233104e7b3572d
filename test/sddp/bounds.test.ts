import { describe, expect, it } from 'vitest';
import { gapPercent, sampleStatistics } from '#cobre/sddp/bounds';

describe('statistics of trajectories', () => {
  it('gives the textbook mean, sample standard deviation and standard error', () => {
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squared deviations sum to 32, so the sample variance is 32/7.
    const { mean, std, stdError } = sampleStatistics(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9), 8);
    expect(mean).toBe(5);
    expect(std).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(stdError).toBeCloseTo(Math.sqrt(32 / 7 / 8), 14);
  });

  it('has no spread with one trajectory, and ignores what lies beyond the count', () => {
    expect(sampleStatistics(Float64Array.of(3, 99), 1)).toEqual({ mean: 3, std: 0, stdError: 0 });
  });

  it('keeps its digits where values are large and close', () => {
    const { std } = sampleStatistics(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3), 3);
    expect(std).toBeCloseTo(1, 12);
  });

  it('gives the gap relative to the lower bound, and none where that means nothing', () => {
    expect(gapPercent(80, 100)).toBe(25);
    expect(gapPercent(0, 100)).toBeNull();
    expect(gapPercent(-5, 100)).toBeNull();
  });
});
