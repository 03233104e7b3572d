import { describe, expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import { expectErrors, STAGES } from '../support/broken-case.js';
import { type CaseContent, type CasePatch, makeCase } from '../support/case-builder.js';

const month = (id: number, month_start = id + 1) => ({ id, label: `month ${month_start}`, month_start });
const months = Array.from({ length: 12 }, (_, id) => month(id));

/** The small case (January to March 2024) with a season for each of its stages. */
function seasonal(definitions: object, ids: readonly number[], change?: (file: CaseContent) => void): CasePatch {
  return {
    [STAGES]: (file) => {
      file.season_definitions = definitions;
      ids.forEach((season_id, t) => {
        file.stages[t].season_id = season_id;
      });
      change?.(file);
    },
  };
}

/** Warnings of stages that are not in their seasons; other warnings do not matter here. */
async function warnings(patch: CasePatch) {
  const found = await validateCase(await makeCase(patch));
  expect(found.errors).toEqual([]);
  return found.warnings.filter(({ kind, field }) => kind === 'StageMismatch' && field?.endsWith('season_id'));
}

const custom = (id: number, from: readonly [number, number], to: readonly [number, number]) => ({
  id,
  label: `S${id}`,
  month_start: from[0],
  day_start: from[1],
  month_end: to[0],
  day_end: to[1],
});
const monthly = { cycle_type: 'monthly', seasons: months };
const weekly = {
  cycle_type: 'weekly',
  seasons: Array.from({ length: 52 }, (_, id) => ({ id, label: `week ${id + 1}`, month_start: 1 })),
};

/** Weeks in place of the stages, from a Monday on: 2024-01-01 is one, and begins ISO week 1. */
const weeksFrom = (start: string) => (file: CaseContent) => {
  const date = (t: number) => new Date(Date.parse(start) + t * 7 * 86_400_000).toISOString().slice(0, 10);
  file.stages.forEach((stage: Record<string, unknown>, t: number) => {
    const blocks = [0, 1].map((id) => ({ id, name: `B${id}`, hours: 84 }));
    Object.assign(stage, { start_date: date(t), end_date: date(t + 1), blocks });
  });
};

describe('a stage that has no day in its season', () => {
  it('is told of, with the season that its dates are in', async () => {
    expect(await warnings(seasonal(monthly, [0, 7, 2]))).toEqual([
      {
        kind: 'StageMismatch',
        file: STAGES,
        field: 'stages[1].season_id',
        value: 7,
        message: 'stage 1, 2024-02-01 to 2024-03-01, has no day in its season 7 (month 8)',
        suggestion:
          'Give it season_id 1, the season of its dates, or correct the dates of the seasons in season_definitions.',
      },
    ]);
  });

  it.each([
    ['all are shifted by one', [1, 2, 3], 'stages[0].season_id', '; likewise 2 other stages'],
    ['all are in one season', [0, 0, 0], 'stages[1].season_id', '; likewise 1 other stage'],
  ])('is told of once: %s', async (_, ids, field, says) => {
    const found = await warnings(seasonal(monthly, ids));
    expect(found).toMatchObject([{ field, message: expect.stringContaining(says) }]);
  });

  it('is told of where custom seasons have no such day', async () => {
    const seasons = [custom(0, [3, 1], [12, 31]), custom(1, [1, 1], [2, 28])];
    const found = await warnings(seasonal({ cycle_type: 'custom', seasons }, [0, 1, 0]));
    expect(found).toMatchObject([{ field: 'stages[0].season_id', suggestion: expect.stringContaining('season_id 1') }]);
    const gap = await warnings(seasonal({ cycle_type: 'custom', seasons: seasons.slice(0, 1) }, [0]));
    expect(gap).toMatchObject([{ field: 'stages[0].season_id', suggestion: expect.stringMatching(/^Give it the s/) }]);
  });

  it('is told of before the study as well', async () => {
    const preStudy = (season_id: number) => (file: CaseContent) => {
      file.pre_study_stages = [{ id: -1, start_date: '2023-12-01', end_date: '2024-01-01', season_id }];
    };
    expect(await warnings(seasonal(monthly, [0, 1, 2], preStudy(11)))).toEqual([]);
    expect(await warnings(seasonal(monthly, [0, 1, 2], preStudy(5)))).toMatchObject([
      { field: 'pre_study_stages[0].season_id' },
    ]);
  });

  it('may be a week beside it, not more', async () => {
    expect(await warnings(seasonal(weekly, [0, 1, 2], weeksFrom('2024-01-01')))).toEqual([]);
    // Weeks that are numbered from the first of January on begin up to six days off.
    expect(await warnings(seasonal(weekly, [1, 2, 3], weeksFrom('2024-01-01')))).toEqual([]);
    expect(await warnings(seasonal(weekly, [51, 0, 1], weeksFrom('2024-01-01')))).toEqual([]);
    expect(await warnings(seasonal(weekly, [2, 3, 4], weeksFrom('2024-01-01')))).toMatchObject([
      { field: 'stages[0].season_id', suggestion: expect.stringContaining('season_id 0') },
    ]);
    // The last week of a month may lie in the next one altogether.
    expect(await warnings(seasonal(monthly, [0, 0, 1], weeksFrom('2024-01-26')))).toEqual([]);
  });

  it('is no matter of numbers that nothing defines, nor of a stage that reaches into its season', async () => {
    const none = seasonal({}, [5, 5, 5], (file) => {
      delete file.season_definitions;
    });
    expect(await warnings(none)).toEqual([]);
    const late = seasonal(monthly, [1, 1, 2], (file) => {
      Object.assign(file.stages[0], { end_date: '2024-02-02' });
    });
    expect(await warnings(late)).toEqual([]);
    const quarters = [custom(0, [1, 1], [3, 31]), ...[1, 2, 3].map((m) => custom(m, [m, 1], [m, 28]))];
    expect(await warnings(seasonal({ cycle_type: 'custom', seasons: quarters }, [1, 0, 3]))).toEqual([]);
  });
});

describe('a month with two seasons is refused:', () => {
  expectErrors([
    [
      'monthly seasons of one month',
      seasonal({ cycle_type: 'monthly', seasons: [...months, month(12, 2)] }, [0, 1, 2]),
      {
        kind: 'DuplicateId',
        file: STAGES,
        field: 'season_definitions.seasons[12].month_start',
        says: 'season_definitions.seasons[1]',
      },
    ],
  ]);

  it('but custom seasons may begin in one month', async () => {
    const halves = [custom(0, [1, 1], [1, 15]), custom(1, [1, 16], [3, 31])];
    expect(await warnings(seasonal({ cycle_type: 'custom', seasons: halves }, [0, 1, 1]))).toEqual([]);
  });
});
