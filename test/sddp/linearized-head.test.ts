import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import type { Hydro, Study } from '#cobre/case/study';
import { LocalCommunicator } from '#cobre/comm/index';
import { withFuture } from '#cobre/lp/future-floor';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { newCounters, StageSolver } from '#cobre/lp/stage-solver';
import { buildStageTemplate, type StageTemplate } from '#cobre/lp/stage-template';
import { Policy } from '#cobre/results/policy';
import { HeadFollower } from '#cobre/sddp/head-follower';
import type { ScenarioResult } from '#cobre/sddp/outcome';
import { RightHandSides } from '#cobre/sddp/right-hand-sides';
import { simulatePolicy } from '#cobre/sddp/simulate';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { trainPolicy } from '#cobre/sddp/train';
import { bounded, makeGeneric, makeRichStudy, type RichParts, term } from '../support/make-rich-study.js';
import { randomRichStudy } from '../support/random-rich-study/index.js';
import { limited } from '../support/run-bits.js';
import { makeBus, makeHydro, makeStages, makeThermal } from '../support/small-study.js';

let runtime: HighsRuntime;
beforeAll(async () => {
  runtime = await HighsRuntime.start();
});

/**
 * A wall of 1 m for each hm3, 100 m above the water below when it is empty: the net head at 65 % of the 100 hm3 is 165 m, and
 * the productivity 0.9 is that of this head.
 */
const CURVE = {
  volume: Float64Array.of(0, 100),
  height: Float64Array.of(300, 400),
  area: Float64Array.of(1, 1),
};
const productivityAt = (storage: number) => (0.9 * (100 + storage)) / 165;

const DAM: Partial<Hydro> = {
  model: 'linearized_head',
  productivity: 0.9,
  minStorage: 0,
  maxStorage: 100,
  maxTurbined: 40,
  maxGeneration: 1000,
  head: { tailrace: { type: 'polynomial', coefficients: [200] }, losses: null, efficiency: null },
};

interface Parts {
  readonly hydro?: Partial<Hydro>;
  readonly rest?: Partial<RichParts>;
  readonly load?: number;
  readonly curve?: boolean;
  readonly random?: boolean;
}

function dam({ hydro = {}, rest = {}, load = 60, curve = true, random = false }: Parts = {}): Study {
  return makeRichStudy({
    stages: makeStages(3, random ? 3 : 1, [300, 200]),
    buses: [makeBus()],
    hydros: [makeHydro({ ...DAM, ...hydro })],
    thermals: random ? [makeThermal({ maxMw: 20, cost: 80 })] : [],
    initialStorage: [50],
    inflowMean: [[random ? 20 : 10]],
    inflowStd: [[random ? 8 : 0]],
    loadMean: [[load]],
    simulationScenarios: 12,
    extras: { geometry: [curve ? CURVE : null] },
    ...rest,
  });
}

function simulated(study: Study): { readonly result: ScenarioResult; readonly lowerBound: number } {
  const { policy } = trainPolicy(new LocalCommunicator(), limited(study, 10), runtime);
  let result: ScenarioResult | null = null;
  simulatePolicy(new LocalCommunicator(), study, runtime, policy, 1, {
    onScenario: (each) => {
      result = structuredClone(each);
    },
  });
  if (result === null) throw new Error('no scenario was simulated');
  return { result, lowerBound: policy.lowerBound };
}

