/**
 * Calls back about every `ms`, each time after the event loop has read what has arrived. Such ticks count how often
 * there was nothing to read, where a clock would count time in which this process was stopped, or too busy to read.
 * However long that was, it is one tick.
 *
 * @returns what ends the ticks.
 */
export function everyTick(ms: number, tick: () => void): () => void {
  let reading: NodeJS.Immediate | undefined;
  // Timers may be the first that a loop comes to after a pause; immediates come after reading.
  const timer = setInterval(() => {
    reading = setImmediate(tick);
  }, ms);
  return () => {
    clearInterval(timer);
    clearImmediate(reading);
  };
}
