import fc from 'fast-check';
import { expect, it } from 'vitest';
import { repeatedRow } from '#cobre/case/validate/repeated-rows';

/** By comparing every pair of rows. */
function bruteForce(columns: readonly Float64Array[]) {
  const same = (a: number, b: number) => columns.every((column) => Object.is(column[a] + 0, column[b] + 0));
  const rows = Array.from(columns[0], (_, row) => row);
  const repeated = rows.filter((row) => rows.some((other) => other < row && same(other, row)));
  if (repeated.length === 0) return null;
  return { first: rows.findIndex((row) => same(row, repeated[0])), row: repeated[0], count: repeated.length };
}

const whole = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(Number.NaN, 2 ** 31 - 1, -(2 ** 31)));
const broken = fc.oneof(whole, fc.constantFrom(0.5, 0.25, 1e300));

it.each([
  ['whole numbers', whole],
  ['any numbers', broken],
])('rows of %s repeat where each pair of rows says so', (_, value) => {
  const columns = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.nat(12))
    .chain(([width, rows]) =>
      fc.array(fc.array(value, { minLength: rows, maxLength: rows }), { minLength: width, maxLength: width }),
    )
    .map((each) => each.map((column) => Float64Array.from(column)));
  fc.assert(
    fc.property(columns, (each) => {
      expect(repeatedRow(each)).toEqual(bruteForce(each));
    }),
    { numRuns: 2000 },
  );
});
