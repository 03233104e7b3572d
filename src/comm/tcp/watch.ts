import { Worker } from 'node:worker_threads';
import { threadFlags } from '../process/node-flags.js';
import { hasLeft, shutdownFrame } from './failure.js';
import { BROADCAST, HEADER_BYTES } from './frame.js';
import { Link, LinkLost, type LinkParts } from './link.js';
import { WatchLock } from './watch-lock.js';

/** How often the links of a rank that computes are looked at [ms]. A dead rank is known after two looks. */
const WATCH_INTERVAL_MS = 100;

export interface WatchTask {
  readonly links: readonly LinkParts[];
  readonly lock: SharedArrayBuffer;
}

/**
 * Starts the thread that looks after the coordinator's links while its rank computes: only the coordinator has a
 * connection to everybody, so if it did not look, ranks that wait would not learn of a death before it came itself.
 */
export function startWatch(task: WatchTask): Worker {
  const worker = new Worker(new URL('../../../workers/tcp-watch.js', import.meta.url), {
    workerData: task,
    ...threadFlags(process.execArgv),
  });
  // It must not keep the process alive, and without it a death is only noticed later.
  worker.unref();
  worker.on('error', () => {});
  return worker;
}

/** The thread's work. */
export function watch({ links: parts, lock: memory }: WatchTask): void {
  const links = parts.map((part) => new Link(part));
  const lock = new WatchLock(memory);
  const timer = setInterval(() => {
    if (!lock.tryWatch()) return;
    try {
      const gone = links.find(isGone);
      if (gone === undefined) return;
      clearInterval(timer);
      lock.gone = gone.peer;
      const frame = shutdownFrame(hasLeft(gone.peer));
      for (const link of links) if (link !== gone) tell(link, frame);
    } finally {
      lock.endWatch();
    }
  }, WATCH_INTERVAL_MS);
}

/** A rank that has left after sending the data of a broadcast has done its part; any other owes or waits for something. */
function isGone(link: Link): boolean {
  try {
    while (link.fill());
    return link.ended && (link.buffered < HEADER_BYTES || link.frameTag !== BROADCAST);
  } catch (error) {
    if (error instanceof LinkLost) return true;
    throw error;
  }
}

function tell(link: Link, frame: Uint8Array): void {
  try {
    link.write(frame, 0, frame.length);
  } catch {
    // Gone as well.
  }
}
