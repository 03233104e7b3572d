/** What a machine that is busy with other tests may take longer [ms]; far less than the 30 and 60 s after which ranks give up. */
const BUSY_MS = 10_000;
const SWEEPING = process.env.COBRE_SWEEP_TIMES !== undefined || process.env.COBRE_KILLS !== undefined;

/**
 * The limit for something that is promised within so many milliseconds. The promise is for ranks that get their cores:
 * the sweeps, which run by themselves, hold the project to it. Beside other tests the limit is one of seconds.
 */
export function within(promisedMs: number): number {
  return SWEEPING ? promisedMs : promisedMs + BUSY_MS;
}
