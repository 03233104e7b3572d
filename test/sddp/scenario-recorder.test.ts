import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GenericTerm, Study } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import { withFuture } from '#cobre/lp/future-floor';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { writeRightHandSides } from '#cobre/lp/right-hand-sides';
import { COUNTER_SIZE, newCounters, unpackCounters } from '#cobre/lp/solver-counters';
import type { StageParts } from '#cobre/lp/stage-parts';
import { StageSolver } from '#cobre/lp/stage-solver';
import { buildStageTemplate } from '#cobre/lp/stage-template';
import { encodeScenario } from '#cobre/results/write-scenario';
import type { ScenarioResult } from '#cobre/sddp/outcome';
import { RightHandSides } from '#cobre/sddp/right-hand-sides';
import { ScenarioRecorder } from '#cobre/sddp/scenario-recorder';
import { buildStageProblems, type StageProblems } from '#cobre/sddp/stage-problems';
import { buildInflowModel } from '#cobre/stochastic/inflow-model';
import { Realiser, realiseOpenings } from '#cobre/stochastic/realise';
import { noChanges } from '../support/plain-study.js';
import { makeBus, makeHydro, makeLine, makeStages, makeStudy, makeThermal } from '../support/small-study.js';

/*
 * The recorder and the tables are held against what must be true of any operation whatsoever: water and power are
 * conserved, and the causes of cost sum up to the objective that the solver found.
 */

const term = (variable: GenericTerm['variable'], entity: number, coefficient = 1): GenericTerm => ({
  coefficient,
  variable,
  entity,
  block: null,
});

/**
 * Five plants: 0 and 1 flow into 2, 3 comes into service at stage 2 and is filled before, 4 is there from stage 1 on.
 * Everything else that a case may hold is there once, and everything that can be short is short.
 */
function wholeStudy(blockMode: 'parallel' | 'chronological'): Study {
  const stages = makeStages(4, 3, [200, 530]).map((stage, t) => ({
    ...stage,
    // Chronological and parallel stages of one study, and a stage of one block.
    blockMode: t === 2 ? ('parallel' as const) : blockMode,
    ...(t === 3 ? { blocks: [{ id: 0, name: 'all', hours: 730 }] } : {}),
  }));
  const blocks = stages.map((stage) => stage.blocks.length);
  // Water that costs more than what it is short for.
  const dear = { penalties: { inflowNonNegativity: 9000 } };
  return makeStudy({
    stages,
    buses: [
      makeBus(),
      makeBus({
        id: 1,
        deficitSegments: [
          { depthMw: 4, cost: 300 },
          { depthMw: null, cost: 900 },
        ],
      }),
    ],
    lines: [makeLine({ directMw: 12, reverseMw: 9, exchangeCost: 0.5, lossesPercent: 4 })],
    hydros: [
      makeHydro({
        downstream: 2,
        maxStorage: 50,
        withdrawal: 3,
        maxOutflow: 2,
        diversion: { target: 3, maxFlow: 4 },
        penalties: { outflowViolationAbove: 9000 },
      }),
      makeHydro({ id: 1, bus: 1, downstream: 2, minOutflow: 20, maxStorage: 60, ...dear }),
      makeHydro({ id: 2, downstream: 3, minStorage: 120, minTurbined: 45, minGeneration: 44, ...dear }),
      makeHydro({
        id: 3,
        bus: 1,
        minStorage: 20,
        service: { from: 2, until: 4 },
        filling: { from: 0, inflow: 80 },
        penalties: { fillingTarget: 10 },
      }),
      makeHydro({ id: 4, downstream: 0, withdrawal: -1, service: { from: 1, until: 3 } }),
    ],
    thermals: [
      makeThermal({ maxMw: 8, minMw: 1, cost: 60 }),
      makeThermal({ id: 1, bus: 1, cost: 90, maxMw: 5, service: { from: 1, until: 9 } }),
    ],
    initialStorage: [48, 2, 15, 0, 5],
    inflowMean: [[9, 4, 6, 3, 2]],
    inflowStd: [[4, 9, 3, 1, 2]],
    loadMean: [[40, 35]],
    loadStd: [[0, 3]],
    loadFactors: stages.map((_, t) =>
      blocks[t] === 1
        ? [[1], [1]]
        : [
            [1.2, 0.9],
            [1.1, 0.95],
          ],
    ),
    inflowNonNegativity: 'penalty',
    extras: {
      contracts: [
        { id: 0, name: 'in', service: ALWAYS, bus: 0, type: 'import', price: 200, minMw: 1, maxMw: 3 },
        {
          id: 1,
          name: 'out',
          service: { from: 0, until: 3 },
          bus: 1,
          type: 'export',
          price: -50,
          minMw: 0.5,
          maxMw: 2,
        },
      ],
      pumps: [
        { id: 0, name: 'p', service: ALWAYS, bus: 1, source: 2, target: 1, consumption: 0.7, minFlow: 1, maxFlow: 5 },
      ],
      sources: [{ id: 0, name: 'w', service: { from: 0, until: 3 }, bus: 0, maxMw: 20, curtailmentCost: 3 }],
      sourceFactors: blocks.map((count) => Float64Array.from({ length: count }, (_, k) => 1 - k / 2)),
      availability: {
        mean: new Float64Array(4).fill(0.5),
        std: new Float64Array(4).fill(0.2),
      },
      stochasticSources: [0],
      genericConstraints: [
        {
          id: 3,
          name: 'wind and water',
          sense: '>=',
          terms: [term('hydro_generation', 0, 2), term('non_controllable_generation', 0)],
          constant: 1,
          slackPenalty: 7,
        },
        { id: 5, name: 'even', sense: '==', terms: [term('line_exchange', 0)], constant: 0, slackPenalty: 4 },
      ],
      changes: stages.map((_, t) => ({
        ...noChanges(),
        thermals: t === 1 ? [{ entity: 0, values: { cost: 75 } }] : [],
        buses: t === 2 ? [{ entity: 1, values: { excessCost: 0.5 } }] : [],
        lines: t === 1 ? [{ entity: 0, values: { exchangeCost: 1.5, directMw: 6 } }] : [],
        contracts: t === 2 ? [{ entity: 0, values: { price: 150 } }] : [],
        sources: t === 1 ? [{ entity: 0, values: { curtailmentCost: 5 } }] : [],
        hydros: t === 1 ? [{ entity: 2, values: { penalties: { turbinedViolationBelow: 111, spillage: 0.3 } } }] : [],
        generic: [
          { constraint: 0, block: null, bound: 90 },
          { constraint: 1, block: 0, bound: t === 1 ? -5 : 30 },
        ],
      })),
    },
  });
}

