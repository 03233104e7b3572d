import { type End, freePort, type SpawnedRank, spawnRanks, valuesOf } from './spawn-ranks.js';

/** What a rank saw when its collective failed. */
export interface Timed {
  readonly error: Record<string, unknown> | null;
  readonly ms: number;
  readonly at: number;
}

export interface Kill {
  readonly port: number;
  readonly survivors: readonly Timed[];
  /** When the rank was killed, by the host's clock. */
  readonly died: number;
}

export interface KillOptions {
  /** How long after all are under way [ms]. */
  readonly delayMs?: number;
  /** Package whose ranks are started, when it is not this one. */
  readonly root?: string;
}

/** Kills a rank with SIGKILL once all are under way. */
export async function killTcpRank(
  size: number,
  culprit: number,
  args: object,
  { delayMs = 0, ...options }: KillOptions = {},
): Promise<Kill> {
  const port = await freePort();
  let waiting = size;
  let all: () => void = () => {};
  const underWay = new Promise<void>((resolve) => {
    all = resolve;
  });
  const onMessage = () => {
    if (--waiting === 0) all();
  };
  const ranks: SpawnedRank<Timed>[] = spawnRanks<Timed>('tcp-faults', size, port, args, { ...options, onMessage });
  const ends = Promise.all(ranks.map(({ end }) => end));
  try {
    // A rank that fails before is told of below.
    await Promise.race([underWay, ends]);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const died = Date.now();
    ranks[culprit].process.kill('SIGKILL');
    const last: End<Timed> = (await ends)[culprit];
    if (!('signal' in last) || last.signal !== 'SIGKILL') throw new Error('the rank had ended before it was killed');
    return { port, died, survivors: await valuesOf(ranks.filter((_, rank) => rank !== culprit)) };
  } finally {
    for (const { process } of ranks) process.kill('SIGKILL');
  }
}
