import type { SignalSource } from './context.js';
import { ExitCode } from './exit-code.js';

/** One Ctrl-C can arrive twice: from the terminal and forwarded by a launcher such as npm. */
const SAME_KEYPRESS_MS = 100;

/**
 * The first SIGINT or SIGTERM asks for a clean end; the next one ends the process at once. Returns a function that
 * stops watching.
 */
export function watchInterrupts(
  source: SignalSource,
  handlers: { readonly onFirst: () => void; readonly exitNow: (code: number) => void },
  now: () => number = () => performance.now(),
): () => void {
  let firstAt: number | null = null;
  const onSignal = () => {
    if (firstAt === null) {
      firstAt = now();
      handlers.onFirst();
    } else if (now() - firstAt >= SAME_KEYPRESS_MS) {
      handlers.exitNow(ExitCode.interrupted);
    }
  };
  source.on('SIGINT', onSignal);
  source.on('SIGTERM', onSignal);
  return () => {
    source.off('SIGINT', onSignal);
    source.off('SIGTERM', onSignal);
  };
}
