import fc from 'fast-check';
import type { PhysicalPar } from '#cobre/stochastic/par-inversion';

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Any model of 1 to 6 stages, 1 to 3 hydros, 0 to 3 lags. */
export const anyParModel: fc.Arbitrary<PhysicalPar> = fc
  .record({ stages: fc.integer({ min: 1, max: 6 }), hydros: fc.integer({ min: 1, max: 3 }), lags: fc.nat({ max: 3 }) })
  .chain(({ stages, hydros, lags }) => {
    const n = stages * hydros;
    const array = (length: number, min: number, max: number) =>
      fc.array(within(min, max), { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
    return fc.record({
      stages: fc.constant(stages),
      hydros: fc.constant(hydros),
      lags: fc.constant(lags),
      base: array(n, -50, 200),
      psi: array(n * lags, -0.9, 0.9),
      sigma: array(n, 1, 80),
    });
  });

/** Inflows [m3/s] in `count` entries. */
export function anyInflows(count: number): fc.Arbitrary<Float64Array> {
  return fc.array(within(0, 500), { minLength: count, maxLength: count }).map((values) => Float64Array.from(values));
}

/**
 * What the model gives under `noise[t * H + h]`, each stage being a period: the definition, lags looked up in the past.
 * `past[h * L + l]`, lag 1 first.
 */
export function runPar(model: PhysicalPar, noise: Float64Array, past: Float64Array): Float64Array {
  const { stages, hydros, lags, base, psi, sigma } = model;
  const inflow = new Float64Array(stages * hydros);
  for (let t = 0; t < stages; t += 1) {
    for (let h = 0; h < hydros; h += 1) {
      const i = t * hydros + h;
      inflow[i] = base[i] + sigma[i] * noise[i];
      for (let lag = 1; lag <= lags; lag += 1) {
        const before = t - lag >= 0 ? inflow[(t - lag) * hydros + h] : past[h * lags + (lag - t - 1)];
        inflow[i] += psi[i * lags + lag - 1] * before;
      }
    }
  }
  return inflow;
}
