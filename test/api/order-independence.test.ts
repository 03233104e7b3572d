import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadStudy } from '#cobre/case/load-case';
import { makeCase } from '../support/case-builder.js';
import { caseOutcome } from '../support/case-outcome.js';
import { KNOWN_CASES, WHOLE_CASES } from '../support/known-cases.js';
import { ARRANGEMENTS, rearranged } from '../support/rearranged-case.js';

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 3 });
const arrangements = fc.subarray([...ARRANGEMENTS], { minLength: 1 });
const byName = (name: string) => KNOWN_CASES.filter((each) => each.name === name);

describe('the order and the form of what files say do not matter', () => {
  it.each(KNOWN_CASES)('to the study: $name', async ({ content }) => {
    const original = await content();
    // Where the case is kept, and what is said about positions in its files, are no part of what it says.
    const studyOf = async (files: object) => {
      const study = await loadStudy(await makeCase({}, { ...files }));
      return { ...study, name: '', warnings: study.warnings.length };
    };
    const study = await studyOf(original);
    const property = fc.asyncProperty(seeds, arrangements, async (seed, what) => {
      expect(await studyOf(rearranged(original, seed, what))).toEqual(study);
    });
    await fc.assert(property, { numRuns: 3, examples: [[1, [...ARRANGEMENTS]]] });
  });

  // All cases are in the sweep.
  it.each([...WHOLE_CASES, ...byName('cascade'), ...byName('electric')])(
    'to cuts, bounds, simulated costs and written files: $name',
    async ({ content }) => {
      const original = await content();
      const effort = { iterations: 2, scenarios: 3 };
      const outcome = await caseOutcome(await makeCase({}, original), effort);
      const property = fc.asyncProperty(seeds, async (seed) => {
        expect(await caseOutcome(await makeCase({}, rearranged(original, seed)), effort)).toEqual(outcome);
      });
      await fc.assert(property, { numRuns: 1, endOnFailure: true });
    },
  );
});
