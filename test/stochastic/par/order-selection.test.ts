import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  criterionValues,
  orderByConditionalPacf,
  orderByCriterion,
  orderByPacf,
} from '#cobre/stochastic/par/order-selection';

describe('the order by partial autocorrelations', () => {
  test('is the last that is significant: beyond 1.96 / sqrt(N)', () => {
    expect(orderByPacf([0.5, 0.1], 100)).toBe(1);
    expect(orderByPacf([0.1, -0.3, 0.05], 100)).toBe(2);
    expect(orderByPacf([0.05, 0.03], 100)).toBe(0);
    expect(orderByPacf([0.196], 100)).toBe(0);
    expect(orderByPacf([0.1961], 100)).toBe(1);
    expect(orderByPacf([0.2], 100, 2.576)).toBe(0);
    expect(orderByPacf([0.9], 0)).toBe(0);
    expect(orderByPacf([], 100)).toBe(0);
  });

  test('with an annual mean is at least 1, unless lag 1 is exactly 0', () => {
    expect(orderByConditionalPacf([0.05, 0.03], 100)).toBe(1);
    expect(orderByConditionalPacf([0.05, 0.5], 100)).toBe(2);
    expect(orderByConditionalPacf([0, 0.5], 100)).toBe(0);
    expect(orderByConditionalPacf([], 100)).toBe(0);
  });
});

describe('the order by a criterion', () => {
  const variance = fc.double({ min: 1e-6, max: 1.5, noNaN: true });

  test.each(['aic', 'bic'] as const)('%s: is the least of all, the first of equal ones', (criterion) => {
    fc.assert(
      fc.property(fc.array(variance, { maxLength: 8 }), fc.integer({ min: 3, max: 500 }), (variances, n) => {
        const each = criterion === 'aic' ? 2 : Math.log(n);
        const brute = [0, ...variances.map((own, i) => n * Math.log(own) + each * (i + 1))];
        const values = criterionValues(variances, n, criterion);
        brute.forEach((value, order) => {
          expect(values[order]).toBeCloseTo(value, 9);
        });
        const chosen = orderByCriterion(variances, n, criterion);
        expect(brute[chosen]).toBeLessThanOrEqual(Math.min(...brute) + 1e-9);
      }),
    );
  });

  test('takes a lag for its penalty and not for less: N ln(v) + 2 turns its sign at v = exp(-2 / N)', () => {
    expect(orderByCriterion([Math.exp(-2 / 50) * 1.001], 50, 'aic')).toBe(0);
    expect(orderByCriterion([Math.exp(-2 / 50) * 0.999], 50, 'aic')).toBe(1);
    expect(orderByCriterion([50 ** (-1 / 50) * 1.001], 50, 'bic')).toBe(0);
    expect(orderByCriterion([50 ** (-1 / 50) * 0.999], 50, 'bic')).toBe(1);
    expect(orderByCriterion([1, 1], 50, 'aic')).toBe(0);
    expect(orderByCriterion([], 50, 'aic')).toBe(0);
  });

  test('never takes an order without noise', () => {
    expect(criterionValues([0.5, 0, -0.1], 40, 'aic').slice(2)).toEqual([Infinity, Infinity]);
    expect(orderByCriterion([0.5, 0, -0.1], 40, 'aic')).toBe(1);
  });
});
