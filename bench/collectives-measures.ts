/** What the benchmark of collectives measures; shared by all contenders. */
export interface Measure {
  readonly name: string;
  readonly operation: 'barrier' | 'allreduce' | 'allgatherv';
  /** Doubles that each rank sends. */
  readonly count: number;
  /** Calls between two readings of the clock: enough to make the clock's own cost vanish. */
  readonly calls: number;
  /** Readings; the median is reported. */
  readonly samples: number;
}

const DOUBLE_BYTES = 8;

export const MEASURES: readonly Measure[] = [
  { name: 'barrier', operation: 'barrier', count: 0, calls: 20_000, samples: 11 },
  { name: 'allreduce 4 doubles', operation: 'allreduce', count: 4, calls: 20_000, samples: 11 },
  ...(
    [
      ['1 kB', 1_000, 10_000],
      ['25 kB', 25_000, 2_000],
      ['200 kB', 200_000, 400],
      ['1.6 MB', 1_600_000, 40],
      ['12.8 MB', 12_800_000, 5],
    ] as const
  ).map(
    ([size, bytes, calls]): Measure => ({
      name: `allgatherv ${size} a rank`,
      operation: 'allgatherv',
      count: bytes / DOUBLE_BYTES,
      calls,
      samples: 11,
    }),
  ),
];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
