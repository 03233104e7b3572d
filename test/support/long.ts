/** Whether tests are to run at their full width, as the sweep has them: every variant, not some of them. */
export const LONG = process.env.COBRE_LONG === '1';

/** All in the sweep; else those that come first. */
export function some<T>(all: readonly T[], first: number): readonly T[] {
  return LONG ? all : all.slice(0, first);
}
