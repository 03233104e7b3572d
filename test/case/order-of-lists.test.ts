import { describe, expect, it } from 'vitest';
import { loadStudy, validateCase } from '#cobre/case/load-case';
import { makeCase } from '../support/case-builder.js';
import { drawnCase } from '../support/running-cases.js';

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** The correlation of rivers 0, 1 and 2, its entities named in this order. */
function rivers(matrix: readonly (readonly number[])[], order: readonly number[], method = 'spectral') {
  const group = {
    name: 'rivers',
    entities: order.map((id) => ({ type: 'inflow', id })),
    matrix: order.map((r) => order.map((c) => matrix[r][c])),
  };
  return { method, profiles: { default: { correlation_groups: [group] } } };
}

const withCorrelation = (correlation: object) => makeCase({ 'scenarios/correlation.json': correlation }, drawnCase());

describe('lists whose order could decide', () => {
  // By elimination in the order named, without regard to ids, some orders of each pass and others do not.
  it.each([
    [0.21, 0.57, 0.9230231542],
    [-0.73, 0.93, -0.4276924961],
    [0, -0.31, 0.9507365566],
  ])('a matrix at the edge of what counts as one is valid in all orders or in none: %s %s %s', async (a, b, c) => {
    const matrix = [
      [1, a, b],
      [a, 1, c],
      [b, c, 1],
    ];
    const errors: number[] = [];
    for (const order of ORDERS) {
      const validation = await validateCase(await withCorrelation(rivers(matrix, order, 'cholesky')));
      errors.push(validation.errors.length);
    }
    expect(errors).toEqual(ORDERS.map(() => errors[0]));
  });

  it('a matrix that is not quite symmetric has the mean of each entry and its mirror image', async () => {
    const [below, above] = [0.5, 0.5 + 2 ** -40];
    const matrix = [
      [1, above, 0.25],
      [below, 1, -0.125],
      [0.25, -0.125, 1],
    ];
    const mean = 0.5 + 2 ** -41;
    for (const order of ORDERS) {
      const { correlation } = await loadStudy(await withCorrelation(rivers(matrix, order)));
      expect(correlation.profiles[0]).toEqual([
        { entities: [0, 1, 2], matrix: Float64Array.of(1, mean, 0.25, mean, 1, -0.125, 0.25, -0.125, 1) },
      ]);
    }
  });

  it('ranges of stages: by their first stage, but where they share stages the first in the file decides', async () => {
    const rangesOf = async (...ranges: [number, number | null, number][]) => {
      const stage_ranges = ranges.map(([start_stage_id, end_stage_id, productivity_override]) => ({
        start_stage_id,
        end_stage_id,
        model: 'constant_productivity',
        productivity_override,
      }));
      const { productionChoices } = await loadStudy(
        await makeCase(
          {
            'system/hydro_production_models.json': (file) => {
              file.production_models = [
                ...file.production_models.filter((each: { hydro_id: number }) => each.hydro_id !== 0),
                { hydro_id: 0, selection_mode: 'stage_ranges', stage_ranges },
              ];
            },
          },
          drawnCase(),
        ),
      );
      const choice = productionChoices[0];
      return choice?.mode === 'stage_ranges'
        ? choice.ranges.map(({ from, to, productivity }) => [from, to, productivity])
        : [];
    };
    const sorted = [
      [0, 0, 0.7],
      [1, 1, 0.8],
      [2, null, 0.9],
    ];
    expect(await rangesOf([2, null, 0.9], [0, 0, 0.7], [1, 1, 0.8])).toEqual(sorted);
    const shared = [
      [1, null, 0.9],
      [0, 1, 0.7],
    ];
    expect(await rangesOf([1, null, 0.9], [0, 1, 0.7])).toEqual(shared);
  });

  it('deficit segments: in any other order than by rising cost they are refused', async () => {
    const directory = await makeCase(
      { 'penalties.json': (file) => void file.bus.deficit_segments.reverse() },
      drawnCase(),
    );
    const { errors } = await validateCase(directory);
    expect(new Set(errors.map(({ file }) => file))).toEqual(new Set(['penalties.json']));
    expect(errors.map(({ kind }) => kind)).toContain('PenaltyConsistency');
  });
});
