import { slotOf } from '../../case/season-calendar.js';

/**
 * What a rise of the inflow k seasons before adds to that of this season, k = 1 to `order`, when it also passes through
 * the seasons between: the recursion of Maceira and Damazio (2006) on the coefficients in m3/s per m3/s,
 * c_1 = phi_m(1), and so on, each row the one above carried a season further back. A lag beyond a season's order, or
 * one whose season has no variance, adds nothing.
 * @param coefficients standardised, by season.
 * @param std standard deviation [m3/s], by season.
 */
export function contributions(
  season: number,
  order: number,
  coefficients: readonly Float64Array[],
  std: Float64Array,
): number[] {
  const result: number[] = [];
  let row = Array.from({ length: order }, (_, lag) => physical(season, lag, coefficients, std));
  for (let back = 1; back <= order; back += 1) {
    result.push(row[0]);
    const before = slotOf(season - back, std.length);
    const above = row;
    row = Array.from(
      { length: order - back },
      (_, lag) => above[0] * physical(before, lag, coefficients, std) + above[lag + 1],
    );
  }
  return result;
}

/** Whether some contribution is negative: more water then would mean less water now. */
export function hasNegative(values: readonly number[]): boolean {
  return values.some((value) => value < 0);
}

function physical(season: number, lag: number, coefficients: readonly Float64Array[], std: Float64Array): number {
  if (lag >= coefficients[season].length) return 0;
  const lagged = std[slotOf(season - lag - 1, std.length)];
  return lagged === 0 ? 0 : (coefficients[season][lag] * std[season]) / lagged;
}
