import { tableFromArrays } from 'apache-arrow';
import { expect, it } from 'vitest';
import { train } from '#cobre/api/train';
import { limited } from '../support/run-bits.js';
import { discounted } from '../support/small-study.js';

it('is a table that Apache Arrow takes as it is, without a copy', async () => {
  const { convergenceHistory, records } = await train(limited(discounted(), 6, 4));
  const table = tableFromArrays({ ...convergenceHistory });
  expect(table.numRows).toBe(6);
  expect(table.schema.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'iteration: Int32',
    'lowerBound: Float64',
    'upperBound: Float64',
    'upperBoundStd: Float64',
    'upperBoundStdError: Float64',
    'ci95: Float64',
    'gap: Float64',
    'iterationTimeMs: Float64',
    'wallTimeMs: Float64',
  ]);
  expect(table.getChild('lowerBound')?.toArray()).toEqual(convergenceHistory.lowerBound);
  expect(table.getChild('lowerBound')?.data[0].values.buffer).toBe(convergenceHistory.lowerBound.buffer);
  records.forEach((record, i) => {
    expect(convergenceHistory.ci95[i]).toBeCloseTo(1.96 * record.upperBoundStdError!, 9);
  });
  expect(convergenceHistory.wallTimeMs.at(-1)).toBeCloseTo(
    records.reduce((sum, { timeTotalMs }) => sum + timeTotalMs, 0),
    6,
  );
});

it('tells no error and no gap of a single path, unless that is the only one there is', async () => {
  const study = limited(discounted(), 4, 1);
  const { records, convergenceHistory, finalGap, finalUpperBoundStdError } = await train(study);
  expect(
    records.every(({ gapPercent, upperBoundStdError }) => gapPercent === null && upperBoundStdError === null),
  ).toBe(true);
  expect([finalGap, finalUpperBoundStdError]).toEqual([null, null]);
  for (const name of ['gap', 'ci95', 'upperBoundStdError'] as const) expect(convergenceHistory[name][3]).toBeNaN();
  const certain = { ...study, stages: study.stages.map((stage) => ({ ...stage, openings: 1 })) };
  const one = await train({ ...certain, noiseOpenings: null });
  expect(one.finalUpperBoundStdError).toBe(0);
  expect(one.finalGap).toBeCloseTo((one.finalUpperBound - one.finalLowerBound) / one.finalLowerBound, 12);
});