describe('a plant with linearized_head', () => {
  it('generates in simulations by the storage that each stage begins with', () => {
    const { result } = simulated(dam());
    let cost = 0;
    for (let t = 0; t < 3; t++) {
      const productivity = productivityAt(result.storageInitial[t]);
      expect(result.productivity[t]).toBeCloseTo(productivity, 12);
      for (const [k, hours] of [300, 200].entries()) {
        const row = 2 * t + k;
        expect(result.generation[row]).toBeCloseTo(productivity * result.turbined[row], 9);
        expect(result.deficit[row]).toBeCloseTo(60 - productivity * result.turbined[row], 9);
        cost += result.deficit[row] * 1000 * hours;
      }
    }
    // Each stage begins with another storage, so that the productivities differ as well.
    expect(result.storageInitial[0]).toBe(50);
    expect(new Set(result.storageInitial).size).toBe(3);
    expect(result.totalCost).toBeCloseTo(cost, 4);
  });

  it('is trained with the productivity that is stated', () => {
    const follows = simulated(dam());
    const constant = simulated(dam({ hydro: { model: 'constant_productivity' } }));
    expect(follows.lowerBound).toBe(constant.lowerBound);
    expect(Array.from(constant.result.productivity)).toEqual([0.9, 0.9, 0.9]);
    // It begins below the volume that the productivity is stated for, and costs more than it was planned to.
    expect(follows.result.totalCost).toBeGreaterThan(constant.result.totalCost);
  });

  it('keeps it in simulations where there is no curve', () => {
    const { result } = simulated(dam({ curve: false }));
    expect(Array.from(result.productivity)).toEqual([0.9, 0.9, 0.9]);
  });

  it('turbines no more than gives its largest generation', () => {
    const { result } = simulated(dam({ hydro: { maxGeneration: 8 } }));
    const bound = 8 / productivityAt(50);
    expect(bound).toBeLessThan(40);
    expect(result.turbined[0]).toBeCloseTo(bound, 9);
    expect(result.generation[0]).toBeCloseTo(8, 9);
  });

  it('meets least generation and generic constraints with what it generates', () => {
    // More water than it needs for the load: only these rows tell how much it turbines.
    const least = simulated(dam({ load: 0, hydro: { minGeneration: 6 } })).result;
    expect(least.turbined[0] * productivityAt(50)).toBeCloseTo(6, 7);
    const generic = simulated(
      dam({
        load: 0,
        rest: {
          genericConstraints: [makeGeneric([term('hydro_generation')], '>=')],
          changes: [{ generic: bounded(7) }],
        },
      }),
    ).result;
    expect(generic.turbined[0] * productivityAt(50)).toBeCloseTo(7, 7);
  });

  it('gives the same bits where stage models are given up and rebuilt', () => {
    const study = limited(dam({ random: true }), 12, 3);
    const { policy } = trainPolicy(new LocalCommunicator(), study, runtime);
    const costs = (solverBytes?: number) =>
      simulatePolicy(
        new LocalCommunicator(),
        study,
        runtime,
        policy,
        8,
        solverBytes === undefined ? {} : { solverBytes },
      ).totalCost;
    expect(costs(1)).toEqual(costs());
  });

  it('gives the same bits on any number of workers', async () => {
    const study = limited(dam({ random: true }), 12, 3);
    const policy = new Policy(trainPolicy(new LocalCommunicator(), study, runtime).policy);
    const one = await simulate(study, policy);
    const three = await simulate(study, policy, { numWorkers: 3 });
    expect(Buffer.from(three.totalCost.buffer).equals(Buffer.from(one.totalCost.buffer))).toBe(true);
    // A scenario alone, after no other, is what it is among them.
    const alone = await simulate(study, policy, { scenarios: 1 });
    expect(alone.totalCost[0]).toBe(one.totalCost[0]);
    expect(new Set(one.totalCost).size).toBeGreaterThan(6);
  });

  it('has the program that would be made with the productivity, in any study', async () => {
    let followed = 0;
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    const property = fc.asyncProperty(randomRichStudy(), shares, async ({ study: drawn }, share) => {
      const study = withHeads(drawn);
      const problems = buildStageProblems(study);
      const heads = new HeadFollower(study, problems);
      const rights = new RightHandSides(problems);
      problems.templates.forEach((template, t) => {
        const state = problems.initialState.slice();
        study.hydros.forEach(({ minStorage, maxStorage }, h) => {
          state[h] = minStorage + share[h] * (maxStorage - minStorage);
        });
        const productivity = new Float64Array(study.hydros.length).fill(Number.NaN);
        heads.write(t, state, productivity, 0);
        if (productivity.some((each) => !Number.isNaN(each))) followed++;
        const parts = problems.parts[t];
        const production = parts.production.map((made, h) =>
          made.kind === 'constant' && !Number.isNaN(productivity[h])
            ? { ...made, productivity: productivity[h] }
            : made,
        );
        const plain = buildStageTemplate(study, t, { ...parts, production });
        const made = t + 1 < problems.stages ? withFuture(plain, problems.floors[t]) : plain;
        const solved = (program: StageTemplate, follows: boolean): number => {
          const solver = new StageSolver(runtime, program, newCounters());
          // What another state has left behind is gone.
          if (follows) for (const from of [state.map((each) => each / 3), state]) heads.apply(t, from, solver);
          solver.begin(null);
          solver.setState(state, 0);
          rights.ofOpening(t, 0, state, 0);
          const place = { stage: t, iteration: null, scenario: 0, opening: 0, status: '' };
          solver.solve(rights.data, rights.offset, place, true);
          const { objective } = solver;
          solver.dispose();
          return objective;
        };
        const expected = solved(made, false);
        expect(Math.abs(solved(template, true) - expected)).toBeLessThan(1e-7 * Math.max(1, Math.abs(expected)));
      });
    });
    await fc.assert(property, { seed: 3, numRuns: 25, endOnFailure: true });
    expect(followed).toBeGreaterThan(25);
  });
});

/** The study with heads that its storages vary, of all plants with a constant productivity. */
function withHeads(study: Study): Study {
  const head = { tailrace: { type: 'polynomial', coefficients: [20] }, losses: null, efficiency: null } as const;
  const follows = ({ model, productivity }: Hydro) => model === 'constant_productivity' && productivity > 0;
  return {
    ...study,
    hydros: study.hydros.map((hydro) => (follows(hydro) ? { ...hydro, model: 'linearized_head', head } : hydro)),
    geometry: study.hydros.map(
      ({ maxStorage }, h) =>
        study.geometry[h] ?? {
          volume: Float64Array.of(0, Math.max(1, maxStorage)),
          height: Float64Array.of(260, 380),
          area: Float64Array.of(1, 2),
        },
    ),
    productionChoices: study.productionChoices.map((choice, h) => (follows(study.hydros[h]) ? null : choice)),
  };
}
