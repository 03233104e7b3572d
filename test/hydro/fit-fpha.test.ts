import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FphaFit, fitFpha } from '#cobre/hydro/fit-fpha';
import { fittingGrid, gridPoint } from '#cobre/hydro/fpha-grid';
import { planesBound } from '#cobre/hydro/plane';
import type { HydraulicLosses, HydroPlant, TailraceModel } from '#cobre/hydro/plant';
import { power, productionFunction } from '#cobre/hydro/production-function';
import { D07_GEOMETRY, D07_PLANT, geometryOf, plant } from './plants.js';

const EVERY_FACET = { source: 'computed', maxPlanesPerHydro: 100_000 } as const;

/** Calls back with the points of a grid over the fitted range, each interval of a count - 1 in `parts`. */
function overGrid(fit: FphaFit, counts: number[], parts: number, callback: (v: number, q: number, s: number) => void) {
  const [nv, nq, ns] = counts.map((count) => (count - 1) * parts + 1);
  for (let i = 0; i < nv; i += 1) {
    for (let j = 0; j < nq; j += 1) {
      for (let k = 0; k < ns; k += 1) {
        callback(
          gridPoint(fit.validVMin, fit.validVMax, nv, i),
          gridPoint(0, fit.validQMax, nq, j),
          gridPoint(0, fit.validSMax, ns, k),
        );
      }
    }
  }
}

/** Random plants: curves that rise, tailraces that rise slowly enough for more flow to give more power. */
const randomPlants = fc
  .record({
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 20 })), {
      minLength: 1,
      maxLength: 7,
    }),
    firstHeight: fc.integer({ min: 330, max: 400 }),
    maxTurbined: fc.integer({ min: 1, max: 900 }),
    rise: fc.integer({ min: 0, max: 12 }),
    piecewise: fc.boolean(),
    losses: fc.constantFrom<HydraulicLosses>({ type: 'factor', value: 0.03 }, { type: 'constant', valueM: 1.5 }),
    efficiency: fc.constantFrom(0.85, 0.92, 1),
  })
  .map(({ steps, firstHeight, maxTurbined, rise, piecewise, losses, efficiency }) => {
    const curve: [volume: number, height: number, area: number][] = [[10, firstHeight, 1]];
    for (const [wider, higher] of steps) {
      const [volume, height, area] = curve[curve.length - 1];
      curve.push([volume + wider, height + higher, area + 1]);
    }
    const most = 1.5 * maxTurbined;
    const tailrace: TailraceModel = piecewise
      ? {
          type: 'piecewise',
          points: [
            { outflowM3s: 0, heightM: 300 },
            { outflowM3s: most / 3, heightM: 300 + rise / 2 },
            { outflowM3s: most, heightM: 300 + rise },
          ],
        }
      : { type: 'polynomial', coefficients: [300, rise / (2 * most), rise / (2 * most * most)] };
    const changes: Partial<HydroPlant> = {
      minStorage: 10,
      maxStorage: curve[curve.length - 1][0],
      maxTurbined,
      tailrace,
      hydraulicLosses: losses,
      efficiency: { type: 'constant', value: efficiency },
    };
    return { geometry: geometryOf(curve), hydro: plant(changes) };
  });

