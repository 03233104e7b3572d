import { describe, expect, it } from 'vitest';
import { loadStudy } from '#cobre/case/load-case';
import type { SeasonDefinitions } from '#cobre/case/study';
import { checkHydroModels, hydroModels } from '#cobre/hydro/study-models';
import { makeCase } from '../support/case-builder.js';
import { fullCase } from '../support/full-case.js';
import { makeHydro, makeStages, makeStudy } from '../support/small-study.js';

/** Depth of month m + 1 is m + 1 mm, on an area of 1 km2 whatever the storage: k0 = depth / (3.6 * 730). */
function depths(seasons: SeasonDefinitions | null, seasonOf: (t: number) => number | null): number[] {
  const evaporation = { coefficientsMm: Array.from({ length: 12 }, (_, m) => m + 1), referenceVolumes: null };
  const base = makeStudy({
    stages: makeStages(3).map((stage, t) => ({ ...stage, season: seasonOf(t) })),
    hydros: [makeHydro({ evaporation })],
  });
  const study = {
    ...base,
    geometry: [{ volume: Float64Array.of(0, 1000), height: Float64Array.of(0, 1), area: Float64Array.of(1, 1) }],
    inflowModel: { ...base.inflowModel, seasons },
  };
  return hydroModels(study).evaporation[0]?.map(({ k0 }) => Math.round(k0 * 3.6 * 730 * 1e6) / 1e6) ?? [];
}

const season = (id: number, monthStart: number) => ({
  id,
  label: `S${id}`,
  monthStart,
  dayStart: null,
  monthEnd: null,
  dayEnd: null,
});

describe('the month that a stage evaporates by', () => {
  // Stages begin in January, February and March.
  it('is that of its season where seasons are months, whatever their ids', () => {
    const seasons = Array.from({ length: 12 }, (_, id) => season(id, ((id + 9) % 12) + 1));
    expect(depths({ cycle: 'monthly', seasons }, (t) => 3 + t)).toEqual([1, 2, 3]);
  });

  it('is the number of its season where no seasons are defined', () => {
    expect(depths(null, (t) => 5 + t)).toEqual([6, 7, 8]);
    expect(depths(null, () => null)).toEqual([1, 2, 3]);
  });

  it('is that of its dates where seasons are weeks', () => {
    const seasons = Array.from({ length: 52 }, (_, id) => season(id, 1));
    expect(depths({ cycle: 'weekly', seasons }, (t) => 5 + 4 * t)).toEqual([1, 2, 3]);
  });
});

describe('what is doubtful about a window', () => {
  it('is told with the window as it was written; its place is not that in the file, whose order is lost', async () => {
    const { warnings } = checkHydroModels(await loadStudy(await makeCase({}, fullCase())));
    const about = warnings.filter(({ file }) => file === 'system/hydro_production_models.json');
    expect(about).toContainEqual(
      expect.objectContaining({
        field: 'fpha_config.fitting_window',
        value: { volume_min_percentile: 0.1, volume_max_hm3: 500 },
        message: expect.stringContaining('fitted to 105 to 500 hm3'),
      }),
    );
    expect(about.filter(({ field }) => field.includes('production_models['))).toEqual([]);
  });
});

describe('a range of stages', () => {
  const productivity = (ranges: readonly { from: number; to: number | null }[]) => {
    const base = makeStudy({ stages: makeStages(3), hydros: [makeHydro({ productivity: 1 })] });
    const choice = {
      mode: 'stage_ranges',
      ranges: ranges.map((range, i) => ({
        ...range,
        model: 'constant_productivity' as const,
        fpha: null,
        productivity: 0.5 - 0.1 * i,
      })),
    } as const;
    return hydroModels({ ...base, productionChoices: [choice] }).production[0].map((made) =>
      made.kind === 'constant' ? made.productivity : null,
    );
  };

  it('that ended before the study, or begins after it, is of no stage', () => {
    expect(productivity([{ from: 0, to: -1 }])).toEqual([1, 1, 1]);
    expect(
      productivity([
        { from: 0, to: -1 },
        { from: 1, to: null },
      ]),
    ).toEqual([1, 0.4, 0.4]);
    expect(productivity([{ from: 3, to: null }])).toEqual([1, 1, 1]);
    expect(productivity([{ from: 0, to: 1 }])).toEqual([0.5, 0.5, 1]);
    // It ends after the study.
    expect(productivity([{ from: 1, to: 99 }])).toEqual([1, 0.5, 0.5]);
  });
});

describe('models that a check has made', () => {
  const curve = { volume: Float64Array.of(0, 1000), height: Float64Array.of(0, 1), area: Float64Array.of(1, 1) };
  const evaporation = { coefficientsMm: Array.from({ length: 12 }, (_, m) => m + 1), referenceVolumes: null };

  it('are not made again, and are the same', () => {
    let read = 0;
    const counted = {
      ...curve,
      get volume() {
        read++;
        return curve.volume;
      },
    };
    const base = makeStudy({ stages: makeStages(3), hydros: [makeHydro({ evaporation })] });
    const checked = { ...base, geometry: [counted] };
    expect(checkHydroModels(checked)).toEqual({ errors: [], warnings: [] });
    const before = read;
    expect(before).toBeGreaterThan(0);
    expect(hydroModels(checked)).toEqual(hydroModels({ ...base, geometry: [curve] }));
    expect(read).toBe(before);
  });
});
