import { EventEmitter } from 'node:events';
import { ALWAYS } from '#cobre/case/study-system';
import type { CaseWarning } from '#cobre/errors';
import type { Study } from '../../src/case/study.js';
import type { Environment } from '../../src/cli/context.js';
import type { Library, TrainedPolicy } from '../../src/cli/library.js';
import type { ProgressEvent, SimulationResult, TrainingResult } from '../../src/options.js';
import type { TerminationReason } from '../../src/sddp/outcome.js';
import { DEFAULT_CUTS, FRESH_POLICY } from '../support/fresh-policy.js';
import { PLAIN_EXPORTS } from '../support/plain-exports.js';
import { IN_SAMPLE, noExtras, PLAIN_STAGE } from '../support/plain-study.js';

/** A study with everything that a command reads; the numbers are arbitrary. */
export function fakeStudy(changes: { simulation?: boolean; training?: boolean; warnings?: CaseWarning[] } = {}): Study {
  const stages = [0, 1, 2].map((id) => ({
    id,
    startDate: `2024-0${id + 1}-01`,
    endDate: `2024-0${id + 2}-01`,
    blocks: [{ id: 0, name: 'all', hours: 720 }],
    hours: 720,
    openings: 20,
    discount: 1,
    season: null,
    ...PLAIN_STAGE,
    cvar: null,
  }));
  return {
    name: 'fake-case',
    hash: 'ab'.repeat(32),
    config: {
      training: {
        enabled: changes.training ?? true,
        forwardPasses: 4,
        stoppingRules: [{ type: 'iteration_limit', limit: 5 }],
        stoppingMode: 'any',
        cuts: DEFAULT_CUTS,
        upperBound: null,
        treeSeed: 42,
        forwardSeed: 42,
        source: IN_SAMPLE,
      },
      simulation: {
        enabled: changes.simulation ?? true,
        scenarios: 100,
        policyType: 'outer',
        seed: 7,
        source: IN_SAMPLE,
        outputPath: null,
      },
      inflowNonNegativity: 'penalty',
      policy: FRESH_POLICY,
      exports: PLAIN_EXPORTS,
    },
    stages,
    cycleStart: null,
    buses: [{ id: 0, name: 'B', deficitSegments: [{ depthMw: null, cost: 1000 }], excessCost: 0 }],
    lines: [],
    hydros: [],
    thermals: [{ id: 0, name: 'T', service: ALWAYS, bus: 0, minMw: 0, maxMw: 10, cost: 5 }],
    ...noExtras(stages, 0, 0),
    initialStorage: new Float64Array(0),
    inflow: { mean: new Float64Array(0), std: new Float64Array(0) },
    load: { mean: new Float64Array(3), std: new Float64Array(3) },
    loadFactors: [],
    stochasticLoadBuses: [],
    correlation: { method: 'spectral', profiles: [], profileOfStage: [-1, -1, -1] },
    noiseOpenings: null,
    warnings: changes.warnings ?? [],
  };
}

export const LOWER = [1_000_000, 2_000_000, 2_900_000, 3_000_000, 3_050_000];
export const UPPER = [9_000_000, 4_000_000, 3_200_000, 3_100_000, 3_080_000];
export const DIGEST = '0123456789abcdef'.repeat(4);

export function trainingEvent(iteration: number, workerId: number | null = null): ProgressEvent {
  return {
    phase: 'training',
    iteration,
    lowerBound: LOWER[iteration - 1]!,
    upperBound: UPPER[iteration - 1]!,
    upperBoundStd: 40_000,
    upperBoundStdError: 20_000,
    gap: 0.01,
    wallTimeMs: 100 * iteration,
    iterationTimeMs: 100,
    scenariosComplete: null,
    scenariosTotal: null,
    workerId,
  };
}

