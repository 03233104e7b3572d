import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Directory of the public example cases of the original implementation, or `null` where this machine has none: that
 * of `COBRE_TEST_CASES`, else `shared/cases` in the project's directory or one above it.
 */
export const REAL_CASES: string | null = findRealCases();

function findRealCases(): string | null {
  const named = process.env.COBRE_TEST_CASES;
  if (named !== undefined && named !== '') return existsSync(named) ? named : null;
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    const candidate = join(at, 'shared', 'cases');
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) return null;
  }
}

/** For the names of tests that need them: why they are skipped, or nothing. */
export const WHY_SKIPPED = REAL_CASES === null ? ' (skipped: there is no shared/cases here or above)' : '';
