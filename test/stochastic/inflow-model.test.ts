import { describe, expect, it } from 'vitest';
import type { InflowModelData, Season, SeasonDefinitions, Stage, Study } from '#cobre/case/study';
import type { SparseRows } from '#cobre/math/sparse-rows';
import { buildInflowModel, type InflowModel, memoryOfLags } from '#cobre/stochastic/inflow-model';
import { noExtras } from '../support/plain-study.js';
import { makeHydro, makeStage, makeStudy } from '../support/small-study.js';

const season = (id: number, monthStart: number, rest: Partial<Season> = {}): Season => ({
  id,
  label: `S${id}`,
  monthStart,
  dayStart: null,
  monthEnd: null,
  dayEnd: null,
  ...rest,
});
const MONTHS: SeasonDefinitions = { cycle: 'monthly', seasons: Array.from({ length: 12 }, (_, m) => season(m, m + 1)) };

function study(dates: readonly (readonly [string, string, number | null])[], model: Partial<InflowModelData>): Study {
  const stages = dates.map(
    ([startDate, endDate, of], id): Stage => ({
      ...makeStage(),
      id,
      startDate,
      endDate,
      season: of,
    }),
  );
  const hydros = [makeHydro()];
  const extras = noExtras(stages, 1, 0);
  return makeStudy({
    stages,
    hydros,
    inflowMean: stages.map((_, t) => [100 + t]),
    extras: { inflowModel: { ...extras.inflowModel, ...model } },
  });
}

/** A model with coefficient `psi[t][l - 1]` for lag l of stage t, one hydro. */
function modelOf(of: Study, psi: readonly (readonly number[])[]): InflowModel {
  const maxOrder = Math.max(...psi.map((row) => row.length));
  const T = of.stages.length;
  return buildInflowModel(of, {
    maxOrder,
    mean: of.inflow.mean,
    pastMean: new Float64Array(0),
    base: new Float64Array(T),
    sigma: new Float64Array(T),
    psi: Float64Array.from(psi.flatMap((row) => Array.from({ length: maxOrder }, (_, l) => row[l] ?? 0))),
  });
}
const row = ({ start, index, value }: SparseRows, i: number) =>
  Object.fromEntries(Array.from(index.slice(start[i], start[i + 1]), (column, k) => [column, value[start[i] + k]]));
const lagOf = (model: InflowModel, t: number) => row(model.stages?.[t].lag as SparseRows, 0);

const past = (...values: number[]) => [{ values: Float64Array.from(values), seasons: null }];

