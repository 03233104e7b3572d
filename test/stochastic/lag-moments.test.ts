import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InflowModelData, Season, SeasonDefinitions, Stage, Study } from '#cobre/case/study';
import { inflowModel, inflowParameters } from '#cobre/stochastic/inflow-parameters';
import { noExtras } from '../support/plain-study.js';
import { makeHydro, makeStage, makeStudy } from '../support/small-study.js';

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const pad = (n: number) => String(n).padStart(2, '0');
const season = (id: number, monthStart: number, monthEnd: number): Season => ({
  id,
  label: `S${id}`,
  monthStart,
  dayStart: 1,
  monthEnd,
  dayEnd: DAYS[monthEnd - 1],
});
/** Months 0 to 11 and quarters 12 to 15. */
const SEASONS: SeasonDefinitions = {
  cycle: 'custom',
  seasons: [
    ...DAYS.map((_, m) => season(m, m + 1, m + 1)),
    ...[0, 1, 2, 3].map((q) => season(12 + q, 3 * q + 1, 3 * q + 3)),
  ],
};

type Part = 'weeks' | 'month' | 'quarter';
interface Span {
  readonly startDate: string;
  readonly endDate: string;
  readonly season: number;
}

const monthStart = (m: number) => `${2023 + Math.floor(m / 12)}-${pad((m % 12) + 1)}-01`;

/** Stages from October 2023 on: a month in weeks, a month, a quarter where one begins (else a month). */
function spans(parts: readonly Part[]): Span[] {
  const out: Span[] = [];
  let m = 9;
  for (const part of parts) {
    if (part === 'quarter' && m % 3 === 0) {
      out.push({ startDate: monthStart(m), endDate: monthStart(m + 3), season: 12 + ((m / 3) % 4) });
      m += 3;
      continue;
    }
    const days = part === 'weeks' ? [1, 8, 15, 22] : [1];
    days.forEach((day, i) => {
      const date = (d: number) => `${monthStart(m).slice(0, 8)}${pad(d)}`;
      const endDate = i + 1 < days.length ? date(days[i + 1]) : monthStart(m + 1);
      out.push({ startDate: date(day), endDate, season: m % 12 });
    });
    m += 1;
  }
  return out;
}

function study(
  dates: readonly Span[],
  mean: readonly number[],
  model: Partial<InflowModelData>,
  cycleStart?: number,
): Study {
  const stages = dates.map((span, id): Stage => ({ ...makeStage(), id, ...span }));
  const { inflowModel: plain } = noExtras(stages, 1, 0);
  return makeStudy({
    stages,
    hydros: [makeHydro()],
    inflowMean: mean.map((value) => [value]),
    inflowStd: mean.map((_, t) => [10 + t]),
    ...(cycleStart !== undefined && { cycleStart }),
    extras: { inflowModel: { ...plain, seasons: SEASONS, ...model } },
  });
}

const withLags = (stages: number, order: number): Partial<InflowModelData> => ({
  autoregressive: {
    hydro: new Int32Array(stages * order),
    stage: Int32Array.from({ length: stages * order }, (_, i) => Math.floor(i / order)),
    lag: Int32Array.from({ length: stages * order }, (_, i) => (i % order) + 1),
    coefficient: Float64Array.from({ length: stages * order }, (_, i) => (i % order === 0 ? 0.5 : 0.2)),
    residualStdRatio: new Float64Array(stages * order).fill(0.8),
  },
});

/** Expected inflow of each stage when all inflow before it was as expected. */
function expectedInflow(of: Study): number[] {
  const { base } = inflowParameters(of);
  const { initial, stages } = inflowModel(of);
  const memory = [...initial];
  return of.stages.map((_, t) => {
    const lag = stages?.[t].lag;
    let inflow = base[t];
    if (lag) {
      for (let k = lag.start[0]; k < lag.start[1]; k++) inflow += lag.value[k] * (memory[lag.index[k]] as number);
    }
    memory.unshift(of.inflow.mean[t]);
    return inflow;
  });
}

