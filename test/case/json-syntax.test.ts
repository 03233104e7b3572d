import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '#cobre/case/read/json-syntax';

describe('findJsonFault', () => {
  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        expect(findJsonFault(JSON.stringify(value, null, indent))).toBeNull();
      }),
    );
  });

  it('agrees with JSON.parse on damaged text, but for keys that stand twice', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', ',', '\\', '0', ' ', '\n', 'e', '-'));
    fc.assert(
      fc.property(damaged, ([text, place, insert]) => {
        const at = place % (text.length + 1);
        const candidate = text.slice(0, at) + insert + text.slice(at + 1);
        const fault = findJsonFault(candidate);
        if (fault?.reason.includes('stands twice')) return;
        expect(fault === null).toBe(parses(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads strings of any length', () => {
    expect(findJsonFault(JSON.stringify('x\n"'.repeat(3_000_000)))).toBeNull();
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['[1, 2,\n 3,, 4]', 2, 4],
    ['{"a": "open', 1, 7],
    ['{"a": "\\x"}', 1, 8],
    ['[01]', 1, 3],
    ['', 1, 1],
  ])('says line and column of the fault in %j', (text, line, column) => {
    expect(findJsonFault(text)).toMatchObject({ line, column });
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
