/** What all contenders measure. */
export interface Measure {
  /** Heads its column in the report. */
  readonly name: string;
  readonly operation: 'barrier' | 'allreduce' | 'allgatherv';
  /** Doubles that each rank sends. */
  readonly count: number;
}

/**
 * How a contender measures in one round: the median of `samples` readings of the clock, each over as many calls as take
 * about `sampleMs`. All contenders get the same time, and the clock's own cost vanishes.
 */
export interface Sampling {
  readonly sampleMs: number;
  readonly samples: number;
}

export interface Plan {
  readonly measures: readonly Measure[];
  readonly sampling: Sampling;
}

const DOUBLE_BYTES = 8;
const BYTES = { '1 kB': 1_000, '25 kB': 25_000, '200 kB': 200_000, '1.6 MB': 1_600_000, '12.8 MB': 12_800_000 };
type Size = keyof typeof BYTES;

const SMALL: readonly Measure[] = [
  { name: 'barrier', operation: 'barrier', count: 0 },
  { name: 'allreduce', operation: 'allreduce', count: 4 },
];

function allgatherv(size: Size): Measure {
  return { name: size, operation: 'allgatherv', count: BYTES[size] / DOUBLE_BYTES };
}

/** Where each rank has a core. */
export const FITTING: Plan = {
  measures: [...SMALL, ...(Object.keys(BYTES) as Size[]).map(allgatherv)],
  sampling: { sampleMs: 15, samples: 9 },
};

/** Where ranks have to share cores: a call may last as long as the system lets another rank have the core. */
export const OVERSUBSCRIBED: Plan = {
  measures: [...SMALL, allgatherv('25 kB'), allgatherv('200 kB')],
  sampling: { sampleMs: 50, samples: 7 },
};
