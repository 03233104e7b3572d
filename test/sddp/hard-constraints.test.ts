import { describe, expect, test } from 'vitest';
import { preprocess } from '#cobre/api/preprocess';
import { train } from '#cobre/api/train';
import type { GenericConstraint, GenericTerm } from '#cobre/case/study';
import { SolverError } from '#cobre/errors';
import { checkHardConstraints } from '#cobre/sddp/hard-constraints';
import { bounded, makeGeneric, makeRichStudy, type RichParts, term } from '../support/make-rich-study.js';
import { makeHydro, makeStages, makeThermal } from '../support/small-study.js';

const BOUNDS = 'constraints/generic_constraint_bounds.parquet';

function study(
  terms: readonly GenericTerm[],
  sense: GenericConstraint['sense'],
  bound: number,
  parts: Partial<GenericConstraint> = {},
  rest: RichParts = {},
) {
  return makeRichStudy({
    stages: makeStages(2, 1, [100]),
    thermals: [makeThermal({ minMw: 5, maxMw: 15 }), makeThermal({ id: 1, maxMw: 40 })],
    genericConstraints: [makeGeneric(terms, sense, parts)],
    changes: [{}, { generic: bounded(bound) }],
    ...rest,
  });
}

describe('a generic constraint without slack', () => {
  test('that its variables cannot satisfy is refused, with what they can', () => {
    const { errors } = preprocess(study([term('thermal_generation')], '>=', 500));
    expect(errors).toMatchObject([
      {
        kind: 'PhysicalConstraint',
        file: BOUNDS,
        field: 'bound',
        value: 500,
        context: { name: 'G0', stage_id: 1, block_id: 0, most: 15 },
        message: expect.stringMatching(/"G0" asks for at least 500 at stage 1, block 0, .* at most 15 /),
      },
    ]);
  });

  test.each<[string, GenericTerm[], GenericConstraint['sense'], number, Partial<GenericConstraint>, string | null]>([
    ['too little asked for', [term('thermal_generation')], '<=', 4, {}, 'at least 5'],
    ['the least', [term('thermal_generation')], '<=', 5, {}, null],
    ['the most', [term('thermal_generation')], '>=', 15, {}, null],
    ['more than exactly', [term('thermal_generation')], '==', 16, {}, 'at most 15'],
    ['less than exactly', [term('thermal_generation')], '==', 4, {}, 'at least 5'],
    ['a soft one', [term('thermal_generation')], '>=', 500, { slackPenalty: 10 }, null],
    ['the other way round', [term('thermal_generation', 0, -1)], '>=', -4, {}, 'at most -5'],
    ['a sum', [term('thermal_generation'), term('thermal_generation', 1)], '>=', 56, {}, 'at most 55'],
    ['a number of the expression', [term('thermal_generation')], '>=', 500, { constant: 100 }, 'at most 115'],
    ['what has no bound', [term('thermal_generation'), term('bus_deficit')], '>=', 500, {}, null],
  ])('by the bounds of its variables: %s', (_, terms, sense, bound, parts, says) => {
    const errors = checkHardConstraints(study(terms, sense, bound, parts));
    expect(errors.map(({ message }) => message)).toEqual(says === null ? [] : [expect.stringContaining(says)]);
  });

  test('is among what may be at fault where a stage has no dispatch; inflow is not, where it cannot be below 0', async () => {
    // By themselves both can hold.
    const parts: RichParts = {
      inflowNonNegativity: 'none',
      hydros: [makeHydro()],
      inflowMean: [[10]],
      inflowStd: [[0]],
      genericConstraints: [
        makeGeneric([term('thermal_generation')], '>=', { name: 'floor' }),
        makeGeneric([term('thermal_generation')], '<=', { id: 1, name: 'ceiling' }),
        makeGeneric([term('thermal_generation')], '<=', { id: 2, name: 'wish', slackPenalty: 5 }),
      ],
      changes: [{}, { generic: [...bounded(12), ...bounded(8, 1), ...bounded(9, 2)] }],
    };
    const impossible = study([], '>=', 0, {}, parts);
    expect(checkHardConstraints(impossible)).toEqual([]);
    const error = await train(impossible).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SolverError);
    expect((error as SolverError).suggestion).toMatch(/"floor", "ceiling"/);
    expect((error as SolverError).suggestion).not.toMatch(/wish|inflow/);
  });
});
