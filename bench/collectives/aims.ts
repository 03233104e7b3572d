import { OPEN_MPI, OPEN_MPI_TCP } from './contenders.js';
import type { Plan } from './measures.js';
import type { Results } from './rounds.js';
import { pairedRatio, type Spread } from './statistics.js';

interface Aim {
  readonly contender: string;
  readonly base: string;
  /** The part of the report that it is judged by. */
  readonly kind: Plan['kind'];
  /** Names of the measures it is about. */
  readonly measures: readonly string[];
  /** What the median ratio of each of them may be. */
  readonly limit: number;
}

const SMALL = ['barrier', 'allreduce'];
const LARGE = ['25 kB', '200 kB', '1.6 MB', '12.8 MB'];
const WITH_A_CORE_EACH = { base: OPEN_MPI, kind: 'calls' } as const;
const SHARING_CORES = {
  base: OPEN_MPI,
  kind: 'oversubscribed',
  measures: [...SMALL, '25 kB', '200 kB'],
  limit: 2,
} as const;

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
  /** By name of the measure, as far as measured. */
  readonly ratios: ReadonlyMap<string, Spread>;
  /** Null where something is not measured. */
  readonly met: boolean | null;
}

/** An aim is met when it is in every one of its measures. */
export function judge(aim: Aim, results: readonly Pick<Results, 'plan' | 'times'>[]): Verdict {
  const times = results.find(({ plan }) => plan.kind === aim.kind)?.times;
  const ratios = new Map<string, Spread>();
  for (const measure of aim.measures) {
    const own = times?.get(aim.contender)?.get(measure);
    const others = times?.get(aim.base)?.get(measure);
    if (own !== undefined && others !== undefined) ratios.set(measure, pairedRatio(own, others));
  }
  const met = ratios.size === aim.measures.length ? [...ratios.values()].every((r) => r.median <= aim.limit) : null;
  return { aim, ratios, met };
}
