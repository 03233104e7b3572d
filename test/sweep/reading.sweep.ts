import { expect, it } from 'vitest';
import { repeatedRow } from '#cobre/case/validate/repeated-rows';
import { fullCase } from '../support/full-case.js';
import { mutationSuite } from '../support/mutation-suite.js';
import { TIMES } from './effort.js';

mutationSuite(fullCase(), Math.ceil(600 * TIMES));

it('more rows than a Map can hold are told apart', () => {
  const rows = 2 ** 24 + 10;
  const scenario = Float64Array.from({ length: rows }, (_, row) => row);
  const stage = new Float64Array(rows).fill(3);
  expect(repeatedRow([stage, scenario])).toBeNull();
  scenario[rows - 1] = 5;
  expect(repeatedRow([stage, scenario])).toEqual({ first: 5, row: rows - 1, count: 1 });
});
