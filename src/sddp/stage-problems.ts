import type { Cvar, Study } from '../case/study.js';
import { withOpeningThetas } from '../lp/opening-thetas.js';
import { buildStageTemplate, type StageTemplate } from '../lp/stage-template.js';
import { generateOpeningTree, type OpeningTree } from '../stochastic/opening-tree.js';
import { type RealisedOpenings, realiseOpenings } from '../stochastic/realise.js';
import { type Horizon, horizonOf, stageAfter } from './horizon.js';
import type { SplitFuture } from './outcome.js';

/** Everything about a study's stage problems that no solve changes. The same on every rank, to the last bit. */
export interface StageProblems {
  readonly stages: number;
  readonly horizon: Horizon;
  /** State variables: one storage a hydro. */
  readonly states: number;
  readonly templates: readonly StageTemplate[];
  readonly tree: OpeningTree;
  readonly realised: RealisedOpenings;
  /** Right-hand sides of the random rows of opening i: `rhs[t][i * randomRows + row]`. */
  readonly rhs: readonly Float64Array[];
  readonly openings: readonly number[];
  /** Risk measure that weighs each stage's openings; `null` is the expectation. */
  readonly cvar: readonly (Cvar | null)[];
  readonly initialState: Float64Array;
  /** Discount of the cost-to-go seen from each stage, and from each stage back to stage 0. */
  readonly discount: readonly number[];
  readonly cumulativeDiscount: Float64Array;
}

/** @param split whether costs-to-go are split by the openings of the next stage, for cuts of single openings */
export function buildStageProblems(study: Study, split = false): StageProblems {
  const discount = study.stages.map((stage) => stage.discount);
  const horizon = horizonOf(discount, study.cycleStart);
  const templates = study.stages.map((_, t) => {
    const template = withFuture(buildStageTemplate(study, t), horizon);
    const next = stageAfter(horizon, t);
    if (!split || next === null) return template;
    return withOpeningThetas(template, study.stages[next].openings, study.stages[next].cvar);
  });
  const tree = generateOpeningTree(study);
  const realised = realiseOpenings(study, tree);
  const openings = study.stages.map((stage) => stage.openings);
  return {
    stages: study.stages.length,
    horizon,
    states: study.hydros.length,
    templates,
    tree,
    realised,
    rhs: templates.map((template, t) => rightHandSides(study, template, realised, t)),
    openings,
    cvar: study.stages.map((stage) => stage.cvar),
    initialState: study.initialStorage,
    discount,
    cumulativeDiscount: cumulativeDiscounts(study),
  };
}

/** By stage: the discount from the stage back to stage 0. */
export function cumulativeDiscounts(study: Study): Float64Array {
  const discounts = new Float64Array(study.stages.length);
  study.stages.forEach((_, t) => {
    discounts[t] = t === 0 ? 1 : discounts[t - 1] * study.stages[t - 1].discount;
  });
  return discounts;
}

/** Inflow volumes [hm3] of the water balances, then loads [MW] of the load balances, for each opening of stage `t`. */
function rightHandSides(study: Study, template: StageTemplate, realised: RealisedOpenings, t: number): Float64Array {
  const { hydros, buses, blocks, waterBalance, loadBalance, randomRows } = template.layout;
  const openings = study.stages[t].openings;
  const factors = study.loadFactors[t];
  const rhs = new Float64Array(openings * randomRows);
  for (let i = 0; i < openings; i++) {
    const at = i * randomRows;
    for (let h = 0; h < hydros; h++) {
      rhs[at + waterBalance + h] = template.volumePerFlow * realised.inflow[t][i * hydros + h];
    }
    for (let b = 0; b < buses; b++) {
      const load = realised.load[t][i * buses + b];
      for (let k = 0; k < blocks; k++) rhs[at + loadBalance + b * blocks + k] = load * factors[b * blocks + k];
    }
  }
  return rhs;
}

/** A stage problem whose cost-to-go is free where another stage follows: a template ends with the last one. */
function withFuture(template: StageTemplate, horizon: Horizon): StageTemplate {
  if (stageAfter(horizon, template.stage) === null) return template;
  const columnUpper = template.columnUpper.slice();
  columnUpper[template.layout.theta] = Number.POSITIVE_INFINITY;
  return { ...template, columnUpper };
}

/** How the costs-to-go of a study's stages are put together where they are split. */
export function splitFutureOf({ stages, cycleStart }: Study): SplitFuture {
  const next = stages.map((_, t) => stageAfter({ stages: stages.length, cycleStart }, t));
  return {
    openings: next.map((t) => (t === null ? 0 : stages[t].openings)),
    cvar: next.map((t) => (t === null ? null : stages[t].cvar)),
  };
}