export function trainingResult(
  iterations = 5,
  terminationReason: TerminationReason = 'iteration_limit',
  outputDirectory: string | null = null,
): TrainingResult<TrainedPolicy> {
  const count = Math.max(0, iterations);
  return {
    policy: { digest: () => DIGEST },
    convergenceHistory: {
      iteration: Int32Array.from({ length: count }, (_unused, i) => i + 1),
      lowerBound: Float64Array.from(LOWER.slice(0, count)),
      upperBound: Float64Array.from(UPPER.slice(0, count)),
      upperBoundStd: new Float64Array(count).fill(40_000),
      upperBoundStdError: new Float64Array(count).fill(20_000),
      gap: new Float64Array(count).fill(0.01),
      ci95: new Float64Array(count).fill(39_200),
      iterationTimeMs: new Float64Array(count).fill(100),
      wallTimeMs: Float64Array.from({ length: count }, (_unused, i) => 100 * (i + 1)),
    },
    records: [],
    rankRecords: [],
    iterations: count,
    finalLowerBound: LOWER[count - 1] ?? Number.NaN,
    finalUpperBound: UPPER[count - 1] ?? Number.NaN,
    finalUpperBoundStdError: 20_000,
    finalCostToGo: null,
    finalGap: 0.01,
    origin: { mode: 'fresh', iterations: 0, directory: null, foreignCuts: false },
    terminationReason,
    totalCuts: 4 * count * 2,
    wallTimeMs: 512.4,
    outputDirectory,
    workers: null,
  };
}

export function simulationResult(changes: Partial<SimulationResult> = {}): SimulationResult {
  return {
    scenarios: 100,
    meanCost: 3_060_000,
    meanCostToGo: null,
    stdCost: 200_000,
    totalCost: new Float64Array(100).fill(3_060_000),
    complete: true,
    outputDirectory: null,
    outputFiles: ['simulation/costs/scenario_id=0000/data.parquet'],
    wallTimeMs: 88.8,
    workers: null,
    ...changes,
  };
}

/** Trains five iterations, simulates a hundred scenarios, and reports both from `numWorkers` ranks. */
export function fakeLibrary(changes: Partial<Library> = {}): Library {
  const study = fakeStudy();
  return {
    joinJob: async () => null,
    refuseJob: () => {},
    loadCase: async () => study,
    validate: async () => ({ errors: [], warnings: [], study }),
    async train(_study, options = {}) {
      for (let iteration = 1; iteration <= 5; iteration++) {
        for (let rank = 0; rank < (options.numWorkers ?? 1); rank++)
          options.onProgress?.(trainingEvent(iteration, rank));
      }
      return trainingResult(5, 'iteration_limit', options.outputDirectory ?? null);
    },
    async simulate(_study, _policy, options = {}) {
      const workers = options.numWorkers ?? 1;
      for (let round = 0; round < 2; round++) {
        for (let rank = 0; rank < workers; rank++) {
          options.onProgress?.({
            ...trainingEvent(1, rank),
            phase: 'simulation',
            iteration: null,
            lowerBound: null,
            upperBound: null,
            gap: null,
            iterationTimeMs: null,
            scenariosComplete: (50 / workers) * (workers * round + rank + 1),
            scenariosTotal: 100,
          });
        }
      }
      return simulationResult();
    },
    loadPolicy: async () => ({ digest: () => DIGEST }),
    readSummary: async () => {
      throw new Error('no summary in this test');
    },
    solverVersion: async () => '1.2.3',
    ...changes,
  };
}

export interface Recorded {
  readonly environment: Environment;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly signals: EventEmitter;
  readonly exits: number[];
  readonly outputClosed: AbortController;
}

/** An environment whose streams are strings. */
export function record(
  library: Library,
  changes: {
    tty?: boolean;
    env?: Record<string, string>;
    packageRoot?: string;
    columns?: number;
    cores?: number;
  } = {},
): Recorded {
  let out = '';
  let err = '';
  const signals = new EventEmitter();
  const exits: number[] = [];
  const outputClosed = new AbortController();
  const stream = (add: (text: string) => void) => ({
    write: (text: string) => {
      add(text);
      return true;
    },
    isTTY: changes.tty ?? false,
    columns: changes.columns ?? 80,
  });
  return {
    environment: {
      library,
      version: '9.8.7',
      cores: changes.cores ?? 64,
      packageRoot: changes.packageRoot ?? process.cwd(),
      stdout: stream((text) => {
        out += text;
      }),
      stderr: stream((text) => {
        err += text;
      }),
      env: changes.env ?? {},
      signals,
      exitNow: (code) => exits.push(code),
      outputClosed: outputClosed.signal,
    },
    stdout: () => out,
    stderr: () => err,
    signals,
    exits,
    outputClosed,
  };
}
