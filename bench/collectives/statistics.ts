export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Over the rounds of a run. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Times of one contender to those of another. Round by round, for a slow spell of the machine meets both. */
export function pairedRatio(times: readonly number[], baseTimes: readonly number[]): Spread {
  return spread(times.map((time, round) => time / baseTimes[round]));
}
