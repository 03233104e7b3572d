import { describe, expect, test } from 'vitest';
import { forebayHeight, forebaySlope, surfaceArea, surfaceAreaSlope } from '#cobre/hydro/geometry';
import type { HydraulicLosses, TailraceModel } from '#cobre/hydro/plant';
import { netHead, power, productionFunction, tailraceHeight } from '#cobre/hydro/production-function';
import { D07_GEOMETRY, geometryOf } from './plants.js';

const modelsOf = (tailrace: TailraceModel | null, hydraulicLosses: HydraulicLosses | null, efficiency = 1) => ({
  tailrace,
  hydraulicLosses,
  efficiency: { type: 'constant' as const, value: efficiency },
});

describe('volume-height-area curve', () => {
  test('is exact at its points, linear between them and constant outside', () => {
    D07_GEOMETRY.volumes.forEach((volume, i) => {
      expect(forebayHeight(D07_GEOMETRY, volume)).toBe(D07_GEOMETRY.heights[i]);
      expect(surfaceArea(D07_GEOMETRY, volume)).toBe(D07_GEOMETRY.areas[i]);
    });
    expect(forebayHeight(D07_GEOMETRY, 25)).toBe(360);
    expect(forebayHeight(D07_GEOMETRY, 110)).toBe(387);
    expect(surfaceArea(D07_GEOMETRY, 125)).toBe(57.5);
    expect([forebayHeight(D07_GEOMETRY, -1), forebayHeight(D07_GEOMETRY, 999)]).toEqual([350, 400]);
    expect([surfaceArea(D07_GEOMETRY, -1), surfaceArea(D07_GEOMETRY, 999)]).toEqual([10, 75]);
  });

  test('has the slope of the segment, at a point of the one above, outside of the nearest', () => {
    expect([-5, 0, 49, 50, 100, 199, 200, 300].map((v) => forebaySlope(D07_GEOMETRY, v))).toEqual([
      0.4, 0.4, 0.4, 0.3, 0.2, 0.1, 0.1, 0.1,
    ]);
    expect([0, 100, 150, 200].map((v) => surfaceAreaSlope(D07_GEOMETRY, v))).toEqual([0.4, 0.3, 0.2, 0.2]);
  });

  test('of a single point is constant', () => {
    const single = geometryOf([[10, 5, 2]]);
    expect([0, 10, 20].map((v) => [surfaceArea(single, v), surfaceAreaSlope(single, v)])).toEqual([
      [2, 0],
      [2, 0],
      [2, 0],
    ]);
  });
});

describe('tailrace', () => {
  test('polynomial: values by hand', () => {
    const cubic = productionFunction(
      D07_GEOMETRY,
      modelsOf({ type: 'polynomial', coefficients: [3, 2, 0.5, 0.25] }, null),
    );
    // 3 + 2*4 + 0.5*16 + 0.25*64
    expect(tailraceHeight(cubic, 4)).toBe(35);
    expect(tailraceHeight(cubic, 0)).toBe(3);
  });

  test('piecewise: values by hand, constant outside, points in any order', () => {
    const table = [
      { outflowM3s: 5000, heightM: 4.5 },
      { outflowM3s: 0, heightM: 3 },
      { outflowM3s: 15000, heightM: 6.5 },
    ];
    const tailrace = productionFunction(D07_GEOMETRY, modelsOf({ type: 'piecewise', points: table }, null));
    expect([-1, 0, 2500, 5000, 10000, 15000, 1e6].map((q) => tailraceHeight(tailrace, q))).toEqual([
      3, 3, 3.75, 4.5, 5.5, 6.5, 6.5,
    ]);
  });
});

describe('exact production', () => {
  const tail = { type: 'polynomial' as const, coefficients: [300, 0.1] };

  test('losses as a share and in metres', () => {
    const share = productionFunction(D07_GEOMETRY, modelsOf(tail, { type: 'factor', value: 0.1 }));
    const metres = productionFunction(D07_GEOMETRY, modelsOf(tail, { type: 'constant', valueM: 2 }));
    // 385 - (300 + 0.1 * (30 + 20)) = 80 m of gross head
    expect(netHead(share, 100, 30, 20)).toBeCloseTo(72, 12);
    expect(netHead(metres, 100, 30, 20)).toBeCloseTo(78, 12);
  });

  test('power by hand: 9.81/1000 * 0.92 * 40 * 0.97 * 85', () => {
    const d07 = productionFunction(
      D07_GEOMETRY,
      modelsOf({ type: 'polynomial', coefficients: [300] }, { type: 'factor', value: 0.03 }, 0.92),
    );
    expect(power(d07, 100, 40, 0)).toBeCloseTo(29.7651096, 10);
    expect(power(d07, 100, 0, 10)).toBe(0);
  });

  test('no head below the tailrace', () => {
    const drowned = productionFunction(D07_GEOMETRY, modelsOf({ type: 'polynomial', coefficients: [390] }, null));
    expect(netHead(drowned, 100, 10, 0)).toBe(0);
    expect(power(drowned, 200, 10, 0)).toBeCloseTo(0.981, 12);
  });

  test('models that are left out: level 0, no losses, efficiency 1', () => {
    const bare = productionFunction(D07_GEOMETRY, { tailrace: null, hydraulicLosses: null, efficiency: null });
    expect(netHead(bare, 0, 10, 10)).toBe(350);
  });
});
