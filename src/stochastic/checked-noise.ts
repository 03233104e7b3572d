import { CobreError } from '../errors.js';

/** @throws CobreError `StageMismatch` when the user's openings do not fit the numbers of openings. */
export function checkedNoise(
  noise: readonly Float64Array[],
  openings: readonly number[],
  dimension: number,
): readonly Float64Array[] {
  for (let stage = 0; stage < openings.length; stage += 1) {
    const expected = openings[stage] * dimension;
    const actual = noise[stage]?.length ?? 0;
    if (actual !== expected) {
      throw new CobreError('StageMismatch', `stage ${stage} has ${actual} noise values instead of ${expected}`, {
        file: 'scenarios/noise_openings.parquet',
        value: actual,
        suggestion: `Give ${dimension} values for each of the ${openings[stage]} openings of the stage.`,
        context: { stage },
      });
    }
  }
  return noise;
}
