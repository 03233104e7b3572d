import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expression, parseExpression, STAGE_WIDE } from '#cobre/case/generic-expression';
import { GENERIC_VARIABLES } from '#cobre/case/study-system';

const id = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const coefficient = fc.double({ noNaN: true, noDefaultInfinity: true });
const term = fc
  .record({
    coefficient,
    variable: fc.constantFrom(...GENERIC_VARIABLES),
    id,
    block: fc.option(fc.nat(99)),
  })
  .map((one) => (STAGE_WIDE.includes(one.variable) ? { ...one, block: null } : one));
// A constant of -0 is that of no constant at all.
const constant = coefficient.map((value) => value + 0);
const expression: fc.Arbitrary<Expression> = fc.record({
  terms: fc.array(term, { minLength: 1, maxLength: 6 }),
  constant,
});

const spaced = (text: string, space: string) => text.replace(/[-+*(),]/g, (mark) => `${space}${mark}${space}`);

/** The text of an expression, which reads back to the same expression. */
function printExpression({ terms, constant }: Expression): string {
  const parts: [negative: boolean, text: string][] = terms.map(({ coefficient, variable, id, block }) => {
    const size = Math.abs(coefficient);
    const reference = block === null ? `${variable}(${id})` : `${variable}(${id}, ${block})`;
    return [isNegative(coefficient), size === 1 ? reference : `${size} * ${reference}`];
  });
  if (constant !== 0) parts.push([constant < 0, String(Math.abs(constant))]);
  return parts
    .map(([negative, text], i) => (i === 0 ? `${negative ? '-' : ''}${text}` : `${negative ? '-' : '+'} ${text}`))
    .join(' ');
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

function read(text: string): Expression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.fault.reason}`);
  return parsed.expression;
}

describe('an expression', () => {
  it('that is printed reads back to the same', () => {
    fc.assert(
      fc.property(expression, (each) => {
        expect(read(printExpression(each))).toEqual(each);
      }),
    );
  });

  it('means the same with any space around its marks', () => {
    const space = fc.constantFrom('', ' ', '\t', '\n  ');
    // Exponents have signs of their own.
    const plain = expression.filter(
      (each) => !printExpression(each).includes('e+') && !/e-\d/.test(printExpression(each)),
    );
    fc.assert(
      fc.property(plain, space, (each, gap) => {
        expect(read(spaced(printExpression(each), gap))).toEqual(each);
      }),
    );
  });

  it.each([
    ['thermal_generation(0)', [[1, 'thermal_generation', 0, null]], 0],
    [
      'hydro_generation(10) + hydro_generation(11)',
      [
        [1, 'hydro_generation', 10, null],
        [1, 'hydro_generation', 11, null],
      ],
      0,
    ],
    [
      '2.5 * thermal_generation(5) - hydro_generation(3)',
      [
        [2.5, 'thermal_generation', 5, null],
        [-1, 'hydro_generation', 3, null],
      ],
      0,
    ],
    [
      'hydro_turbined(5, 0) + hydro_turbined(5,1)',
      [
        [1, 'hydro_turbined', 5, 0],
        [1, 'hydro_turbined', 5, 1],
      ],
      0,
    ],
    ['- .5e1*line_exchange( 2 )', [[-5, 'line_exchange', 2, null]], 0],
    ['+ 3 - bus_excess(0) - 1.5', [[-1, 'bus_excess', 0, null]], 1.5],
  ] as [string, unknown[][], number][])('%s', (text, terms, sum) => {
    const parsed = read(text);
    expect(parsed.terms.map(({ coefficient: c, variable, id: i, block }) => [c, variable, i, block])).toEqual(terms);
    expect(parsed.constant).toBe(sum);
  });

  it.each([
    ['', 1, 'empty'],
    ['   ', 4, 'empty'],
    ['7', 1, 'no variable'],
    [' 3 - 1.5', 1, 'no variable'],
    ['hydro_storge(0)', 1, 'no variable hydro_storge'],
    ['2 * hydro_flow(0)', 5, 'no variable hydro_flow'],
    ['hydro_storage(0) hydro_storage(1)', 18, 'no + or - before "h"'],
    ['hydro_storage(0) ++ 3', 19, 'not "+"'],
    ['hydro_storage(0) -', 19, 'not its end'],
    ['3 hydro_storage(0)', 3, 'no + or - before "h"'],
    ['3 * ', 5, 'not its end'],
    ['3 * 4', 5, 'not "4"'],
    ['hydro_storage', 14, 'no ( after hydro_storage'],
    ['hydro_storage()', 15, 'where an id belongs'],
    ['hydro_storage(1.5)', 15, '1.5 where an id belongs'],
    ['hydro_storage(-1)', 15, '"-" where an id belongs'],
    ['hydro_storage(2147483648)', 25, 'too large'],
    ['hydro_storage(1', 16, 'no ) to end'],
    ['hydro_storage(0, 1)', 16, 'no blocks'],
    ['hydro_turbined(0, x)', 19, '"x" where a block belongs'],
    ['hydro_turbined(0, 1, 2)', 20, 'no ) to end'],
    ['1e999 * bus_excess(0)', 1, 'too large'],
    ['bus_excess(0) & 2', 15, '"&"'],
    ['bus_excess(0) + 😀', 17, '"😀"'],
    ['bus_excess(0) >= 2', 15, '">"'],
  ])('%j is refused at column %i', (text, column, words) => {
    const parsed = parseExpression(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.fault.column).toBe(column);
    expect(parsed.fault.reason).toContain(words);
    expect(parsed.fault.suggestion).toMatch(/\.$/);
  });

  it('names the variable that was meant', () => {
    const parsed = parseExpression('hydro_storge(0)');
    expect(parsed.ok || parsed.fault.suggestion).toContain('Did you mean hydro_storage?');
  });

  it('of any text at all is read or refused within it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'hydro_spilage(),+-*.0123 e', '\u00e9') }), (text) => {
        const parsed = parseExpression(text);
        if (!parsed.ok) expect(parsed.fault.column).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
