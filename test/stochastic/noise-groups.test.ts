import { describe, expect, test } from 'vitest';
import { noiseGroups } from '#cobre/stochastic/noise-groups';

const stage = (season: number | null, startDate: string) => ({ season, startDate });

describe('noise groups', () => {
  test('are single stages in a monthly study, of however many years', () => {
    const stages = Array.from({ length: 36 }, (_, t) =>
      stage(t % 12, `${2024 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}-01`),
    );
    expect(noiseGroups(stages)).toEqual(stages.map((_, t) => t));
  });

  test('join the weeks of a month, and leave stages without season alone', () => {
    const stages = [
      stage(3, '2024-04-01'),
      stage(3, '2024-04-08'),
      stage(3, '2024-04-15'),
      stage(3, '2024-04-22'),
      stage(4, '2024-05-01'),
      stage(null, '2024-06-01'),
      stage(null, '2024-06-08'),
    ];
    expect(noiseGroups(stages)).toEqual([0, 0, 0, 0, 4, 5, 6]);
  });

  test('part where the year changes, and where another season lies between', () => {
    // Annual stages; and a season that comes at both ends of one year.
    expect(noiseGroups([stage(0, '2024-01-01'), stage(0, '2025-01-01'), stage(0, '2026-01-01')])).toEqual([0, 1, 2]);
    expect(noiseGroups([stage(0, '2024-01-01'), stage(1, '2024-03-01'), stage(0, '2024-12-01')])).toEqual([0, 1, 2]);
    expect(noiseGroups([])).toEqual([]);
  });
});