/** The study's problems, with planes for plant 1, evaporation of plants 0 to 2, and inflow that remembers two stages. */
function richProblems(study: Study, withMemory: boolean): StageProblems {
  const plain = buildStageProblems(study);
  const H = study.hydros.length;
  const T = study.stages.length;
  const parameters = {
    maxOrder: withMemory ? 2 : 0,
    mean: study.inflow.mean,
    pastMean: new Float64Array(0),
    base: study.inflow.mean.map((mean) => mean / 2),
    psi: Float64Array.from({ length: withMemory ? T * H * 2 : 0 }, (_, i) => (i % 2 === 0 ? 0.3 : 0.2)),
    sigma: study.inflow.std,
  };
  const inflow = buildInflowModel(study, parameters);
  const parts = plain.systems.map(
    (system, t): StageParts => ({
      system,
      production: study.hydros.map(({ productivity }, h) =>
        h === 1
          ? {
              kind: 'fpha',
              planes: [
                { gamma0: 0, gammaV: 0.02, gammaQ: 0.8, gammaS: -0.01 },
                { gamma0: 4, gammaV: 0.01, gammaQ: 0.5, gammaS: 0 },
              ],
            }
          : { kind: 'constant', productivity },
      ),
      evaporation: study.hydros.map((_, h) =>
        h > 2 ? null : { k0: h === 1 ? -0.5 : 0.2, kV: 0.003, referenceVolume: 0 },
      ),
      memory: inflow.memory,
      inflow: inflow.stages?.[t] ?? null,
    }),
  );
  const templates = parts.map((part, t) => {
    const template = buildStageTemplate(study, t, part);
    return t === study.stages.length - 1 ? template : withFuture(template, -1e9);
  });
  const realiser = new Realiser(study, inflow, plain.systems);
  const realised = realiseOpenings(study, plain.tree, realiser);
  const rhs = templates.map((template, t) => {
    const { hydros, buses, sources, randomRows } = template.layout;
    const all = new Float64Array(3 * randomRows);
    for (let i = 0; i < 3; i++) {
      const one = {
        inflow: realised.inflow[t].subarray(i * hydros, (i + 1) * hydros),
        load: realised.load[t].subarray(i * buses, (i + 1) * buses),
        available: realised.available[t].subarray(i * sources, (i + 1) * sources),
      };
      writeRightHandSides(template, one, study.loadFactors[t], all, i * randomRows);
    }
    return all;
  });
  return {
    ...plain,
    states: H + inflow.memory,
    parts,
    templates,
    inflow,
    realiser,
    realised,
    rhs,
    initialState: Float64Array.of(...study.initialStorage, ...inflow.initial),
  };
}

