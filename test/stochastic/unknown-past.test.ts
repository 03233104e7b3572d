import { describe, expect, it } from 'vitest';
import type { SeasonDefinitions, Study } from '#cobre/case/study';
import { buildInflowModel } from '#cobre/stochastic/inflow-model';
import { inflowParameters } from '#cobre/stochastic/inflow-parameters';
import { noExtras } from '../support/plain-study.js';
import { makeHydro, makeStages, makeStudy } from '../support/small-study.js';

const YEARS = 30;
/** Inflow of a month: its season's level, and a part that lasts from month to month. [m3/s] */
function monthlySeries(): { readonly date: string[]; readonly value: number[] } {
  const date: string[] = [];
  const value: number[] = [];
  let state = 7;
  let lasting = 0;
  for (let i = 0; i < 12 * YEARS; i++) {
    // Lehmer's generator, exact in doubles.
    state = (state * 48_271) % 2_147_483_647;
    lasting = 0.7 * lasting + ((state % 1001) / 500 - 1) * 20;
    date.push(`${1980 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01`);
    value.push(200 + 10 * (i % 12) * (i % 5 === 0 ? 1.1 : 1) + lasting);
  }
  return { date, value };
}

/** Two months from April 2024 on, long after a history that says all about inflow; nothing is known in between. */
function study(seasons: SeasonDefinitions | null): Study {
  const stages = makeStages(6)
    .slice(3, 5)
    .map((stage, id) => ({ ...stage, id, season: 3 + id }));
  const { inflowModel } = noExtras(stages, 1, 0);
  const { date, value } = monthlySeries();
  return makeStudy({
    stages,
    hydros: [makeHydro()],
    extras: {
      inflowModel: {
        ...inflowModel,
        seasons,
        history: { hydro: new Int32Array(date.length), date, value: Float64Array.from(value) },
        estimateStatistics: true,
        estimateCoefficients: true,
        estimation: { maxOrder: 3, orderSelection: 'pacf', minObservationsPerSeason: 5, maxCoefficient: null },
      },
    },
  });
}

const MONTHS: SeasonDefinitions = {
  cycle: 'monthly',
  seasons: Array.from({ length: 12 }, (_, id) => ({
    id,
    label: `month ${id}`,
    monthStart: id + 1,
    dayStart: null,
    monthEnd: null,
    dayEnd: null,
  })),
};

describe('estimated inflow whose past is not given', () => {
  it.each([
    ['seasons that are defined', MONTHS],
    ['seasons that are taken for months', null],
  ] as const)('begins with the mean of each month before the study: %s', (_, seasons) => {
    const its = study(seasons);
    const parameters = inflowParameters(its);
    const { memory, initial } = buildInflowModel(its, parameters);
    expect(memory).toBeGreaterThan(0);
    const { value } = monthlySeries();
    for (let place = 0; place < memory; place++) {
      // March, February, January, ...
      const month = 2 - place;
      let sum = 0;
      for (let year = 0; year < YEARS; year++) sum += value[12 * year + month];
      expect(initial[place]).toBeCloseTo(sum / YEARS, 9);
    }
    // A model whose lags are at their means expects its own mean.
    let expected = parameters.base[0];
    for (let l = 0; l < memory; l++) expected += parameters.psi[l] * initial[l];
    expect(expected).toBeCloseTo(parameters.mean[0], 9);
  });
});
