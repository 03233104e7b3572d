/** What all contenders measure. */
export interface Measure {
  /** Heads its column in the report. */
  readonly name: string;
  /** `use`: writes what it sends, calls allgatherv, and reads a double of every cache line of the result. */
  readonly operation: 'barrier' | 'allreduce' | 'allgatherv' | 'use';
  /** Doubles that each rank sends. */
  readonly count: number;
}

/**
 * How a contender measures in one round: the median of `samples` readings of the clock, each over as many calls as take
 * about `sampleMs`. All contenders get the same time, and the clock's own cost vanishes. The first `warmUps` readings do
 * not count: compilers work beside ranks that already keep every core busy.
 */
interface Sampling {
  readonly sampleMs: number;
  readonly warmUps: number;
  readonly samples: number;
}

export interface Plan {
  /** `calls` and `use`: each rank has a core. */
  readonly kind: 'calls' | 'use' | 'oversubscribed';
  readonly measures: readonly Measure[];
  readonly sampling: Sampling;
}

const DOUBLE_BYTES = 8;
/** As the `stride` of mpi-rank.c. */
export const CACHE_LINE_DOUBLES = 64 / DOUBLE_BYTES;

const BYTES = { '1 kB': 1_000, '25 kB': 25_000, '200 kB': 200_000, '1.6 MB': 1_600_000, '12.8 MB': 12_800_000 };

const SMALL: readonly Measure[] = [
  { name: 'barrier', operation: 'barrier', count: 0 },
  { name: 'allreduce', operation: 'allreduce', count: 4 },
];

function sizes(operation: Measure['operation'], ...names: (keyof typeof BYTES)[]): Measure[] {
  return names.map((name) => ({ name, operation, count: BYTES[name] / DOUBLE_BYTES }));
}

export const CALLS: Plan = {
  kind: 'calls',
  measures: [...SMALL, ...sizes('allgatherv', '1 kB', '25 kB', '200 kB', '1.6 MB', '12.8 MB')],
  sampling: { sampleMs: 15, warmUps: 5, samples: 9 },
};

export const USE: Plan = {
  kind: 'use',
  measures: sizes('use', '25 kB', '200 kB', '1.6 MB', '12.8 MB'),
  sampling: CALLS.sampling,
};

/** Where ranks have to share cores a call may last as long as the system lets another rank have the core. */
export const OVERSUBSCRIBED: Plan = {
  kind: 'oversubscribed',
  measures: [...SMALL, ...sizes('allgatherv', '25 kB', '200 kB')],
  sampling: { sampleMs: 50, warmUps: 1, samples: 7 },
};
