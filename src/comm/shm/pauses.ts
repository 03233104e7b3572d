const FIRST_MS = 1;
const LAST_MS = 32;

/** Pauses [ms] between looks at something that another process has to do. They double, up to a limit, without end. */
export function* pauses(): Generator<number, never> {
  for (let pause = FIRST_MS; ; pause = Math.min(2 * pause, LAST_MS)) yield pause;
}
