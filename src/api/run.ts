import type { ProgressEvent, Run, RunOptions } from '../options.js';

/**
 * Starts a run whose progress goes to a callback and to whoever iterates over it. Neither can hold it up or break it:
 * what the callback throws becomes a process warning the first time and is dropped afterwards, and events wait for an
 * iterator that is slow.
 */
export function startRun<T>(
  onProgress: RunOptions['onProgress'],
  work: (report: (event: ProgressEvent) => void) => Promise<T>,
): Run<T> {
  const streams = new Set<EventStream>();
  const callback = typeof onProgress === 'function' ? guarded(onProgress) : () => {};
  const result = work((event) => {
    for (const stream of streams) stream.push(event);
    callback(event);
  });
  return Object.assign(result, {
    [Symbol.asyncIterator](): AsyncIterator<ProgressEvent> {
      const stream = new EventStream(() => streams.delete(stream));
      streams.add(stream);
      // Whoever iterates learns of a failure there, and need not look at the promise as well.
      result.then(
        () => stream.end(null),
        (error: unknown) => stream.end({ error }),
      );
      return stream;
    },
  });
}

function guarded(onProgress: (event: ProgressEvent) => unknown): (event: ProgressEvent) => void {
  let warned = false;
  const warn = (error: unknown): void => {
    if (warned) return;
    warned = true;
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`the progress callback threw and is ignored: ${why}`, 'CobreWarning');
  };
  return (event) => {
    try {
      const returned = onProgress(event);
      // An asynchronous callback is not waited for.
      Promise.resolve(returned).catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}

/** Events in the order in which they came, for one who takes them one at a time. */
class EventStream implements AsyncIterator<ProgressEvent> {
  readonly #leave: () => void;
  readonly #events: ProgressEvent[] = [];
  readonly #waiting: {
    resolve: (result: IteratorResult<ProgressEvent>) => void;
    reject: (error: unknown) => void;
  }[] = [];
  /** Set once there will be no more events; with the error that ended the run, if one did. */
  #ended: { readonly failure: { readonly error: unknown } | null } | null = null;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  push(event: ProgressEvent): void {
    const first = this.#waiting.shift();
    if (first === undefined) this.#events.push(event);
    else first.resolve({ value: event, done: false });
  }

  end(failure: { readonly error: unknown } | null): void {
    this.#leave();
    if (this.#ended !== null) return;
    this.#ended = { failure };
    const waiting = this.#waiting.splice(0);
    if (failure !== null && waiting.length > 0) {
      // Told once; then there is nothing more to come.
      this.#ended = { failure: null };
      waiting.shift()?.reject(failure.error);
    }
    for (const { resolve } of waiting) resolve({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<ProgressEvent>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#ended === null) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const { failure } = this.#ended;
    this.#ended = { failure: null };
    return failure === null ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(failure.error);
  }

  /** Who leaves the loop early leaves the run alone. */
  return(): Promise<IteratorResult<ProgressEvent>> {
    this.#events.length = 0;
    this.end(null);
    return Promise.resolve({ value: undefined, done: true });
  }
}
