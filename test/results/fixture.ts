import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Study } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import { COUNTER_SIZE } from '#cobre/lp/solver-counters';
import type { RunMeta } from '#cobre/results/run-meta';
import type { PolicyData, ScenarioResult, TrainingOutcome } from '#cobre/sddp/outcome';
import { DEFAULT_CUTS, FRESH_POLICY } from '../support/fresh-policy.js';
import { PLAIN_EXPORTS } from '../support/plain-exports.js';
import { IN_SAMPLE, noExtras, PLAIN_HYDRO, PLAIN_STAGE } from '../support/plain-study.js';
import { makeDiagnostics } from './diagnostics-fixture.js';

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cobre-results-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Values that differ everywhere: the n-th is `1 + n / 8` times `scale`, exact in binary. */
export function ramp(length: number, scale = 1): Float64Array {
  return Float64Array.from({ length }, (_, n) => (1 + n / 8) * scale);
}

const penalties = {
  spillage: 0.5,
  fphaTurbined: 0.05,
  diversion: 0.1,
  fillingTarget: 50_000,
  evaporationBelow: 5000,
  evaporationAbove: 5000,
  withdrawalBelow: 1000,
  withdrawalAbove: 1000,
  storageViolationBelow: 4,
  turbinedViolationBelow: 2,
  outflowViolationBelow: 3,
  outflowViolationAbove: 1.5,
  generationViolationBelow: 2.5,
  inflowNonNegativity: 8,
};

const hydro = {
  bus: 0,
  minStorage: 0,
  maxStorage: 1000,
  minOutflow: 0,
  maxOutflow: null,
  minTurbined: 0,
  maxTurbined: 100,
  minGeneration: 0,
  maxGeneration: 100,
  ...PLAIN_HYDRO,
  penalties,
};

/** Three hydros (ids 10 and 20 both flow into 30), two thermals, one line, two buses; stages of 1, 2 and 3 blocks. */
export function makeStudy(): Study {
  const block = (id: number, hours: number) => ({ id, name: `B${id}`, hours });
  const stage = (id: number, hours: readonly number[], discount: number) => ({
    id,
    startDate: '2024-01-01',
    endDate: '2024-02-01',
    blocks: hours.map((h, k) => block(k, h)),
    hours: hours.reduce((a, b) => a + b, 0),
    openings: 2,
    discount,
    season: null,
    ...PLAIN_STAGE,
    cvar: null,
  });
  const stages = [stage(0, [24], 0.5), stage(1, [8, 16], 0.25), stage(2, [2, 4, 18], 1)];
  return {
    ...noExtras(stages, 3, 1),
    name: 'small',
    hash: 'ab'.repeat(32),
    config: {
      training: {
        enabled: true,
        forwardPasses: 4,
        stoppingRules: [
          { type: 'iteration_limit', limit: 50 },
          { type: 'bound_stalling', iterations: 3, tolerance: 0.01 },
        ],
        stoppingMode: 'any',
        cuts: DEFAULT_CUTS,
        upperBound: null,
        treeSeed: 7,
        forwardSeed: 7,
        source: IN_SAMPLE,
      },
      simulation: { enabled: true, scenarios: 2, policyType: 'outer', seed: 7, source: IN_SAMPLE, outputPath: null },
      inflowNonNegativity: 'penalty',
      policy: FRESH_POLICY,
      exports: PLAIN_EXPORTS,
    },
    stages,
    cycleStart: null,
    buses: [
      { id: 1, name: 'North', deficitSegments: [{ depthMw: null, cost: 500 }], excessCost: 0.25 },
      { id: 2, name: 'South, "old"', deficitSegments: [{ depthMw: null, cost: 500 }], excessCost: 0.75 },
    ],
    lines: [
      {
        id: 5,
        name: 'N-S',
        service: ALWAYS,
        sourceBus: 0,
        targetBus: 1,
        directMw: 100,
        reverseMw: 50,
        exchangeCost: 0.125,
        lossesPercent: 2.5,
      },
    ],
    hydros: [
      { ...hydro, id: 10, name: 'H10', downstream: 2, productivity: 1.5 },
      { ...hydro, id: 20, name: 'H20', downstream: 2, productivity: 2.5 },
      { ...hydro, id: 30, name: 'H30', downstream: null, productivity: 0.5, bus: 1 },
    ],
    thermals: [
      { id: 3, name: 'T3', service: ALWAYS, bus: 0, minMw: 0, maxMw: 100, cost: 10 },
      { id: 4, name: 'T4', service: ALWAYS, bus: 1, minMw: 0, maxMw: 100, cost: 20 },
    ],
    initialStorage: new Float64Array(3),
    inflow: { mean: new Float64Array(9), std: new Float64Array(9) },
    load: { mean: new Float64Array(6), std: new Float64Array(6) },
    loadFactors: [],
    stochasticLoadBuses: [],
    correlation: { method: 'spectral', profiles: [], profileOfStage: [-1, -1, -1] },
    noiseOpenings: null,
    warnings: [],
  };
}

