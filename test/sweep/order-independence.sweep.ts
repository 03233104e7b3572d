import { describe, expect, test } from 'vitest';
import { makeCase } from '../support/case-builder.js';
import { caseOutcome } from '../support/case-outcome.js';
import { KNOWN_CASES } from '../support/known-cases.js';
import { rearranged } from '../support/rearranged-case.js';
import { TIMES } from './effort.js';

const EFFORT = { iterations: 3, scenarios: 5 };
/** Other arrangements of each case; others again on every run. */
const RUNS = 3 * TIMES;

describe('all results of a case are those of the same case written otherwise', () => {
  test.each(KNOWN_CASES)('$name', async ({ content }) => {
    const original = await content();
    const outcome = await caseOutcome(await makeCase({}, original), EFFORT);
    for (let run = 0; run < RUNS; run++) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const other = await caseOutcome(await makeCase({}, rearranged(original, seed)), EFFORT);
      expect(other, `written with seed ${seed}`).toEqual(outcome);
    }
  });
});