type Row = Record<string, number>;
type Tables = Record<string, Row[]>;

interface Recorded {
  readonly result: ScenarioResult;
  readonly tables: Tables;
  /** By stage: what the solver found, without the cost-to-go. */
  readonly immediate: readonly number[];
}

/** Operates the system from stage to stage, always in the opening `(scenario + t) % 3`, with no thought of the future. */
async function operate(runtime: HighsRuntime, study: Study, problems: StageProblems): Promise<Recorded[]> {
  const counters = problems.templates.map(() => newCounters());
  const recorder = new ScenarioRecorder(study, problems, counters);
  const solvers = problems.templates.map((template, t) => new StageSolver(runtime, template, counters[t]));
  const rights = new RightHandSides(problems);
  const recorded: Recorded[] = [];
  for (let scenario = 0; scenario < 3; scenario++) {
    const state = Float64Array.from(problems.initialState);
    const immediate: number[] = [];
    for (let t = 0; t < problems.stages; t++) {
      const solver = solvers[t];
      solver.begin(null);
      solver.setState(state, 0);
      rights.ofOpening(t, (scenario + t) % 3, state, 0);
      const place = { stage: t, iteration: null, scenario, opening: null, status: '' };
      solver.solve(rights.data, rights.offset, place, true);
      immediate.push(solver.objective - problems.discount[t] * solver.futureCost);
      recorder.record(t, rights, state, solver, immediate[t]);
      solver.readState(state, 0);
    }
    const result = structuredClone(recorder.finish(scenario, 0));
    const tables: Tables = {};
    for (const { file, bytes } of encodeScenario(study, result, new Float64Array(problems.stages).fill(1))) {
      if (!file.endsWith('.parquet')) continue;
      const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
      tables[file.split('/').slice(1, -2).join('/')] = rows as Row[];
    }
    recorded.push({ result, tables, immediate });
  }
  for (const solver of solvers) solver.dispose();
  return recorded;
}

const HM3 = 3600 / 1e6;

