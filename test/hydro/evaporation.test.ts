import { describe, expect, test } from 'vitest';
import { checkEvaporation, type LinearEvaporation, linearizeEvaporation } from '#cobre/hydro/evaporation';
import type { Evaporation } from '#cobre/hydro/plant';
import { D07_GEOMETRY, geometryOf, plant } from './plants.js';

const monthly = (value: number) => Array.from({ length: 12 }, () => value);
const evaporating = (evaporation: Evaporation, changes = {}) => plant({ evaporation, ...changes });
const evaporatedFlow = ({ k0, kV }: LinearEvaporation, volume: number) => k0 + kV * volume;
const january = { id: 0, season: 0, hours: 730 };

describe('linear evaporation', () => {
  test('of the public case d08: k0 = 25/1314, kV = 1/5256', () => {
    const geometry = geometryOf([
      [0, 0, 0.5],
      [100, 0, 1],
      [200, 0, 1.5],
    ]);
    const stages = [january, { id: 1, season: 1, hours: 730 }];
    const evaporation = linearizeEvaporation(geometry, evaporating({ coefficientsMm: monthly(100) }), stages);
    for (const { k0, kV, referenceVolume } of evaporation!) {
      expect(k0).toBeCloseTo(25 / 1314, 15);
      expect(kV).toBeCloseTo(1 / 5256, 16);
      expect(referenceVolume).toBe(100);
    }
  });

  test('is the area times the depth over the time, at the reference volume', () => {
    // 150 mm on 50 km2 are 7.5 hm3; over 31 days of 86400 s
    const stage = { id: 0, season: 3, hours: 744 };
    const [linear] = linearizeEvaporation(D07_GEOMETRY, evaporating({ coefficientsMm: monthly(150) }), [stage])!;
    expect(evaporatedFlow(linear, 100)).toBeCloseTo(7.5e6 / (31 * 86400), 12);
    // At a point of the curve the slope is that above it: 15 km2 in 50 hm3.
    expect(evaporatedFlow(linear, 110)).toBeCloseTo((0.15 * 53e6) / (31 * 86400), 12);
  });

  test('takes coefficient and reference volume of the month', () => {
    const coefficientsMm = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, -120];
    const referenceVolumesHm3 = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 150, 200];
    const stages = [11, 5, 0].map((season, id) => ({ id, season, hours: 720 }));
    const linear = linearizeEvaporation(D07_GEOMETRY, evaporating({ coefficientsMm, referenceVolumesHm3 }), stages)!;
    const areas = [75, 34, 14];
    const slopes = [0.2, 0.4, 0.4];
    [11, 5, 0].forEach((month, i) => {
      const perArea = coefficientsMm[month] / (3.6 * 720);
      expect(linear[i].referenceVolume).toBe(referenceVolumesHm3[month]);
      expect(linear[i].kV).toBeCloseTo(perArea * slopes[i], 13);
      expect(evaporatedFlow(linear[i], referenceVolumesHm3[month])).toBeCloseTo(perArea * areas[i], 12);
    });
    // More rain than evaporation: the reservoir gains.
    expect(evaporatedFlow(linear[0], 200)).toBeLessThan(0);
  });

  test('on a curve of one point does not depend on the storage', () => {
    const single = geometryOf([[50, 1, 4]]);
    const [linear] = linearizeEvaporation(single, evaporating({ coefficientsMm: monthly(36) }), [
      { id: 0, season: 0, hours: 10 },
    ])!;
    expect(linear).toEqual({ k0: 4, kV: 0, referenceVolume: 100 });
  });

  test('of a plant without coefficients is none, with or without a curve', () => {
    expect(linearizeEvaporation(null, plant(), [january])).toBeNull();
  });
});

describe('evaporation that cannot be linearised', () => {
  const good = evaporating({ coefficientsMm: monthly(100) });
  const dry = geometryOf([
    [0, 1, 0],
    [200, 2, 0],
  ]);
  test.each([
    ['no curve', null, good, [january], 'CoverageMismatch', 'hydro_id'],
    ['no area', dry, good, [january], 'PhysicalConstraint', 'area_km2'],
    ['no season', D07_GEOMETRY, good, [{ ...january, season: null }], 'StageMismatch', 'season_id'],
    ['season 12', D07_GEOMETRY, good, [{ ...january, season: 12 }], 'StageMismatch', 'season_id'],
    ['no hours', D07_GEOMETRY, good, [{ ...january, hours: 0 }], 'OutOfRange', 'hours'],
    [
      '11 months',
      D07_GEOMETRY,
      evaporating({ coefficientsMm: monthly(100).slice(1) }),
      [january],
      'SchemaViolation',
      'evaporation.coefficients_mm',
    ],
    [
      'a reference volume above the storage',
      D07_GEOMETRY,
      evaporating({ coefficientsMm: monthly(1), referenceVolumesHm3: [...monthly(100).slice(1), 201] }),
      [january],
      'PhysicalConstraint',
      'evaporation.reference_volumes_hm3[11]',
    ],
    [
      'a coefficient that is not finite',
      D07_GEOMETRY,
      evaporating({ coefficientsMm: [Number.NaN, ...monthly(1).slice(1)] }),
      [january],
      'OutOfRange',
      'evaporation.coefficients_mm[0]',
    ],
  ])('%s', (_, geometry, hydro, stages, kind, field) => {
    expect(checkEvaporation(geometry, hydro, stages)).toEqual([
      expect.objectContaining({ kind, field, severity: 'error', message: expect.stringContaining('hydro 0 (H0)') }),
    ]);
    expect(() => linearizeEvaporation(geometry, hydro, stages)).toThrow(expect.objectContaining({ kind, field }));
  });

  test('tells all of it at once', () => {
    const bad = evaporating({ coefficientsMm: monthly(1).slice(1), referenceVolumesHm3: monthly(-1) });
    const kinds = checkEvaporation(null, bad, [{ id: 4, season: null, hours: 0 }]).map(({ kind }) => kind);
    expect(kinds).toHaveLength(1 + 12 + 1 + 2);
  });
});
