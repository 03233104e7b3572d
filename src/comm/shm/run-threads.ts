import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { CobreError } from '../../errors.js';
import { unpackError } from '../error-transfer.js';
import { threadFlags } from '../process/node-flags.js';
import type { RankArguments, RankMessage } from '../rank-message.js';
import type { RunRanksOptions } from '../rank-program.js';
import { createGangMemory, gangWords, requestStop } from './gang-memory.js';
import { type Outcome, settle } from './outcome.js';
import { poison, readPoison } from './poison.js';
import type { RankTask } from './rank-task.js';
import { ThreadWatch } from './thread-watch.js';

const RANK_ENTRY = fileURLToPath(new URL('../../../workers/rank-thread.js', import.meta.url));

/** How long ranks that are released after a failure may take to come back before they are ended [ms]. */
const JOIN_GRACE_MS = 2_000;

/** Runs a program as ranks on worker threads, one thread each; all of them are gone when the promise settles. */
export async function runThreads(url: string, options: RunRanksOptions): Promise<unknown[]> {
  const { size, signal, stop, onMessage } = options;
  const gang = createGangMemory(size, {
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.maxSharedBytes === undefined ? {} : { maxBytes: options.maxSharedBytes }),
  });
  const words = gangWords(gang);
  const outcomes: Outcome[] = Array.from({ length: size }, () => ({ type: 'running' }));
  const failure = deferred();
  const cancellation = deferred();
  let callbackError: { readonly error: unknown } | null = null;

  const take = (rank: number, message: RankMessage): void => {
    if (message.type === 'returned') {
      outcomes[rank] = message;
    } else if (message.type !== 'post') {
      outcomes[rank] = { type: message.type, error: unpackError(message.error) };
    } else if (callbackError === null) {
      try {
        onMessage?.(rank, message.message);
      } catch (error) {
        callbackError = { error };
        cancel();
      }
    }
  };
  const cancel = (): void => {
    poison(words, 0, 'cancelled');
    cancellation.resolve();
  };

  const channels = openChannels(size, options.args);
  const ports = channels.map(({ port1 }) => port1);
  ports.forEach((port, rank) => {
    port.on('message', (message: RankMessage) => take(rank, message));
  });
  /** What a rank sent before its thread ended is still in its port. */
  const drain = (rank: number): void => {
    for (let next = receiveMessageOnPort(ports[rank]); next; next = receiveMessageOnPort(ports[rank])) {
      take(rank, next.message as RankMessage);
    }
  };

  const threadOfRank: number[] = [];
  const pool = startPool(options, threadOfRank);
  const threads = new ThreadWatch(pool);
  const onStop = (): void => requestStop(words);
  if (stop?.aborted) onStop();
  stop?.addEventListener('abort', onStop, { once: true });
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const runs = channels.map(({ port2 }, rank) => {
      const task: RankTask = { url, rank, gang, port: port2, prefixOutput: options.prefixOutput ?? false };
      return pool.run(task, { transferList: [port2] }).then(
        () => {
          drain(rank);
          if (outcomes[rank].type !== 'returned') failure.resolve();
        },
        () => {
          // Before anything else: others may be waiting for a thread that is gone.
          poison(words, rank, 'ended');
          drain(rank);
          if (outcomes[rank].type === 'running') {
            outcomes[rank] = { type: 'died', ...threads.endOf(threadOfRank[rank]) };
          }
          failure.resolve();
        },
      );
    });
    const all = Promise.all(runs);
    await Promise.race([all, failure.promise, cancellation.promise]);
    const grace = timer(JOIN_GRACE_MS);
    await Promise.race([all, cancellation.promise, grace.promise]);
    grace.clear();
  } finally {
    stop?.removeEventListener('abort', onStop);
    signal?.removeEventListener('abort', cancel);
    await threads.endAll();
    ports.forEach((port, rank) => {
      drain(rank);
      port.close();
    });
  }
  if (callbackError !== null) throw (callbackError as { error: unknown }).error;
  signal?.throwIfAborted();
  return settle(outcomes, readPoison(words));
}

/** One channel a rank, with the arguments already in it: an argument that cannot be cloned is refused here. */
function openChannels(size: number, args: unknown): MessageChannel[] {
  const channels = Array.from({ length: size }, () => new MessageChannel());
  try {
    for (const { port1 } of channels) port1.postMessage({ args } satisfies RankArguments);
  } catch (cause) {
    for (const { port1 } of channels) port1.close();
    throw new CobreError('InvalidArgument', `runRanks: args cannot be cloned: ${(cause as Error).message}`, {
      field: 'args',
      suggestion: 'pass plain data: no functions, no objects with private state',
      cause,
    });
  }
  return channels;
}

function startPool(options: RunRanksOptions, threadOfRank: number[]): Piscina {
  const pool = new Piscina({
    filename: RANK_ENTRY,
    minThreads: options.size,
    maxThreads: options.size,
    concurrentTasksPerWorker: 1,
    // A rank waits in its collectives, not in the pool; waiting there would hold up its timers and streams.
    atomics: 'disabled',
    ...threadFlags(process.execArgv),
    recordTiming: false,
    ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits }),
    // A thread of its own for each rank, or a barrier would never open. Tasks come in rank order.
    loadBalancer: (_task, workers) => {
      const idle = workers.find((worker) => worker.currentUsage === 0) ?? null;
      if (idle !== null) threadOfRank.push(idle.id);
      return idle;
    },
  });
  // An error in a thread whose rank has already returned: there is no result left that could carry it.
  pool.on('error', (error: Error) => process.emitWarning(error));
  return pool;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}

function timer(ms: number): { readonly promise: Promise<void>; readonly clear: () => void } {
  const { promise, resolve } = deferred();
  const handle = setTimeout(resolve, ms);
  return { promise, clear: () => clearTimeout(handle) };
}
