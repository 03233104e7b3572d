import { beforeAll, describe, expect, it } from 'vitest';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { newCounters } from '#cobre/lp/solver-counters';
import { StageSolver } from '#cobre/lp/stage-solver';
import { buildStageProblems, type StageProblems } from '#cobre/sddp/stage-problems';
import { stochasticStudies } from '../support/small-study.js';

const place = { stage: 1, iteration: 1, scenario: 0, opening: 0, status: '' };

/** Values of a fixed unit of work: two openings of a stage from a given basis and state. */
function unitOfWork(solver: StageSolver, problems: StageProblems, basis: Uint8Array | null, rows: number): number[] {
  solver.begin(basis, 0, rows);
  solver.setState(problems.initialState, 0);
  const out: number[] = [];
  const gradient = new Float64Array(problems.states);
  for (const opening of [0, 1]) {
    solver.solve(problems.rhs[1], opening * solver.layout.randomRows, place, false);
    solver.readGradient(gradient, 0);
    out.push(solver.objective, ...gradient);
  }
  return out;
}

/** A deterministic stream of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Cuts that bind here and there: random slopes, intercepts near the initial state's cost. */
function someCuts(problems: StageProblems, count: number) {
  const random = numbers(7);
  const intercept = new Float64Array(count).map(() => 1e5 + 1e6 * random());
  const gradient = new Float64Array(count * problems.states).map(() => -1e3 * random());
  return { intercept, gradient, opening: null };
}

const studies = stochasticStudies.map((make) => [make.name, make] as const);

describe.each(studies)('a solve does not depend on what its rank solved before: %s', (_, make) => {
  let runtime: HighsRuntime;
  let problems: StageProblems;
  beforeAll(async () => {
    runtime = await HighsRuntime.start();
    problems = buildStageProblems(make());
  });

  it('gives the same bits on a fresh model and after any other work', () => {
    const cuts = someCuts(problems, 12);
    const fresh = new StageSolver(runtime, problems.templates[1], newCounters());
    fresh.appendCuts(cuts, 0, 12);
    const basis = new Uint8Array(fresh.layout.columns + fresh.rows);
    unitOfWork(fresh, problems, null, 0);
    const rows = fresh.readBasis(basis, 0);
    const fromScratch = unitOfWork(fresh, problems, null, 0);
    const fromBasis = unitOfWork(fresh, problems, basis, rows);

    const random = numbers(99);
    const used = new StageSolver(runtime, problems.templates[1], newCounters());
    // The same cuts, but in several portions with solves between them.
    for (const [from, to] of [
      [0, 5],
      [5, 6],
      [6, 12],
    ]) {
      used.appendCuts(cuts, from, to);
      for (let n = 0; n < 20; n++) {
        used.begin(n % 3 === 0 ? null : basis, 0, used.layout.rows);
        used.setState(
          problems.initialState.map((v) => v * random()),
          0,
        );
        const opening = Math.floor(random() * problems.openings[1]);
        used.solve(problems.rhs[1], opening * used.layout.randomRows, place, n % 2 === 0);
      }
    }
    expect(unitOfWork(used, problems, null, 0)).toEqual(fromScratch);
    expect(unitOfWork(used, problems, basis, rows)).toEqual(fromBasis);
    fresh.dispose();
    used.dispose();
  });

  it('answers an opening from a known basis with the optimum that a full solve finds', () => {
    const solver = new StageSolver(runtime, problems.templates[1], newCounters());
    solver.appendCuts(someCuts(problems, 12), 0, 12);
    for (let i = 0; i < problems.openings[1]; i++) {
      for (let j = 0; j < problems.openings[1]; j++) {
        solver.begin(null);
        solver.setState(problems.initialState, 0);
        solver.solve(problems.rhs[1], i * solver.layout.randomRows, place, false);
        solver.solve(problems.rhs[1], j * solver.layout.randomRows, place, false);
        const quick = solver.objective;
        solver.solve(problems.rhs[1], j * solver.layout.randomRows, place, true);
        expect(Math.abs(quick - solver.objective)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(quick)));
      }
    }
    solver.dispose();
  });
});
