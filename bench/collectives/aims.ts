import { OPEN_MPI, OPEN_MPI_TCP } from './contenders.js';
import type { Results } from './rounds.js';
import { pairedRatio, type Spread } from './statistics.js';

export interface Aim {
  readonly contender: string;
  readonly base: string;
  readonly oversubscribed: boolean;
  /** Names of the measures it is about. */
  readonly measures: readonly string[];
  /** What the median ratio of each of them may be. */
  readonly limit: number;
}

const SMALL = ['barrier', 'allreduce'];
const LARGE = ['25 kB', '200 kB', '1.6 MB', '12.8 MB'];
const WITH_A_CORE_EACH = { base: OPEN_MPI, oversubscribed: false };
const SHARING_CORES = { base: OPEN_MPI, oversubscribed: true, measures: [...SMALL, '25 kB', '200 kB'], limit: 2 };

export const AIMS: readonly Aim[] = [
  { ...WITH_A_CORE_EACH, contender: 'cobre threads', measures: SMALL, limit: 0.8 },
  { ...WITH_A_CORE_EACH, contender: 'cobre threads', measures: LARGE, limit: 1.1 },
  { ...WITH_A_CORE_EACH, contender: 'cobre threads, zero-copy', measures: LARGE, limit: 0.5 },
  { ...WITH_A_CORE_EACH, contender: 'cobre processes', measures: SMALL, limit: 1.1 },
  { ...WITH_A_CORE_EACH, contender: 'cobre processes', measures: LARGE, limit: 1.1 },
  { ...WITH_A_CORE_EACH, contender: 'cobre processes, zero-copy', measures: LARGE, limit: 0.5 },
  {
    ...WITH_A_CORE_EACH,
    contender: 'cobre tcp',
    base: OPEN_MPI_TCP,
    measures: [...SMALL, '1 kB', ...LARGE],
    limit: 1.3,
  },
  { ...SHARING_CORES, contender: 'cobre threads' },
  { ...SHARING_CORES, contender: 'cobre processes' },
  { ...SHARING_CORES, contender: 'cobre tcp' },
];

export interface Verdict {
  readonly aim: Aim;
  /** Null where it has not been measured. */
  readonly ratios: readonly { readonly measure: string; readonly ratio: Spread | null }[];
  readonly met: boolean | null;
}

/** An aim is met when it is in every measure, and measured in every one. */
export function judge(aim: Aim, results: Results | undefined): Verdict {
  const ratios = aim.measures.map((measure) => {
    const times = results?.times.get(aim.contender)?.get(measure);
    const baseTimes = results?.times.get(aim.base)?.get(measure);
    return { measure, ratio: times === undefined || baseTimes === undefined ? null : pairedRatio(times, baseTimes) };
  });
  const measured = ratios.every(({ ratio }) => ratio !== null);
  return { aim, ratios, met: measured ? ratios.every(({ ratio }) => (ratio?.median ?? 0) <= aim.limit) : null };
}
