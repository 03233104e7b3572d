import { describe, expect, test } from 'vitest';
import { JOE_KUO_DEGREES, JOE_KUO_DIMENSIONS } from '#cobre/stochastic/sampling/joe-kuo-table';
import { createPointSet } from '#cobre/stochastic/sampling/point-set';
import { MAX_SOBOL_DIMENSION, sobolCoordinate, sobolDirections } from '#cobre/stochastic/sampling/sobol';
import { allPoints, stratumEnds, stratumOf } from './normal-strata.js';

const draw = (stage: number) => ({ seed: 11, phase: 'tree', iteration: 0, stage }) as const;

function coordinate(index: number, e: number): number {
  return sobolCoordinate(sobolDirections(MAX_SOBOL_DIMENSION), e * 32, index);
}

describe('the sequence', () => {
  test('begins as Joe and Kuo print it', () => {
    const published = [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
    ];
    published.forEach((point, i) => {
      point.forEach((value, e) => {
        expect(coordinate(i, e) / 2 ** 32).toBe(value);
      });
    });
  });

  test('agrees with SciPy 1.13 (qmc.Sobol, 32 bits, not scrambled) up to the last dimension', () => {
    const indices = [1, 2, 3, 5, 17, 100, 777, 1023];
    // By zero-based dimension.
    const reference: Record<number, readonly number[]> = {
      1: [2147483648, 1073741824, 3221225472, 3758096384, 4160749568, 1107296256, 4022337536, 3233808384],
      3: [2147483648, 1073741824, 3221225472, 1610612736, 671088640, 3120562176, 1178599424, 624951296],
      10: [2147483648, 3221225472, 1073741824, 1610612736, 2550136832, 1979711488, 3200253952, 2915041280],
      37: [2147483648, 1073741824, 3221225472, 1610612736, 2281701376, 2046820352, 1505755136, 4240441344],
      110: [2147483648, 1073741824, 3221225472, 2684354560, 2281701376, 3053453312, 12582912, 532676608],
      500: [2147483648, 1073741824, 3221225472, 3758096384, 4160749568, 771751936, 3737124864, 1639972864],
      999: [2147483648, 3221225472, 1073741824, 2684354560, 134217728, 3925868544, 1648361472, 3678404608],
      1110: [2147483648, 3221225472, 1073741824, 1610612736, 3892314112, 1979711488, 2512388096, 2529165312],
    };
    for (const [e, values] of Object.entries(reference)) {
      expect(indices.map((index) => coordinate(index, Number(e)))).toEqual(values);
    }
  });

  test('has a dimension for each primitive polynomial up to degree 13, of which there are phi(2^s - 1) / s', () => {
    const totient = (n: number): number => {
      let result = n;
      let rest = n;
      for (let p = 2; p * p <= rest; p += 1) {
        if (rest % p !== 0) continue;
        while (rest % p === 0) rest /= p;
        result -= result / p;
      }
      return rest > 1 ? result - result / rest : result;
    };
    for (const [degree, polynomials] of JOE_KUO_DEGREES) expect(polynomials).toBe(totient(2 ** degree - 1) / degree);
    expect(JOE_KUO_DEGREES.reduce((sum, [, count]) => sum + count, 1)).toBe(JOE_KUO_DIMENSIONS);
  });

  test('has one point in each of 2^m strata of every dimension', () => {
    const m = 7;
    for (let e = 0; e < MAX_SOBOL_DIMENSION; e += 1) {
      const taken = new Set(Array.from({ length: 2 ** m }, (_, i) => coordinate(i, e) >>> (32 - m)));
      expect(taken.size).toBe(2 ** m);
    }
  });
});

describe('scrambled points', () => {
  test('are a (0, m, 2)-net in dimensions 1 and 2, and a (1, m, 3)-net in the first three', () => {
    // t = sum of (degree - 1) over the polynomials: 0 for the first two dimensions, 1 for the third.
    for (let stage = 0; stage < 10; stage += 1) {
      const m = 6;
      const points = allPoints(createPointSet('qmc_sobol', draw(stage), 2 ** m, 3), 2 ** m, 3);
      for (let a = 0; a <= m; a += 1) {
        expect(new Set(cells(points, [a, m - a, 0])).size).toBe(2 ** m);
        for (let b = 0; a + b <= m - 1; b += 1) {
          const counts = new Map<string, number>();
          for (const cell of cells(points, [a, b, m - 1 - a - b])) counts.set(cell, (counts.get(cell) ?? 0) + 1);
          expect([...counts.values()].every((count) => count === 2)).toBe(true);
        }
      }
    }
  });

  test('are uniform: any one of them, over many scramblings', () => {
    // The point 0, which is the origin before scrambling, and one that is not.
    const stages = 1600;
    const ends = stratumEnds(16);
    for (const index of [0, 5]) {
      const counts = new Array<number>(16 * 3).fill(0);
      for (let stage = 0; stage < stages; stage += 1) {
        const out = new Float64Array(3);
        createPointSet('qmc_sobol', draw(stage), 8, 3).write(index, out, 0);
        out.forEach((z, e) => {
          counts[e * 16 + stratumOf(z, ends)] += 1;
        });
      }
      const error = Math.sqrt(stages * (1 / 16) * (15 / 16));
      for (const count of counts) expect(Math.abs(count - stages / 16)).toBeLessThan(4 * error);
    }
  });

  test('are scrambled beyond a shift: where two points part at one digit, the digits after it are independent', () => {
    // The first two plain points differ by 1/2 exactly. Their places in their halves, of four each, are equal by chance.
    const stages = 1600;
    const ends = stratumEnds(8);
    const equal = [0, 0, 0];
    for (let stage = 0; stage < stages; stage += 1) {
      const [a, b] = allPoints(createPointSet('qmc_sobol', draw(stage), 2, 3), 2, 3);
      for (let e = 0; e < 3; e += 1) if (stratumOf(a[e], ends) % 4 === stratumOf(b[e], ends) % 4) equal[e] += 1;
    }
    const error = Math.sqrt(stages * (1 / 4) * (3 / 4));
    for (const count of equal) expect(Math.abs(count - stages / 4)).toBeLessThan(4 * error);
  });

  test('beyond the table are refused with a way out', () => {
    expect(() => createPointSet('qmc_sobol', draw(0), 4, MAX_SOBOL_DIMENSION + 1)).toThrow(
      expect.objectContaining({
        kind: 'CapacityViolation',
        suggestion: expect.stringContaining('qmc_halton') as string,
        context: { dimension: 1112, maximum: 1111 },
      }),
    );
    expect(() => createPointSet('qmc_sobol', draw(0), 4, MAX_SOBOL_DIMENSION)).not.toThrow();
  });
});

/** Elementary interval of each point: dimension e cut into 2^bits[e] equally likely parts. */
function cells(points: readonly (readonly number[])[], bits: readonly number[]): readonly string[] {
  const ends = bits.map((count) => stratumEnds(2 ** count));
  return points.map((point) => point.map((z, e) => stratumOf(z, ends[e])).join());
}