describe('the memory of inflow', () => {
  it('holds the lags themselves where a stage is a lag period, the study’s own past first', () => {
    const monthly = study(
      [
        ['2024-01-01', '2024-02-01', 0],
        ['2024-02-01', '2024-03-01', 1],
        ['2024-03-01', '2024-04-01', 2],
      ],
      { seasons: MONTHS, pastInflows: past(70, 60) },
    );
    const model = modelOf(monthly, [[0.5, 0.2], [0.4], [0.3, 0.1]]);
    expect([...model.initial]).toEqual([70, 60]);
    expect(lagOf(model, 0)).toEqual({ 0: 0.5, 1: 0.2 });
    expect(lagOf(model, 1)).toEqual({ 0: 0.4 });
    expect(lagOf(model, 2)).toEqual({ 0: 0.3, 1: 0.1 });
    const [{ keep, add }] = model.stages as NonNullable<InflowModel['stages']>;
    // What comes in stands first, the rest moves back.
    expect([row(keep, 0), row(add, 0)]).toEqual([{}, { 0: 1 }]);
    expect([row(keep, 1), row(add, 1)]).toEqual([{ 0: 1 }, {}]);
    // The same without any seasons.
    const plain = { ...monthly, inflowModel: { ...monthly.inflowModel, seasons: null } };
    expect(modelOf(plain, [[0.5, 0.2], [0.4], [0.3, 0.1]])).toEqual(model);
  });

  it('is empty without coefficients', () => {
    const monthly = study([['2024-01-01', '2024-02-01', 0]], {});
    expect(modelOf(monthly, [[0]])).toMatchObject({ memory: 0, stages: null, maxOrder: 0 });
  });

  it('looks at the month before from each of its weeks, weighted by days', () => {
    const weeks = study(
      [
        ['2024-01-01', '2024-01-15', 0],
        ['2024-01-15', '2024-01-29', 0],
        // Three days of January, four of February.
        ['2024-01-29', '2024-02-05', 1],
        ['2024-02-05', '2024-02-12', 1],
      ],
      { seasons: MONTHS, pastInflows: past(70) },
    );
    const model = modelOf(weeks, [[0.5], [0.5], [0.5], [0.5]]);
    // December, one and two places before; then January: 14, 14 and 3 of 31 days where they are known by then.
    expect(lagOf(model, 0)).toEqual({ 0: 0.5 });
    expect(lagOf(model, 1)).toEqual({ 1: 0.5 });
    expect(lagOf(model, 2)).toEqual({ 0: 0.25, 1: 0.25 });
    const shares = lagOf(model, 3);
    expect(shares[0]).toBeCloseTo((0.5 * 3) / 31, 15);
    expect(shares[1]).toBeCloseTo((0.5 * 14) / 31, 15);
    expect(shares[2]).toBeCloseTo((0.5 * 14) / 31, 15);
    // January is not yet over in its weeks: only December was before.
    expect(model.initial[0]).toBe(70);
  });

  it('takes what was observed of the month that the study begins in', () => {
    const late = study(
      [
        ['2024-01-11', '2024-02-01', 0],
        ['2024-02-01', '2024-03-01', 1],
      ],
      {
        seasons: MONTHS,
        pastInflows: past(70),
        recentObservations: [
          { hydro: 0, startDate: '2024-01-01', endDate: '2024-01-05', value: 40 },
          { hydro: 0, startDate: '2024-01-05', endDate: '2024-01-11', value: 90 },
        ],
      },
    );
    const model = modelOf(late, [[0.5], [0.5]]);
    expect([...model.initial]).toEqual([(4 * 40 + 6 * 90) / 10, 70]);
    expect(lagOf(model, 0)).toEqual({ 1: 0.5 });
    const january = lagOf(model, 1);
    expect(january[0]).toBeCloseTo((0.5 * 21) / 31, 15);
    expect(january[1]).toBeCloseTo((0.5 * 10) / 31, 15);
  });

  it('makes a quarter of the months before it', () => {
    const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const mixed: SeasonDefinitions = {
      cycle: 'custom',
      seasons: [
        ...days.map((end, m) => season(m, m + 1, { dayStart: 1, monthEnd: m + 1, dayEnd: end })),
        season(12, 4, { dayStart: 1, monthEnd: 6, dayEnd: 30 }),
        season(13, 7, { dayStart: 1, monthEnd: 9, dayEnd: 30 }),
        season(14, 1, { dayStart: 1, monthEnd: 3, dayEnd: 31 }),
      ],
    };
    const quarters = study(
      [
        ['2023-02-01', '2023-03-01', 1],
        ['2023-03-01', '2023-04-01', 2],
        ['2023-04-01', '2023-07-01', 12],
        ['2023-07-01', '2023-10-01', 13],
      ],
      { seasons: mixed, pastInflows: past(70) },
    );
    const model = modelOf(quarters, [[0.5], [0.5], [0.9], [0.9]]);
    const first = lagOf(model, 2);
    // January was before the study, February and March were stages: 31, 28 and 31 of 90 days.
    expect(first[0]).toBeCloseTo((0.9 * 31) / 90, 15);
    expect(first[1]).toBeCloseTo((0.9 * 28) / 90, 15);
    expect(first[2]).toBeCloseTo((0.9 * 31) / 90, 15);
    expect(lagOf(model, 3)).toEqual({ 0: 0.9 });
  });

  it('fills in what the case does not tell: the history of that month, else the mean of its season', () => {
    const monthly = study(
      [
        ['2024-03-01', '2024-04-01', 2],
        ['2025-02-01', '2025-03-01', 1],
      ],
      {
        seasons: MONTHS,
        pastInflows: past(),
        history: { hydro: Int32Array.of(0, 0), date: ['2024-01-01', '1999-02-01'], value: Float64Array.of(33, 44) },
      },
    );
    const model = modelOf(monthly, [[0.1, 0.1], [0.1]]);
    // February is the season of stage 1, whose mean is 101; January is in the history.
    expect([...model.initial]).toEqual([101, 33]);
  });

  it('begins with other lags where a series brings its own', () => {
    const monthly = study([['2024-01-01', '2024-02-01', 0]], { seasons: MONTHS, pastInflows: past(70, 60) });
    const model = modelOf(monthly, [[0.5, 0.2]]);
    expect([...memoryOfLags(model, 1, Float64Array.of(5, 6))]).toEqual([5, 6]);
    expect([...memoryOfLags(model, 1, Float64Array.of(5))]).toEqual([5, 60]);
  });
});