for (const mode of ['parallel', 'chronological'] as const) {
  for (const withMemory of [false, true]) {
    describe(`${mode} blocks, inflow ${withMemory ? 'with' : 'without'} memory`, () => {
      const study = wholeStudy(mode);
      let recorded: readonly Recorded[];
      beforeAll(async () => {
        recorded = await operate(await HighsRuntime.start(), study, richProblems(study, withMemory));
      });
      const each = (check: (one: Recorded, t: number) => void) => {
        for (const one of recorded) for (let t = 0; t < 4; t++) check(one, t);
      };
      const at = (rows: readonly Row[], t: number, name?: string, id?: number) =>
        rows.filter((row) => row.stage_id === t && (name === undefined || row[name] === id));

      it('conserves water', () => {
        each(({ tables }, t) => {
          const { blocks } = study.stages[t];
          const hours = study.stages[t].hours;
          study.hydros.forEach(({ id, withdrawal }) => {
            const rows = at(tables.hydros, t, 'hydro_id', id);
            const first = rows[0];
            let volume = first.storage_initial_hm3;
            rows.forEach((row, k) => {
              const pumped = at(tables.pumping_stations, t)[k];
              const flow = row.inflow_m3s - row.outflow_m3s - (row.diverted_outflow_m3s ?? 0);
              volume += HM3 * blocks[k].hours * (flow - (id === 2 ? pumped.pumped_flow_m3s : 0));
            });
            const there = first.operative_state_code !== 0;
            const taken =
              (first.evaporation_m3s ?? 0) +
              (there ? withdrawal : 0) -
              first.water_withdrawal_violation_neg_m3s +
              first.water_withdrawal_violation_pos_m3s -
              first.inflow_nonnegativity_slack_m3s;
            volume -= HM3 * hours * taken;
            expect(first.storage_final_hm3).toBeCloseTo(volume, 6);
          });
        });
      });

      it('conserves power', () => {
        each(({ tables }, t) => {
          study.stages[t].blocks.forEach((_, k) => {
            const total = (table: string, name: string, bus: (row: Row) => boolean) =>
              at(tables[table], t, 'block_id', k)
                .filter(bus)
                .reduce((all, row) => all + row[name], 0);
            [0, 1].forEach((b) => {
              const hydro = total('hydros', 'generation_mw', (row) => study.hydros[row.hydro_id].bus === b);
              const thermal = total('thermals', 'generation_mw', (row) => study.thermals[row.thermal_id].bus === b);
              const traded = total('contracts', 'power_mw', (row) => study.contracts[row.contract_id].bus === b);
              const wind = b === 0 ? total('non_controllables', 'generation_mw', () => true) : 0;
              const pumping = b === 1 ? total('pumping_stations', 'power_consumption_mw', () => true) : 0;
              const [line] = at(tables.exchanges, t, 'block_id', k);
              const received =
                b === 1
                  ? 0.96 * line.direct_flow_mw - line.reverse_flow_mw
                  : 0.96 * line.reverse_flow_mw - line.direct_flow_mw;
              const [bus] = at(tables.buses, t, 'block_id', k).filter((row) => row.bus_id === b);
              expect(hydro + thermal + traded + wind - pumping + received + bus.deficit_mw).toBeCloseTo(
                bus.load_mw + bus.excess_mw,
                6,
              );
            });
          });
        });
      });

      it('explains the objective', () => {
        each(({ tables, immediate }, t) => {
          const [costs] = at(tables.costs, t);
          expect(costs.immediate_cost).toBe(immediate[t]);
          const causes = Object.keys(costs).filter(
            (name) =>
              name.endsWith('_cost') &&
              !/^(total|immediate|future|outflow.*|turbined_viol.*|generation_viol.*|evaporation_viol.*|withdrawal_viol.*)$/.test(
                name.slice(0, -'_cost'.length),
              ),
          );
          expect(causes).toHaveLength(14);
          const price = t === 1 ? 5 : 3;
          let available = 0;
          at(tables.non_controllables, t).forEach((row, k) => {
            available += price * row.available_mw * study.stages[t].blocks[k].hours;
            expect(row.generation_mw + row.curtailment_mw).toBeCloseTo(row.available_mw, 6);
          });
          const split = causes.reduce((all, name) => all + costs[name], 0);
          expect(Math.abs(split - available - immediate[t])).toBeLessThanOrEqual(1e-9 * Math.abs(split));
        });
      });

      it('prices what the tables hold', () => {
        each(({ tables }, t) => {
          const [costs] = at(tables.costs, t);
          const total = (table: string, name: string) => at(tables[table], t).reduce((all, row) => all + row[name], 0);
          const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(a)));
          close(costs.thermal_cost, total('thermals', 'generation_cost'));
          close(costs.exchange_cost, total('exchanges', 'exchange_cost'));
          close(costs.contract_cost, total('contracts', 'total_cost'));
          close(costs.curtailment_cost, total('non_controllables', 'curtailment_cost'));
          close(costs.generic_violation_cost, total('violations/generic', 'slack_cost'));
        });
      });

      it('counts the solves of a scenario, not those of the ones before', () => {
        each(({ result }, t) => {
          expect(unpackCounters(result.solver, t * COUNTER_SIZE)).toMatchObject({ solves: 1, bunched: 0, bases: 0 });
        });
      });

      it('is a study in which everything happens', () => {
        const happens = (table: string, name: string, sign = 1) =>
          recorded.some(({ tables }) => tables[table].some((row) => sign * (row[name] ?? 0) > 1e-6));
        const never = [
          'diverted_inflow_m3s',
          'diverted_outflow_m3s',
          'evaporation_m3s',
          'turbined_slack_m3s',
          'outflow_slack_below_m3s',
          'generation_slack_mw',
          'storage_violation_below_hm3',
          'filling_target_violation_hm3',
          'inflow_nonnegativity_slack_m3s',
        ].filter((name) => !happens('hydros', name));
        expect(never).toEqual([]);
        for (const name of [
          'thermal_cost',
          'deficit_cost',
          'exchange_cost',
          'fpha_turbined_cost',
          'evaporation_violation_cost',
          'generic_violation_cost',
        ]) {
          expect([name, happens('costs', name)]).toEqual([name, true]);
        }
        expect(happens('contracts', 'power_mw')).toBe(true);
        expect(happens('contracts', 'power_mw', -1)).toBe(true);
        expect(happens('pumping_stations', 'pumped_flow_m3s')).toBe(true);
        expect(happens('non_controllables', 'generation_mw')).toBe(true);
      });

      it('remembers the inflows of the stages before', () => {
        for (const { tables } of recorded) {
          if (!withMemory) {
            expect(tables.inflow_lags).toBeUndefined();
            continue;
          }
          for (const { stage_id: t, hydro_id: h, lag_index: lag, inflow_m3s } of tables.inflow_lags) {
            const before = at(tables.hydros, t - lag, 'hydro_id', h)[0];
            // Before the study: the mean, for the case says nothing of earlier inflow.
            expect(inflow_m3s).toBe(before?.incremental_inflow_m3s ?? study.inflow.mean[h]);
          }
          expect(tables.inflow_lags).toHaveLength(4 * 5 * 2);
        }
      });
    });
  }
}