/** A scenario of `makeStudy()` in which every quantity has a value of its own. Not a solution of anything. */
export function makeScenario(scenario: number): ScenarioResult {
  const rows = 6;
  const stages = 3;
  return {
    scenario,
    totalCost: 1234.5,
    // Priced by hand in write-scenario.test.ts.
    immediateCost: ramp(stages, 1000),
    futureCost: Float64Array.of(100, 40, 0),
    turbined: ramp(rows * 3, 10),
    spilled: ramp(rows * 3, 2),
    diverted: new Float64Array(rows * 3),
    generation: ramp(rows * 3, 5),
    turbinedBelow: ramp(rows * 3, 0.5),
    outflowBelow: ramp(rows * 3, 0.25),
    outflowAbove: ramp(rows * 3, 0.125),
    generationBelow: ramp(rows * 3, 0.0625),
    planesBelow: new Float64Array(rows * 3),
    inflow: ramp(stages * 3, 30),
    inflowSlack: ramp(stages * 3, 3),
    storageInitial: ramp(stages * 3, 100),
    storageFinal: Float64Array.of(0, 1000, 500, 1, 999, 0, 1000, 2, 3),
    storageBelow: ramp(stages * 3, 5),
    evaporation: new Float64Array(stages * 3).fill(Number.NaN),
    evaporationBelow: new Float64Array(stages * 3),
    evaporationAbove: new Float64Array(stages * 3),
    withdrawalBelow: new Float64Array(stages * 3),
    withdrawalAbove: new Float64Array(stages * 3),
    fillingBelow: new Float64Array(stages * 3),
    waterValue: ramp(rows * 3, -7),
    productivity: Float64Array.of(1.5, 2.5, 0.5, 1.5, 2.5, 0.5, 1.5, 2.5, 0.5),
    memory: new Float64Array(0),
    thermalGeneration: ramp(rows * 2, 20),
    flowDirect: ramp(rows, 40),
    flowReverse: ramp(rows, 8),
    load: ramp(rows * 2, 50),
    deficit: ramp(rows * 2, 1),
    deficitCost: ramp(rows * 2, 500),
    excess: ramp(rows * 2, 0.5),
    spotPrice: ramp(rows * 2, 60),
    contractPower: new Float64Array(0),
    pumped: new Float64Array(0),
    sourceAvailable: new Float64Array(0),
    sourceGeneration: new Float64Array(0),
    sourceCurtailed: new Float64Array(0),
    generic: {
      first: new Int32Array(stages + 1),
      constraint: new Int32Array(0),
      block: new Int32Array(0),
      below: new Float64Array(0),
      above: new Float64Array(0),
    },
    solver: ramp(stages * COUNTER_SIZE, 8),
  };
}

/** A policy of `stages` stages over three states; stage t has t cuts counted from the end, the last has none. */
export function makePolicy(stages = 3): PolicyData {
  return {
    caseName: 'small',
    studyHash: 'ab'.repeat(32),
    stateDimension: 3,
    hydroIds: [10, 20, 30],
    cuts: Array.from({ length: stages }, (_, t) => {
      const count = stages - 1 - t;
      return {
        count,
        intercept: ramp(count, 100),
        gradient: ramp(count * 3, -0.75),
        iteration: Int32Array.from({ length: count }, (_, i) => 1 + (i >> 1)),
        trajectory: Int32Array.from({ length: count }, (_, i) => i % 2),
        opening: null,
        active: null,
        warmStart: 0,
      };
    }),
    splitFuture: null,
    vertices: null,
    bases: Array.from({ length: stages }, (_, t) =>
      t === 1 ? null : { columns: Uint8Array.of(0, 1, 2, 1), rows: Uint8Array.of(1, 0, 1), cutRows: stages - 1 - t },
    ),
    completedIterations: 2,
    lowerBound: 987.25,
    upperBound: 1024.5,
    forwardPasses: 2,
    seed: 42,
    training: null,
  };
}

export function makeOutcome(): TrainingOutcome {
  const record = (iteration: number) => ({
    iteration,
    lowerBound: 100 * iteration - 100,
    upperBoundMean: 500.5,
    upperBoundStd: 20,
    upperBoundStdError: 10,
    costToGoMean: null,
    gapPercent: iteration === 1 ? null : 400.5,
    deterministicUpperBound: null,
    cutsAdded: 8,
    cutsRemoved: 0,
    cutsActive: 8 * iteration,
    forwardPasses: 4,
    lpSolves: 2 ** 31 + iteration,
    timeForwardMs: 1.4,
    timeBackwardMs: 2.6,
    timeLowerBoundMs: 0.5,
    timeTotalMs: 4.5,
  });
  const rank = (iteration: number, rank: number) => ({
    iteration,
    rank,
    forwardMs: 1,
    backwardMs: 2,
    solveMs: 2.5,
    exchangeMs: 3,
    waitMs: 4,
    lpSolves: 50 + rank,
    lpBunched: 10,
    simplexIterations: 99,
    trajectories: 2,
  });
  return {
    policy: makePolicy(),
    history: [record(1), record(2)],
    ranks: [rank(1, 0), rank(1, 1), rank(2, 0), rank(2, 1)],
    visited: null,
    diagnostics: makeDiagnostics(),
    terminationReason: 'bound_stalling',
    solverVersion: '1.15.1',
    wallTimeMs: 1500,
  };
}

export const META: RunMeta = {
  startedAt: '2024-05-06T07:08:09.000Z',
  completedAt: '2024-05-06T07:08:10.500Z',
  topology: {
    backend: 'shm',
    worldSize: 2,
    startMethod: 'thread',
    hosts: [{ hostname: 'here', ranks: [0, 1] }],
    mpi: null,
  },
  hostname: 'here',
  cobreVersion: '0.1.0',
  caseDirectory: 'cases/small',
};
