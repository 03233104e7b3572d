import { beforeAll, describe, expect, it } from 'vitest';
import { train } from '#cobre/api/train';
import { SolverError, WorkerError } from '#cobre/errors';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { newCounters } from '#cobre/lp/solver-counters';
import { STANDARD_OPTIONS } from '#cobre/lp/solver-options';
import { StageSolver } from '#cobre/lp/stage-solver';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { cascade, makeHydro, makeStages, makeStudy } from '../support/small-study.js';

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

/** A reservoir that starts empty and loses water in stage 1: without a slack, nothing can be done. */
function dryStudy() {
  return makeStudy({
    stages: makeStages(2),
    hydros: [makeHydro({ maxStorage: 100 })],
    initialStorage: [0],
    inflowMean: [[0], [-50]],
    inflowStd: [[0]],
    inflowNonNegativity: 'none',
  });
}

describe('a stage problem without an optimum', () => {
  it('names stage, iteration, trajectory, opening and status, and what to do about negative inflow', async () => {
    const error = await train(dryStudy()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SolverError);
    expect((error as SolverError).place).toEqual({
      stage: 1,
      iteration: 1,
      scenario: 0,
      opening: 0,
      status: 'Infeasible',
    });
    expect((error as SolverError).suggestion).toContain('inflow_non_negativity');
  });

  it('reaches the caller from a rank, with the rank', async () => {
    const error = await train(dryStudy(), { numWorkers: 2 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(WorkerError);
    const { rank, inner } = error as WorkerError;
    expect([0, 1]).toContain(rank);
    expect(inner).toBeInstanceOf(SolverError);
    expect((inner as SolverError).place.status).toBe('Infeasible');
  });

  it('is told apart when it is unbounded', () => {
    const study = cascade();
    const [, template] = buildStageProblems(study).templates;
    // Paying for surplus, without end.
    template.cost[template.layout.excess] = -1e3;
    template.cost[template.layout.deficit[0]] = 0;
    template.columnUpper[template.layout.deficit[0]] = Number.POSITIVE_INFINITY;
    const problems = buildStageProblems(study);
    const solver = new StageSolver(runtime, template, newCounters());
    solver.begin(null);
    solver.setState(problems.initialState, 0);
    const place = { stage: 1, iteration: null, scenario: 3, opening: 2, status: '' };
    expect(() => solver.solve(problems.rhs[1], 0, place, true)).toThrow(/stage 1, scenario 3, opening 2.*Unbounded/);
    solver.dispose();
  });
});

describe('a solve that loses its way', () => {
  it('finds the same optimum by escalation, and goes on with the usual options', () => {
    const study = cascade();
    const problems = buildStageProblems(study);
    const place = { stage: 1, iteration: 1, scenario: 0, opening: 0, status: '' };
    const optimum = (options: typeof STANDARD_OPTIONS) => {
      const counters = newCounters();
      const solver = new StageSolver(runtime, problems.templates[1], counters, options);
      const values = [0, 1].map((opening) => {
        solver.begin(null);
        solver.setState(problems.initialState, 0);
        solver.solve(problems.rhs[1], opening * solver.layout.randomRows, place, true);
        return solver.objective;
      });
      solver.dispose();
      return { values, escalations: counters.escalations };
    };
    const usual = optimum(STANDARD_OPTIONS);
    // One pivot is not enough for anything, so every solve has to escalate.
    const impatient = optimum({
      ...STANDARD_OPTIONS,
      integers: { ...STANDARD_OPTIONS.integers, simplex_iteration_limit: 1 },
    });
    expect(usual.escalations).toBe(0);
    expect(impatient.escalations).toBe(2);
    impatient.values.forEach((value, i) => {
      expect(Math.abs(value - usual.values[i])).toBeLessThan(1e-9 * Math.abs(value));
    });
  });
});

describe('a solver module that cannot be started', () => {
  it('is an error like any other, not a promise without an end', async () => {
    // Imports a function that nobody provides: section 1 is its type, section 2 the import of `x.y`.
    const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const foreign = [...header, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x78, 1, 0x79, 0, 0];
    const start = async (bytes: number[]) => HighsRuntime.start(await WebAssembly.compile(Uint8Array.from(bytes)));
    await expect(start(foreign)).rejects.toMatchObject({ kind: 'SolverError' });
    await expect(start(header)).rejects.toMatchObject({ kind: 'SolverError' });
  });
});