describe('inflow that was as expected lets the next be as expected', () => {
  const level = [500, 300, 100, 90, 80, 80, 80, 80, 90, 150, 250, 400];

  it('whatever mix of weeks, months and quarters the stages are', () => {
    const part = fc.constantFrom<Part>('weeks', 'month', 'quarter');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 3 }), (parts, order) => {
        const dates = spans(parts);
        // Weeks of a month differ as well.
        const mean = dates.map((span, t) => 1000 + level[span.season % 12] + 7 * t);
        const its = study(dates, mean, withLags(dates.length, order));
        expectedInflow(its).forEach((inflow, t) => {
          expect(inflow).toBeCloseTo(mean[t], 8);
        });
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

/** Sixty years of months, whose level differs fivefold within the first quarter, with a part that lasts. */
function lastingSeries() {
  const date: string[] = [];
  const value: number[] = [];
  let state = 7;
  let lasting = 0;
  const level = [500, 300, 100, 90, 80, 80, 80, 80, 90, 150, 250, 400];
  for (let i = 0; i < 12 * 60; i++) {
    // Lehmer's generator, exact in doubles.
    state = (state * 48_271) % 2_147_483_647;
    lasting = 0.8 * lasting + ((state % 1001) / 500 - 1) * 20;
    date.push(`${1960 + Math.floor(i / 12)}-${pad((i % 12) + 1)}-01`);
    value.push(level[i % 12] * (1 + lasting / 200));
  }
  return { date, value };
}

const estimated = ({ date, value }: ReturnType<typeof lastingSeries>): Partial<InflowModelData> => ({
  history: { hydro: new Int32Array(date.length), date, value: Float64Array.from(value) },
  estimateStatistics: true,
  estimateCoefficients: true,
  estimation: { maxOrder: 1, orderSelection: 'pacf', minObservationsPerSeason: 5, maxCoefficient: null },
});

describe('the deviation of a lag', () => {
  it('is that of the stage where it is one', () => {
    const dates = spans(['month', 'month']);
    const { psi } = inflowParameters(study(dates, [100, 80], withLags(2, 1)));
    // Stage 1: 0.5 * 11 / 10.
    expect(psi[1]).toBeCloseTo(0.55, 14);
  });

  it('is that of a stage of its season and length where it is a mean of several, else the mean of theirs', () => {
    // October to December in months, then quarters, the fourth of which is October to December.
    const quarters = spans(['month', 'month', 'month', 'quarter', 'quarter', 'quarter', 'quarter']);
    const mean = quarters.map(() => 100);
    const known = inflowParameters(study(quarters, mean, withLags(quarters.length, 1)));
    // Stage 3, of deviation 13, follows the quarter of stage 6, of 16.
    expect(known.psi[3]).toBeCloseTo((0.5 * 13) / 16, 14);
    const short = quarters.slice(0, 4);
    const unknown = inflowParameters(study(short, mean.slice(0, 4), withLags(4, 1)));
    const weighted = (31 * 10 + 30 * 11 + 31 * 12) / 92;
    expect(unknown.psi[3]).toBeCloseTo((0.5 * 13) / weighted, 13);
  });

  it('is that of its own season in the history where that is estimated', () => {
    const { date, value } = lastingSeries();
    const dates: Span[] = [
      { startDate: '2024-01-01', endDate: '2024-02-01', season: 0 },
      { startDate: '2024-02-01', endDate: '2024-03-01', season: 1 },
      { startDate: '2024-03-01', endDate: '2024-04-01', season: 2 },
      { startDate: '2024-04-01', endDate: '2024-07-01', season: 13 },
    ];
    const its = study(dates, [0, 0, 0, 0], estimated({ date, value }));
    // By least squares of the second quarter's mean on the first's: slope = r s2 / s1, without any standardising.
    const quarter = (q: number) =>
      Array.from({ length: 60 }, (_, year) => {
        const months = [3 * q, 3 * q + 1, 3 * q + 2];
        const leap = (year + 1960) % 4 === 0;
        const days = months.map((m) => DAYS[m] + (m === 1 && leap ? 1 : 0));
        const total = days.reduce((a, b) => a + b, 0);
        return months.reduce((sum, m, i) => sum + (days[i] / total) * value[12 * year + m], 0);
      });
    const [x, y] = [quarter(0), quarter(1)];
    const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const [mx, my] = [meanOf(x), meanOf(y)];
    const slope =
      x.reduce((sum, each, i) => sum + (each - mx) * (y[i] - my), 0) /
      x.reduce((sum, each) => sum + (each - mx) ** 2, 0);
    expect(inflowParameters(its).psi[3]).toBeCloseTo(slope, 6);
  });
});

it('months before the study that a quarter looks back to have their own means', () => {
  const series = lastingSeries();
  const dates: Span[] = [
    { startDate: '2023-03-01', endDate: '2023-04-01', season: 2 },
    { startDate: '2023-04-01', endDate: '2023-07-01', season: 13 },
  ];
  const { base, mean, psi } = inflowParameters(study(dates, [0, 0], estimated(series)));
  const [january, february, march] = [0, 1, 2].map(
    (m) => series.value.reduce((sum, each, i) => sum + (i % 12 === m ? each : 0), 0) / 60,
  );
  expect(psi[1]).toBeGreaterThan(0.1);
  expect(base[1]).toBeCloseTo(mean[1] - (psi[1] * (31 * january + 28 * february + 31 * march)) / 90, 9);
});

describe('in a cyclic graph', () => {
  const year = (parts: readonly Part[], cycleStart?: number) => {
    const dates = spans(parts);
    return study(
      dates,
      dates.map(() => 100),
      withLags(dates.length, 1),
      cycleStart,
    );
  };
  const MONTHS = Array<Part>(12).fill('month');

  it('stages that come again after others of their kind keep their lags', () => {
    expect(inflowModel(year(MONTHS, 0)).memory).toBe(1);
    // November follows the weeks of October, the second time round those again.
    expect(inflowModel(year(['weeks', ...MONTHS.slice(1)], 0)).memory).toBe(4);
  });

  it('stages that come again after others of another kind are refused', () => {
    // November follows the weeks of October, the second time round a whole October.
    const refused = year(['weeks', ...MONTHS], 4);
    expect(() => inflowModel(refused)).toThrowError(
      expect.objectContaining({ kind: 'NotSupported', file: 'stages.json', field: 'policy_graph.transitions' }),
    );
    // The study begins within October: what has passed of it is no November.
    const [october, ...rest] = spans(MONTHS);
    const dates = [{ ...october, startDate: '2023-10-06' }, ...rest];
    const late = study(
      dates,
      dates.map(() => 100),
      withLags(12, 1),
      0,
    );
    expect(() => inflowModel(late)).toThrowError(/would be another period/);
  });
});
