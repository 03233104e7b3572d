import type { Study } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import type { ScenarioResult } from '#cobre/sddp/outcome';
import { noChanges } from '../support/plain-study.js';
import { makeScenario, makeStudy, ramp } from './fixture.js';

/**
 * `makeStudy()` with all the format has: an import and an export contract, a pumping station from plant 10 to 20 that
 * goes out of service after stage 1, a source, a channel from 10 to 20, plant 30 filled at stage 0 and in service from 1
 * on, a constraint of each kind; at stage 1 prices are others.
 */
export function makeRichStudy(): Study {
  const study = makeStudy();
  const [h10, h20, h30] = study.hydros;
  return {
    ...study,
    hydros: [
      { ...h10, diversion: { target: 1, maxFlow: 10 } },
      h20,
      { ...h30, minStorage: 10, service: { from: 1, until: 3 }, filling: { from: 0, inflow: 2 } },
    ],
    contracts: [
      { id: 1, name: 'In', service: ALWAYS, bus: 0, type: 'import', price: 30, minMw: 0, maxMw: 50 },
      { id: 2, name: 'Out', service: { from: 1, until: 3 }, bus: 1, type: 'export', price: -20, minMw: 1, maxMw: 40 },
    ],
    pumps: [
      {
        id: 9,
        name: 'Up',
        service: { from: 0, until: 2 },
        bus: 1,
        source: 0,
        target: 1,
        consumption: 0.5,
        minFlow: 1,
        maxFlow: 8,
      },
    ],
    sources: [{ id: 6, name: 'Wind', service: ALWAYS, bus: 0, maxMw: 100, curtailmentCost: 2 }],
    genericConstraints: [
      { id: 70, name: 'A', sense: '>=', terms: [], constant: 0, slackPenalty: 10 },
      { id: 80, name: 'B', sense: '==', terms: [], constant: 0, slackPenalty: 5 },
      { id: 90, name: 'C', sense: '<=', terms: [], constant: 0, slackPenalty: null },
    ],
    changes: [
      noChanges(),
      {
        ...noChanges(),
        hydros: [{ entity: 0, values: { penalties: { spillage: 0.75, diversion: 0.25 } } }],
        thermals: [{ entity: 1, values: { cost: 40 } }],
        lines: [{ entity: 0, values: { exchangeCost: 0.5 } }],
        buses: [{ entity: 1, values: { excessCost: 2 } }],
        contracts: [{ entity: 0, values: { price: 32 } }],
        sources: [{ entity: 0, values: { curtailmentCost: 4, availableMw: 60 } }],
      },
      noChanges(),
    ],
    sourceFactors: study.stages.map(({ blocks }) => new Float64Array(blocks.length).fill(1)),
    availability: { mean: new Float64Array(3).fill(Number.NaN), std: new Float64Array(3).fill(Number.NaN) },
  };
}

/** A scenario of `makeRichStudy()` in which every quantity has a value of its own. Not a solution of anything. */
export function makeRichScenario(scenario: number): ScenarioResult {
  const rows = 6;
  const cells = 9;
  return {
    ...makeScenario(scenario),
    diverted: ramp(rows * 3, 1),
    // Plants 10 and 30 do not evaporate; 30 has an FPHA at stage 2.
    evaporation: Float64Array.of(NaN, 0.5, NaN, NaN, 0.75, NaN, NaN, -0.25, NaN),
    evaporationBelow: ramp(cells, 0.5),
    evaporationAbove: ramp(cells, 0.25),
    withdrawalBelow: ramp(cells, 2),
    withdrawalAbove: ramp(cells, 4),
    fillingBelow: ramp(cells, 16),
    productivity: Float64Array.of(1.5, 2.5, 0.5, 1.5, 2.5, 0.5, 1.5, 2.5, NaN),
    memory: ramp(3 * 6, 10),
    contractPower: ramp(rows * 2, 8),
    pumped: ramp(rows, 4),
    sourceAvailable: ramp(rows, 32),
    sourceGeneration: ramp(rows, 24),
    sourceCurtailed: ramp(rows, 8),
    generic: {
      first: Int32Array.of(0, 1, 5, 5),
      constraint: Int32Array.of(0, 0, 0, 1, 2),
      block: Int32Array.of(0, 0, 1, 1, 0),
      below: Float64Array.of(0, 3, 0, 1, 0),
      above: Float64Array.of(0, 0, 0, 2.5, 0),
    },
  };
}
