import { beforeAll, describe, expect, it } from 'vitest';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { countersAt } from '#cobre/sddp/diagnostics';
import type { TrainingOutcome } from '#cobre/sddp/outcome';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { stageScalings } from '#cobre/sddp/stage-scaling';
import { trainPolicy } from '#cobre/sddp/train';
import { makeHydro, makeStages, makeStudy, makeThermal } from '../support/small-study.js';

const ITERATIONS = 3;
const PASSES = 4;
const OPENINGS = 5;

const study = makeStudy({
  stages: makeStages(3, OPENINGS),
  hydros: [makeHydro({ maxStorage: 150 })],
  thermals: [makeThermal({ maxMw: 25 })],
  inflowMean: [[20]],
  inflowStd: [[8]],
  loadMean: [[50]],
  forwardPasses: PASSES,
  stoppingRules: [{ type: 'iteration_limit', limit: ITERATIONS }],
  inflowNonNegativity: 'penalty',
});

describe('what a training keeps account of', () => {
  let outcome: TrainingOutcome;
  beforeAll(async () => {
    outcome = trainPolicy(new LocalCommunicator(), study, await HighsRuntime.start());
  });

  it('counts every solve, at its phase and stage', () => {
    const { solver } = outcome.diagnostics;
    expect(solver.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
    solver.forEach((record, i) => {
      const solves = [0, 1, 2].map((phase) => [0, 1, 2].map((stage) => countersAt(record, phase, stage).solves));
      expect(solves).toEqual([
        // Each trajectory visits each stage; each trial point but the last meets all openings of the stage after it.
        [PASSES, PASSES, PASSES],
        [0, PASSES * OPENINGS, PASSES * OPENINGS],
        [OPENINGS, 0, 0],
      ]);
      expect(solves.flat().reduce((a, b) => a + b)).toBe(outcome.history[i].lpSolves);
      const pivots = [0, 1, 2].flatMap((phase) =>
        [0, 1, 2].map((stage) => countersAt(record, phase, stage).simplexIterations),
      );
      expect(pivots.reduce((a, b) => a + b)).toBe(outcome.ranks[i].simplexIterations);
    });
  });

  it('offers a stored basis to each unit of work once there are some', () => {
    const bases = (phase: number, stage: number) =>
      outcome.diagnostics.solver.map((record) => countersAt(record, phase, stage).bases);
    expect(bases(0, 1)).toEqual([0, PASSES, PASSES]);
    // A unit of the backward pass is a slice of a trial point's openings.
    for (const units of bases(1, 1)) {
      expect(units % PASSES).toBe(0);
      expect(units).toBeGreaterThanOrEqual(PASSES);
      expect(units).toBeLessThanOrEqual(PASSES * OPENINGS);
    }
  });

  it('divides the time of an iteration', () => {
    outcome.diagnostics.timing.forEach((record, i) => {
      const { forward, backward, lowerBoundMs, totalMs } = record;
      const solver = outcome.diagnostics.solver[i];
      const inside = [0, 1, 2].flatMap((phase) => [0, 1, 2].map((t) => countersAt(solver, phase, t).solveMs));
      expect(inside.reduce((a, b) => a + b)).toBeLessThanOrEqual(totalMs);
      expect(forward.wallMs + backward.wallMs + record.selectionMs + lowerBoundMs).toBeCloseTo(totalMs, 9);
      for (const pass of [forward, backward]) {
        // One rank: it is the busiest, and what is not spent in solving and exchange is set-up.
        expect(pass.imbalanceMs).toBe(0);
        expect(pass.schedulingMs).toBeCloseTo(pass.exchangeMs, 9);
        expect(pass.setupMs).toBeLessThanOrEqual(pass.wallMs);
      }
    });
  });
});

describe('stageScalings', () => {
  it('tells how far apart the numbers of a stage problem lie', () => {
    const [first] = stageScalings(buildStageProblems(study));
    // Water balance: 730 h at 0.0036 hm3 per m3/s and hour; everything else is 1.
    expect(first.coefficients).toEqual({ min: 1, max: 0.0036 * 730 });
    // Loads of 50 MW, and the volumes of five inflows, none of which is 0.
    const { rhs } = buildStageProblems(study);
    const sizes = [...rhs[0]].map(Math.abs);
    expect(first.rightHandSides).toEqual({ min: Math.min(...sizes), max: Math.max(...sizes) });
    expect(first.rightHandSides.max).toBeGreaterThanOrEqual(50);
  });
});

describe('cut selection', () => {
  it('is told stage by stage: what was there, what the method took out, what the limit did', async () => {
    const { config } = study;
    const cuts = {
      ...config.training.cuts,
      selection: { method: 'level1' as const, threshold: 0, checkFrequency: 2 },
      maxActivePerStage: 5,
    };
    const stoppingRules = [{ type: 'iteration_limit' as const, limit: 6 }];
    const selecting = { ...study, config: { ...config, training: { ...config.training, cuts, stoppingRules } } };
    const outcome = trainPolicy(new LocalCommunicator(), selecting, await HighsRuntime.start());
    const records = outcome.diagnostics.cutSelection ?? [];
    expect(records.length).toBeGreaterThan(0);
    for (const { iteration, history } of outcome.history.map((history) => ({ ...history, history }))) {
      const own = records.filter((record) => record.iteration === iteration);
      const removed = own.reduce((all, record) => all + record.deactivated + (record.budgetEvicted ?? 0), 0);
      expect(removed).toBe(history.cutsRemoved);
      if (own.length === 0) continue;
      // Stages 0 and 1 have cuts, the last one none; each gets one a trajectory.
      expect(own.map(({ stage }) => stage)).toEqual([0, 1]);
      for (const record of own) {
        expect(record.populated).toBe(PASSES * iteration);
        expect(record.activeAfter).toBe(record.activeBefore - record.deactivated);
        expect(record.activeAfterBudget).toBe(record.activeAfter - (record.budgetEvicted as number));
        // The limit spares the cuts of the iteration itself.
        expect(record.activeAfterBudget).toBeLessThanOrEqual(5);
      }
      expect(own.reduce((all, record) => all + (record.activeAfterBudget as number), 0)).toBe(history.cutsActive);
    }
    expect(records.some(({ deactivated }) => deactivated > 0)).toBe(true);
    expect(records.some(({ budgetEvicted }) => (budgetEvicted as number) > 0)).toBe(true);
  });
});
