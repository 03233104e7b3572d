import { fileURLToPath } from 'node:url';
import { CobreError } from '../../errors.js';
import { packError, unpackError } from '../error-transfer.js';
import type { RunRanksOptions } from '../rank-program.js';
import { encodeFrame } from './frame.js';
import { environmentOf, type GangPlan, removeLeftovers } from './gang-plan.js';
import { everyTick } from './loop-ticks.js';
import { inheritedFlags, limitFlags } from './node-flags.js';
import type { ProcessMessage } from './process-message.js';
import { type ProcessOutcome, settleProcesses, type Word } from './process-outcome.js';
import { type RankProcess, startRankProcess } from './rank-process.js';
import type { RankStart } from './rank-start.js';
import { PATIENCE, type Patience } from './silence.js';

const RANK_ENTRY = fileURLToPath(new URL('../../../workers/rank-process.js', import.meta.url));

/** How long ranks may take to notice that another one has failed before they are ended [ms]. */
const JOIN_GRACE_MS = 1_000;

/**
 * Runs a program as ranks on fresh processes, one each; all of them are gone when the promise settles. This process
 * only starts, watches and joins: it never holds a communicator.
 *
 * @param patience Only tests have no time for the usual one.
 */
export async function runProcesses(
  url: string,
  options: RunRanksOptions,
  plan: GangPlan,
  patience: Patience = PATIENCE,
): Promise<unknown[]> {
  const { size, signal, stop, onMessage } = options;
  const flags = [...inheritedFlags(process.execArgv), ...limitFlags(options.resourceLimits ?? {})];
  const starts = plan.kinds.map((kind, rank) => encodeStart(url, rank, kind, options, plan, patience));
  const words: Word[] = Array.from({ length: size }, () => ({ type: 'none' }));
  const broken = deferred();
  let callbackError: { readonly error: unknown } | null = null;

  const take = (rank: number, message: ProcessMessage): void => {
    if (message.type === 'alive') return;
    if (message.type !== 'post') {
      // One that was given up may come back to life before it is ended.
      if (words[rank].type === 'lost') return;
      words[rank] =
        message.type === 'returned'
          ? message
          : { type: message.type, error: unpackError(message.error), at: message.at };
      if (message.type !== 'returned') broken.resolve();
    } else if (callbackError === null && !signal?.aborted) {
      try {
        onMessage?.(rank, message.message);
      } catch (error) {
        callbackError = { error };
        endAll();
      }
    }
  };
  const ranks: RankProcess[] = [];
  const endAll = (): void => {
    for (const rank of ranks) rank.end();
  };
  const onTick = (): void => {
    ranks.forEach((rank, r) => {
      const why = rank.tick();
      if (why === null) return;
      // Where it has said how it ended, only its process is stuck.
      if (words[r].type === 'none') words[r] = { type: 'lost', why, at: process.hrtime.bigint() };
      if (words[r].type !== 'returned') broken.resolve();
      // At once: the others learn by its end that it will not come.
      rank.end();
    });
  };
  const onStop = (): void => {
    for (const rank of ranks) rank.send(STOP);
  };
  signal?.addEventListener('abort', endAll, { once: true });
  const stopTicks = everyTick(patience.tickMs, onTick);
  try {
    for (const [rank, kind] of plan.kinds.entries()) {
      const started = await startRankProcess({
        rank,
        entry: RANK_ENTRY,
        flags,
        env: { ...process.env, ...environmentOf(kind) },
        prefixOutput: options.prefixOutput ?? true,
        patience,
        take: (message) => take(rank, message),
        garbled: (error) => take(rank, { type: 'failed', error: packError(error), at: process.hrtime.bigint() }),
      });
      ranks.push(started);
    }
    if (signal?.aborted) endAll();
    ranks.forEach((rank, r) => {
      rank.send(starts[r]);
    });
    if (stop?.aborted) onStop();
    stop?.addEventListener('abort', onStop, { once: true });
    const gone = ranks.map(async (rank, r) => {
      await rank.read;
      if (words[r].type !== 'returned') broken.resolve();
      await rank.closed;
    });
    const all = Promise.all(gone);
    await Promise.race([all, broken.promise]);
    const impatience = setTimeout(endAll, JOIN_GRACE_MS);
    await all;
    clearTimeout(impatience);
  } finally {
    stopTicks();
    stop?.removeEventListener('abort', onStop);
    signal?.removeEventListener('abort', endAll);
    endAll();
    await Promise.all(ranks.map((rank) => rank.closed));
    removeLeftovers(plan.leftovers);
  }
  if (callbackError !== null) throw (callbackError as { error: unknown }).error;
  signal?.throwIfAborted();
  const outcomes = ranks.map(
    async (rank, r): Promise<ProcessOutcome> => ({
      word: words[r],
      exitCode: rank.exitCode,
      signal: rank.signal,
      endedAt: await rank.endedAt,
      endedByParent: rank.endedByParent,
    }),
  );
  return settleProcesses(await Promise.all(outcomes));
}

/** Any byte asks the ranks to finish early. */
const STOP = new Uint8Array(1);

/** Before anything starts: an argument that cannot be cloned is refused here. */
function encodeStart(
  url: string,
  rank: number,
  kind: GangPlan['kinds'][number],
  { size, args }: RunRanksOptions,
  { commModule, leftovers }: GangPlan,
  { tickMs }: Patience,
): Buffer {
  const start: RankStart = {
    type: 'start',
    url,
    rank,
    size,
    kind,
    commModule,
    args,
    leftovers,
    heartbeatMs: tickMs,
  };
  try {
    return encodeFrame(start);
  } catch (cause) {
    throw new CobreError('InvalidArgument', `runRanks: args cannot be cloned: ${(cause as Error).message}`, {
      field: 'args',
      suggestion: 'pass plain data: no functions, no objects with private state, no shared memory between processes',
      cause,
    });
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
