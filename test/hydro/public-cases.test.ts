import highsModule from 'highs';
import { describe, expect, test } from 'vitest';
import { type LinearEvaporation, linearizeEvaporation } from '#cobre/hydro/evaporation';
import { fitFpha } from '#cobre/hydro/fit-fpha';
import { planesOfStage } from '#cobre/hydro/hyperplane-rows';
import type { Plane } from '#cobre/hydro/plane';
import { power, productionFunction } from '#cobre/hydro/production-function';
import { D07_GEOMETRY, D07_PLANT, geometryOf, plant } from './plants.js';

// The package's types describe its CommonJS face; as an ES module its default export is the loader itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

// The system that the public cases d02, d05 to d08 and d24 share: two stages of 730 h, inflows 40 and 10 m3/s, 80 MW to
// serve, a thermal plant of 100 MW at 50 $/MWh, a reservoir of 0 to 200 hm3 with 100 at first, 50 m3/s, 50 MW.
const HOURS = 730;
const HM3 = (HOURS * 3600) / 1e6;
const INFLOWS = [40, 10];
const DEMAND = 80;

interface StageModel {
  /** What generation is at most, or exactly where there is one productivity. */
  readonly planes: readonly Plane[] | number;
  readonly evaporation?: LinearEvaporation;
}

/** The least cost of both stages as one LP, written in CPLEX's format; the mean storage of a stage is in its planes. */
async function leastCost(stages: readonly StageModel[]): Promise<number> {
  const rows: string[] = [];
  const equation = (terms: readonly (readonly [number, string])[], sign: '=' | '<=', right: number) => {
    // What the first stage begins with is a number.
    const known = terms.filter(([, name]) => name === 'start').reduce((sum, [factor]) => sum + 100 * factor, 0);
    const left = terms
      .filter(([factor, name]) => factor !== 0 && name !== 'start')
      .map(([factor, name]) => `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${name}`);
    rows.push(` r${rows.length}: ${left.join(' ')} ${sign} ${right - known}`);
  };
  const costs: string[] = [];
  const bounds: string[] = [];
  stages.forEach(({ planes, evaporation }, t) => {
    const before = t === 0 ? 'start' : `v${t - 1}`;
    costs.push(`${50 * HOURS} th${t} + ${0.01 * HOURS} s${t}`);
    bounds.push(` th${t} <= 100`, ` g${t} <= 50`, ` q${t} <= 50`, ` v${t} <= 200`, ` e${t} free`);
    const flows = [`q${t}`, `s${t}`, `e${t}`].map((name) => [HM3, name] as const);
    equation([[1, `v${t}`], [-1, before], ...flows], '=', HM3 * INFLOWS[t]);
    const half = evaporation ? evaporation.kV / 2 : 0;
    equation(
      [
        [1, `e${t}`],
        [-half, `v${t}`],
        [-half, before],
      ],
      '=',
      evaporation?.k0 ?? 0,
    );
    equation(
      [
        [1, `th${t}`],
        [1, `g${t}`],
      ],
      '=',
      DEMAND,
    );
    if (typeof planes === 'number')
      equation(
        [
          [1, `g${t}`],
          [-planes, `q${t}`],
        ],
        '=',
        0,
      );
    else {
      for (const { gamma0, gammaV, gammaQ, gammaS } of planes) {
        const storage = [
          [-gammaV / 2, `v${t}`],
          [-gammaV / 2, before],
        ] as const;
        equation([[1, `g${t}`], ...storage, [-gammaQ, `q${t}`], [-gammaS, `s${t}`]], '<=', gamma0);
      }
    }
  });
  const highs = await loadHighs();
  const model = ['Minimize', ` cost: ${costs.join(' + ')}`, 'Subject To', ...rows, 'Bounds', ...bounds, 'End', ''];
  const { Status, ObjectiveValue } = highs.solve(model.join('\n'));
  expect(Status).toBe('Optimal');
  return ObjectiveValue;
}

const row = (planeId: number, gammaV: number, gammaQ: number) => {
  const valid = { validVMinHm3: null, validVMaxHm3: null, validQMaxM3s: null };
  return { hydroId: 0, stageId: null, planeId, gamma0: 0, gammaV, gammaQ, gammaS: 0, kappa: 1, ...valid };
};

describe('least cost of the public cases', () => {
  test('d24, a productivity for each stage: 23945000 / 9', async () => {
    expect(await leastCost([{ planes: 0.8 }, { planes: 1.2 }])).toBeCloseTo(23_945_000 / 9, 3);
  });

  test('d06, two precomputed planes: 732952154 / 225', async () => {
    const rows = [row(0, 0.002, 0.8), row(1, 0.001, 0.95)];
    const stages = [0, 1].map((stage) => ({ planes: planesOfStage(rows, 0, stage) }));
    expect(await leastCost(stages)).toBeCloseTo(732_952_154 / 225, 3);
  });

  test('d08, evaporation: 94644561875 / 36009', async () => {
    const geometry = geometryOf([
      [0, 0, 0.5],
      [100, 0, 1],
      [200, 0, 1.5],
    ]);
    const hydro = plant({ evaporation: { coefficientsMm: Array.from({ length: 12 }, () => 100) } });
    const stages = [0, 1].map((id) => ({ id, season: id, hours: HOURS }));
    const evaporation = linearizeEvaporation(geometry, hydro, stages)!;
    const cost = await leastCost(evaporation.map((linear) => ({ planes: 1, evaporation: linear })));
    expect(cost).toBeCloseTo(94_644_561_875 / 36_009, 3);
  });

  test('d07, planes computed from the curve: within 0.5 % of the exact production function', async () => {
    const production = productionFunction(D07_GEOMETRY, D07_PLANT);
    let exact = Number.POSITIVE_INFINITY;
    const steps = 500;
    for (let i = 0; i <= steps; i += 1) {
      for (let j = 0; j <= steps; j += 1) {
        const [first, second] = [(50 * i) / steps, (50 * j) / steps];
        const between = 100 + HM3 * (INFLOWS[0] - first);
        const after = between + HM3 * (INFLOWS[1] - second);
        if (between < 0 || after < 0) continue;
        const generated =
          Math.min(50, power(production, (100 + between) / 2, first, 0)) +
          Math.min(50, power(production, (between + after) / 2, second, 0));
        exact = Math.min(exact, 50 * HOURS * (2 * DEMAND - generated));
      }
    }
    const { correctedPlanes } = fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' });
    const cost = await leastCost([{ planes: correctedPlanes }, { planes: correctedPlanes }]);
    expect(Math.abs(cost - exact) / exact).toBeLessThan(0.005);
  });
});
