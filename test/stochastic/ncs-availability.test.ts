import { expect, test } from 'vitest';
import { availableGeneration } from '#cobre/stochastic/ncs-availability';

test('a source generates its share of the capacity, between none and all', () => {
  expect(availableGeneration(200, 0.5, 0.25, 1)).toBe(150);
  expect(availableGeneration(200, 0.5, 0.25, -1.5)).toBe(25);
  expect(availableGeneration(200, 0.5, 0.25, 3)).toBe(200);
  expect(availableGeneration(200, 0.5, 0.25, -3)).toBe(0);
  expect(availableGeneration(200, 0.3, 0, 5)).toBe(60);
});
