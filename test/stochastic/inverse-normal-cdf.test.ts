import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverseNormalCdf } from '#cobre/stochastic/inverse-normal-cdf';

/** Quantiles of the double nearest to p, each as the nearest double: roots of erfc found with mpmath 1.3 in 40 digits. */
const quantiles: readonly (readonly [number, number])[] = [
  [2 ** -53, -8.209536151601387],
  [1e-20, -9.262340089798407],
  [1e-15, -7.941345326170997],
  [1e-11, -6.706023155495136],
  [1e-10, -6.361340902404057],
  [1e-5, -4.264890793922825],
  [0.001, -3.0902323061678136],
  [0.01, -2.326347874040841],
  [0.05, -1.6448536269514726],
  [0.074, -1.4466320671589785],
  [0.1, -1.2815515655446004],
  [0.25, -0.6744897501960817],
  [0.3, -0.5244005127080408],
  [0.4999, -0.00025066283008800747],
  [0.6, 0.2533471031357997],
  [0.74, 0.643345405392917],
  [0.925, 1.4395314709384561],
  [0.96, 1.7506860712521697],
  [0.9999, 3.7190164854557084],
];
/** Two units in the last place, relative. */
const RELATIVE_ERROR = 4.5e-16;

describe('the quantile of the standard normal', () => {
  test.each(quantiles)('is right to the last digits at %d', (p, x) => {
    expect(Math.abs(inverseNormalCdf(p) / x - 1)).toBeLessThan(RELATIVE_ERROR);
  });

  // Wichura (1988), table of test values of PPND16.
  test.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798409],
  ])('agrees with the values published with the algorithm, at %d', (p, x) => {
    expect(Math.abs(inverseNormalCdf(p) / x - 1)).toBeLessThan(1e-15);
  });

  test('is 0 at one half, infinite at the ends, NaN outside', () => {
    expect(inverseNormalCdf(0.5)).toBe(0);
    expect(inverseNormalCdf(0)).toBe(-Infinity);
    expect(inverseNormalCdf(1)).toBe(Infinity);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(inverseNormalCdf(p)).toBeNaN();
  });

  test('is odd about one half and never falls', () => {
    const dyadic = fc.integer({ min: 1, max: 2 ** 30 - 1 }).map((k) => k * 2 ** -30);
    fc.assert(
      fc.property(dyadic, dyadic, (p, q) => {
        // Dyadic fractions have exact complements, so the two tails see the same argument.
        expect(inverseNormalCdf(1 - p)).toBe(inverseNormalCdf(p) === 0 ? 0 : -inverseNormalCdf(p));
        if (p < q) expect(inverseNormalCdf(p)).toBeLessThan(inverseNormalCdf(q));
      }),
    );
  });

  test('joins its three approximations without a step', () => {
    const step = 2 ** -40;
    for (const p of [0.075, 0.925, Math.exp(-25)]) {
      const jump = Math.abs(inverseNormalCdf(p * (1 + 1e-15)) - inverseNormalCdf(p * (1 - 1e-15)));
      expect(jump).toBeLessThan(step);
    }
  });
});
