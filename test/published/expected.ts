import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of a published case, from the files that `generate.mjs` writes. */
export interface Expected {
  /** Value and tolerance that the source states, in its own terms; `null` where it states none. */
  readonly published: number | null;
  readonly tolerance: number | null;
  /** Optimum in the same terms, to more digits. */
  readonly optimum: number;
  /** How close the bound has to come, relative to the size of what it is made of. */
  readonly precision: number;
  /** The bound [$] is `scale * (sign * value + constant)`. */
  readonly scale: number;
  readonly sign: number;
  readonly constant: number;
  /** What the case needs and the program does not have yet. */
  readonly awaiting: readonly string[];
}

/** The folder of the cases, each in one of its name. */
export const CASES = join(import.meta.dirname, 'cases');

export const EXPECTED = JSON.parse(readFileSync(join(CASES, 'expected.json'), 'utf8')) as Readonly<
  Record<string, Expected>
>;