describe('planes fitted to a production function', () => {
  test('of any plant lie over it at the grid, with signs as physics has them', () => {
    fc.assert(
      fc.property(randomPlants, fc.constantFrom(1, 4, 10, 100), ({ geometry, hydro }, maxPlanesPerHydro) => {
        const fit = fitFpha(geometry, hydro, { source: 'computed', maxPlanesPerHydro });
        const production = productionFunction(geometry, hydro);
        const most = power(production, hydro.maxStorage, hydro.maxTurbined, 0);
        expect(fit.planes.length).toBe(Math.min(maxPlanesPerHydro, fit.facets));
        for (const { gammaV, gammaQ, gammaS } of fit.planes) {
          expect(gammaV).toBeGreaterThanOrEqual(0);
          expect(gammaQ).toBeGreaterThan(0);
          expect(gammaS).toBeLessThanOrEqual(0);
        }
        // Steepest in the flow first.
        const steepness = fit.planes.map(({ gammaQ }) => gammaQ);
        expect(steepness).toEqual([...steepness].sort((a, b) => b - a));
        let lowest = Number.POSITIVE_INFINITY;
        overGrid(fit, [5, 5, 5], 1, (v, q, s) => {
          lowest = Math.min(lowest, planesBound(fit.planes, v, q, s) - power(production, v, q, s));
          // Not to turbine is always possible.
          if (q === 0) expect(planesBound(fit.correctedPlanes, v, q, s)).toBeGreaterThanOrEqual(-1e-9 * most);
        });
        expect(lowest).toBeGreaterThanOrEqual(-1e-9 * most);
        expect(fit.kappa).toBeGreaterThan(0);
        expect(fit.kappa).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('of constant head are the productivity, exactly', () => {
    const flat = geometryOf([
      [0, 400, 1],
      [100, 400, 1],
      [200, 400, 1],
    ]);
    const hydro = plant({
      tailrace: { type: 'polynomial', coefficients: [300] },
      hydraulicLosses: { type: 'constant', valueM: 0 },
      efficiency: { type: 'constant', value: 0.9 },
    });
    const fit = fitFpha(flat, hydro, { source: 'computed' });
    expect(fit.planes).toHaveLength(1);
    expect(fit.kappa).toBe(1);
    const [plane] = fit.correctedPlanes;
    expect([plane.gamma0, plane.gammaV, plane.gammaS]).toEqual([0, 0, 0]);
    // 9.81 / 1000 * 0.9 * 100 m
    expect(plane.gammaQ).toBeCloseTo(0.8829, 14);
    expect(fit.errors.corrected.maxOver).toBeLessThan(1e-12);
    expect(fit.errors.corrected.maxUnder).toBeLessThan(1e-12);
    expect(fit.spillageLimit).toBeNull();
  });

  test('of a concave function touch it at the grid and bound it from above', () => {
    // Constant forebay, a level below that rises with the outflow: without spillage the power is a parabola of the flow.
    const flat = geometryOf([
      [0, 400, 1],
      [200, 400, 1],
    ]);
    const hydro = plant({
      tailrace: { type: 'polynomial', coefficients: [300, 0.4] },
      hydraulicLosses: { type: 'factor', value: 0 },
      efficiency: { type: 'constant', value: 1 },
    });
    const fit = fitFpha(flat, hydro, EVERY_FACET, 'none');
    const exact = (q: number, s: number) => (9.81 / 1000) * q * (100 - 0.4 * (q + s));
    for (const q of [0, 12.5, 25, 37.5, 50]) expect(planesBound(fit.planes, 100, q, 0)).toBeCloseTo(exact(q, 0), 9);
    // Spillage lowers the most that can be generated exactly as it should: that edge of the grid is linear.
    for (const s of [0, 5, 10, 20, 25]) expect(planesBound(fit.planes, 30, 50, s)).toBeCloseTo(exact(50, s), 9);
    // Between grid points a chord of the parabola lies below it by at most curvature times interval squared / 8.
    expect(fit.errors.envelope.maxUnder).toBeLessThanOrEqual(((9.81 / 1000) * 0.8 * 12.5 ** 2) / 8 + 1e-9);
    // Up to the limit there is a solution at full flow, from there on none.
    const limit = fit.spillageLimit!;
    expect(limit).toBeGreaterThan(25);
    expect(planesBound(fit.planes, 0, 50, limit)).toBeCloseTo(0, 9);
    expect(planesBound(fit.planes, 0, 50, 0.999 * limit)).toBeGreaterThan(0);
    expect(fit.planes.length).toBeGreaterThan(4);
  });

  test('of q times a linear head are the two McCormick planes, which bound it everywhere', () => {
    const linear = geometryOf([
      [0, 350, 1],
      [200, 400, 1],
    ]);
    const hydro = { ...D07_PLANT, hydraulicLosses: { type: 'factor', value: 0 } as const, efficiency: null };
    const fit = fitFpha(linear, hydro, { source: 'computed' }, 'none');
    // phi = k q (50 + v / 4): q (100) k, and k (50 q + 50 * v / 4), k = 9.81 / 1000
    const rounded = fit.planes.map(({ gamma0, gammaV, gammaQ, gammaS }) =>
      [gamma0, gammaV, gammaQ, gammaS].map((c) => Number(c.toFixed(10)) + 0),
    );
    expect(rounded).toEqual([
      [0, 0, 0.981, 0],
      [0, 0.122625, 0.4905, 0],
    ]);
    expect(fit.errors.envelope.maxUnder).toBeLessThan(1e-12);
    // The greatest excess is in the middle: k (q_max - q_min) (H_max - H_min) / 4
    expect(fit.errors.envelope.maxOver).toBeCloseTo(((9.81 / 1000) * 50 * 50) / 4, 10);
    expect(fit.leastAtRest).toBe(0);
  });

  test('of the public case d07: tight at the ends of the grid, near on average', () => {
    const fit = fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' });
    const production = productionFunction(D07_GEOMETRY, D07_PLANT);
    expect([fit.validVMin, fit.validVMax, fit.validQMax, fit.validSMax]).toEqual([0, 200, 50, 25]);
    // At full flow the power is concave in the volume, at the least and the greatest volume linear in the flow.
    for (const v of [0, 50, 100, 150, 200]) {
      expect(planesBound(fit.planes, v, 50, 0)).toBeCloseTo(power(production, v, 50, 0), 9);
    }
    for (const q of [0, 7, 25, 50]) {
      expect(planesBound(fit.planes, 0, q, 0)).toBeCloseTo(power(production, 0, q, 0), 9);
      expect(planesBound(fit.planes, 200, q, 0)).toBeCloseTo(power(production, 200, q, 0), 9);
    }
    for (const { gammaS } of fit.planes) expect(gammaS).toBe(0);
    expect(fit.leastAtRest).toBe(0);
  });
});

describe('correction', () => {
  const grid = fittingGrid(D07_GEOMETRY, D07_PLANT, { source: 'computed' });
  const production = productionFunction(D07_GEOMETRY, D07_PLANT);
  const square = (fit: FphaFit, kappa: number) => {
    let sum = 0;
    overGrid(fit, [...grid.counts], 1, (v, q, s) => {
      sum += (kappa * planesBound(fit.planes, v, q, s) - power(production, v, q, s)) ** 2;
    });
    return sum;
  };

  test('least_squares: no other factor has less squared error on the grid', () => {
    const fit = fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' });
    const least = square(fit, fit.kappa);
    for (const change of [-0.01, -1e-4, 1e-4, 0.01]) expect(square(fit, fit.kappa + change)).toBeGreaterThan(least);
  });

  test('worst_case: the bound nowhere exceeds the function on the grid, and touches it', () => {
    const fit = fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' }, 'worst_case');
    let excess = Number.NEGATIVE_INFINITY;
    overGrid(fit, [...grid.counts], 1, (v, q, s) => {
      if (q === 0) return;
      excess = Math.max(excess, planesBound(fit.correctedPlanes, v, q, s) - power(production, v, q, s));
    });
    expect(Math.abs(excess)).toBeLessThan(1e-12);
    // At 50 hm3 and a quarter of the flow: head 70 of 100 m.
    expect(fit.kappa).toBeCloseTo(0.7, 12);
  });

  test('scales all coefficients; none leaves them', () => {
    const corrected = fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' });
    corrected.correctedPlanes.forEach((plane, m) => {
      expect(plane.gammaQ).toBe(corrected.planes[m].gammaQ * corrected.kappa);
      expect(plane.gammaV).toBe(corrected.planes[m].gammaV * corrected.kappa);
    });
    const left = fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' }, 'none');
    expect(left.correctedPlanes).toEqual(left.planes);
  });
});

describe('error report', () => {
  test('is that of brute force over a grid four times as fine', () => {
    const tailrace = { type: 'polynomial', coefficients: [300, 0.5, 0.1] } as const;
    const hydro = { ...D07_PLANT, maxTurbined: 5, tailrace };
    const fit = fitFpha(D07_GEOMETRY, hydro, {
      source: 'computed',
      volumeDiscretizationPoints: 3,
      turbineDiscretizationPoints: 4,
      spillageDiscretizationPoints: 2,
      maxPlanesPerHydro: 6,
    });
    const errors: number[] = [];
    const shares: number[] = [];
    for (let i = 0; i <= 8; i += 1) {
      for (let j = 0; j <= 12; j += 1) {
        for (let k = 0; k <= 4; k += 1) {
          const [v, q, s] = [i * 25, (j * 5) / 12, (k * 2.5) / 4];
          const height = [350, 360, 370, 377.5, 385, 390, 395, 397.5, 400][i];
          const exact = (9.81 / 1000) * 0.92 * q * 0.97 * (height - 300 - 0.5 * (q + s) - 0.1 * (q + s) * (q + s));
          const bounds = fit.correctedPlanes.map((p) => p.gamma0 + p.gammaV * v + p.gammaQ * q + p.gammaS * s);
          errors.push(Math.min(...bounds) - exact);
          if (q > 0) shares.push((Math.min(...bounds) - exact) / exact);
        }
      }
    }
    const { corrected } = fit.errors;
    expect(corrected.points).toBe(errors.length);
    expect(corrected.maxOver).toBeCloseTo(Math.max(...errors), 10);
    expect(corrected.maxUnder).toBeCloseTo(-Math.min(...errors), 10);
    expect(corrected.maxOverRelative).toBeCloseTo(Math.max(...shares), 10);
    expect(corrected.maxUnderRelative).toBeCloseTo(-Math.min(...shares), 10);
    expect(corrected.mean).toBeCloseTo(errors.reduce((sum, e) => sum + e, 0) / errors.length, 10);
    expect(corrected.meanAbsolute).toBeCloseTo(errors.reduce((sum, e) => sum + Math.abs(e), 0) / errors.length, 10);
    expect(fit.planes).toHaveLength(6);
  });
});

describe('grid of a configuration', () => {
  const curve = D07_GEOMETRY;
  const hydro = plant({ minStorage: 20, maxStorage: 180 });

  test('defaults: the curve, 5 points an axis, 10 planes', () => {
    expect(fittingGrid(curve, hydro, { source: 'computed' })).toEqual({
      volumeMin: 0,
      volumeMax: 200,
      turbinedMax: 50,
      spillageMax: 25,
      counts: [5, 5, 5],
      maxPlanes: 10,
    });
  });

  test.each([
    [{ volumeMinHm3: 40, volumeMaxHm3: 150 }, 40, 150],
    // Shares of the storage range 20 to 180, not of the curve.
    [{ volumeMinPercentile: 0.1, volumeMaxPercentile: 0.9 }, 36, 164],
    [{ volumeMinHm3: 30, volumeMaxPercentile: 0.5 }, 30, 100],
    [{ volumeMinHm3: -10, volumeMaxHm3: 1000 }, 0, 200],
    [{ volumeMaxHm3: 120 }, 0, 120],
    [{ volumeMinHm3: null, volumeMaxHm3: null }, 0, 200],
  ])('window %j is %d to %d hm3', (fittingWindow, low, high) => {
    const grid = fittingGrid(curve, hydro, { source: 'computed', fittingWindow });
    expect(grid.volumeMin).toBeCloseTo(low, 12);
    expect(grid.volumeMax).toBeCloseTo(high, 12);
  });

  test('a window that leaves out low volumes is told by what the planes are there', () => {
    const fit = fitFpha(curve, D07_PLANT, { source: 'computed', fittingWindow: { volumeMinHm3: 120 } });
    expect(fit.leastAtRest).toBeLessThan(0);
  });
});

describe('what cannot be fitted', () => {
  test.each<[string, Partial<HydroPlant>, string, string]>([
    ['no head', { tailrace: { type: 'polynomial', coefficients: [500] } }, 'PhysicalConstraint', 'tailrace'],
    [
      'a tailrace that falls',
      { tailrace: { type: 'polynomial', coefficients: [300, -0.2] } },
      'PhysicalConstraint',
      'tailrace',
    ],
    [
      'a tailrace that rises too fast',
      { tailrace: { type: 'polynomial', coefficients: [300, 1.5] } },
      'PhysicalConstraint',
      'generation.max_turbined_m3s',
    ],
    ['no turbines', { maxTurbined: 0 }, 'PhysicalConstraint', 'generation.max_turbined_m3s'],
  ])('%s', (_, changes, kind, field) => {
    expect(() => fitFpha(D07_GEOMETRY, { ...D07_PLANT, ...changes }, { source: 'computed' })).toThrow(
      expect.objectContaining({ kind, field }),
    );
  });

  test('a single point, an empty window, one point on an axis', () => {
    const single = geometryOf([[0, 350, 1]]);
    expect(() => fitFpha(single, D07_PLANT, { source: 'computed' })).toThrow(
      expect.objectContaining({ kind: 'CoverageMismatch' }),
    );
    const fittingWindow = { volumeMinHm3: 150, volumeMaxHm3: 100 };
    expect(() => fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed', fittingWindow })).toThrow(
      expect.objectContaining({ kind: 'IncompatibleSettings', field: 'fpha_config.fitting_window' }),
    );
    expect(() => fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed', turbineDiscretizationPoints: 1 })).toThrow(
      expect.objectContaining({ kind: 'OutOfRange', value: 1 }),
    );
  });
});
