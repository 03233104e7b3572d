import { type StageSystem, stageSystem } from '../case/stage-system.js';
import type { Cvar, Study } from '../case/study.js';
import { type HydroModels, hydroModels } from '../hydro/study-models.js';
import { futureFloors, leastStageCost, withFuture } from '../lp/future-floor.js';
import { withOpeningThetas } from '../lp/opening-thetas.js';
import { writeRightHandSides } from '../lp/right-hand-sides.js';
import type { Production, StageParts } from '../lp/stage-parts.js';
import { buildStageTemplate, type StageTemplate } from '../lp/stage-template.js';
import type { InflowModel } from '../stochastic/inflow-model.js';
import { inflowModel } from '../stochastic/inflow-parameters.js';
import type { OpeningTree } from '../stochastic/opening-tree.js';
import { type RealisedOpenings, Realiser, realiseOpenings } from '../stochastic/realise.js';
import { type StudyNoise, studyNoise } from '../stochastic/study-noise.js';
import type { FutureEnd } from './future-end.js';
import { type Horizon, horizonOf, stageAfter } from './horizon.js';
import type { SplitFuture } from './outcome.js';

/** Everything about a study's stage problems that no solve changes. The same on every rank, to the last bit. */
export interface StageProblems {
  readonly stages: number;
  readonly horizon: Horizon;
  /** What comes after the last stage of a finite horizon; `null`: nothing. */
  readonly end: FutureEnd | null;
  /** By stage: the least that its cost-to-go can be [$]. */
  readonly floors: readonly number[];
  /** State variables: one storage a hydro, then the memory of inflow. */
  readonly states: number;
  readonly systems: readonly StageSystem[];
  readonly parts: readonly StageParts[];
  readonly templates: readonly StageTemplate[];
  readonly inflow: InflowModel;
  readonly noise: StudyNoise;
  readonly tree: OpeningTree;
  readonly realiser: Realiser;
  readonly realised: RealisedOpenings;
  /** Block factors of the loads by stage, as in `Study`. */
  readonly loadFactors: readonly Float64Array[];
  /**
   * Right-hand sides of the random rows of opening i: `rhs[t][i * randomRows + row]`. Where inflow is cut off at 0 and
   * depends on the state, they are to be raised (`RightHandSides`).
   */
  readonly rhs: readonly Float64Array[];
  readonly openings: readonly number[];
  /** Risk measure that weighs each stage's openings; `null` is the expectation. */
  readonly cvar: readonly (Cvar | null)[];
  readonly initialState: Float64Array;
  /** Discount of the cost-to-go seen from each stage, and from each stage back to stage 0. */
  readonly discount: readonly number[];
  readonly cumulativeDiscount: Float64Array;
}

/**
 * @param split whether costs-to-go are split by the openings of the next stage, for cuts of single openings
 * @param end what comes after the last stage; the cuts of a boundary policy say what it costs
 */
export function buildStageProblems(study: Study, split = false, end: FutureEnd | null = null): StageProblems {
  const systems = study.stages.map((_, t) => stageSystem(study, t));
  const inflow = inflowModel(study);
  const noise = studyNoise(study);
  const { tree } = noise;
  const models = hydroModels(study);
  const horizon = horizonOf(
    study.stages.map((stage) => stage.discount),
    study.cycleStart,
  );
  const parts = systems.map((system, t) => stageParts(models, system, inflow, t));
  const { templates, floors } = buildTemplates(study, horizon, parts, split ? tree.openings : null, end);
  const realiser = new Realiser(study, inflow, systems);
  const realised = realiseOpenings(study, tree, realiser);
  return {
    stages: study.stages.length,
    horizon,
    end,
    floors,
    states: study.hydros.length + inflow.memory,
    systems,
    parts,
    templates,
    inflow,
    noise,
    tree,
    realiser,
    realised,
    loadFactors: study.loadFactors,
    rhs: templates.map((template, t) => rightHandSides(study, template, realised, t, tree.openings[t])),
    openings: tree.openings,
    cvar: study.stages.map((stage) => stage.cvar),
    initialState: Float64Array.of(...study.initialStorage, ...inflow.initial),
    discount: study.stages.map((stage) => stage.discount),
    cumulativeDiscount: cumulativeDiscounts(study),
  };
}

/** Openings of each stage: as many as the study wants, or fewer where its history or scenarios are fewer. */
export function openingsOf(study: Study): readonly number[] {
  return studyNoise(study).tree.openings;
}

/** Number of state variables of a study's stage problems. */
export function stateSize(study: Study): number {
  return study.hydros.length + inflowModel(study).memory;
}

/** @param split openings of each stage, for costs-to-go that are split by them; `null` for whole ones */
function buildTemplates(
  study: Study,
  horizon: Horizon,
  parts: readonly StageParts[],
  split: readonly number[] | null,
  end: FutureEnd | null,
): { readonly templates: StageTemplate[]; readonly floors: readonly number[] } {
  const plain = study.stages.map((_, t) => buildStageTemplate(study, t, parts[t]));
  const floors = futureFloors(
    plain.map(leastStageCost),
    study.stages.map(({ discount }) => discount),
    horizon.cycleStart,
    end?.floor,
  );
  const templates = plain.map((template, t) => {
    const next = stageAfter(horizon, t);
    if (next === null && end === null) return template;
    const open = withFuture(template, floors[t]);
    if (next === null) return end?.openings ? withOpeningThetas(open, end.openings, end.cvar) : open;
    return split === null ? open : withOpeningThetas(open, split[next], study.stages[next].cvar);
  });
  return { templates, floors };
}

/** What the linear program of a stage is made of. */
export function stageParts(models: HydroModels, system: StageSystem, inflow: InflowModel, t: number): StageParts {
  return {
    system,
    production: models.production.map((byStage): Production => {
      const made = byStage[t];
      // The head that a storage gives is for simulations (`HeadFollower`): cuts need a program that no trial point changes.
      return made.kind === 'linearized_head' ? { kind: 'constant', productivity: made.productivity } : made;
    }),
    evaporation: models.evaporation.map((byStage) => byStage?.[t] ?? null),
    memory: inflow.memory,
    inflow: inflow.stages?.[t] ?? null,
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

/** Right-hand sides of all openings of stage `t`. */
function rightHandSides(
  study: Study,
  template: StageTemplate,
  realised: RealisedOpenings,
  t: number,
  openings: number,
): Float64Array {
  const { hydros, buses, sources, randomRows } = template.layout;
  const rhs = new Float64Array(openings * randomRows);
  for (let i = 0; i < openings; i++) {
    const one = {
      inflow: realised.inflow[t].subarray(i * hydros, (i + 1) * hydros),
      load: realised.load[t].subarray(i * buses, (i + 1) * buses),
      available: realised.available[t].subarray(i * sources, (i + 1) * sources),
    };
    writeRightHandSides(template, one, study.loadFactors[t], rhs, i * randomRows);
  }
  return rhs;
}

/**
 * How the costs-to-go of a study's stages are put together where they are split: those of all stages (`split`), that
 * after the last one (`end`), or both; `null` where none is.
 */
export function splitFutureOf(
  { stages, cycleStart }: Study,
  openings: readonly number[],
  split: boolean,
  end: FutureEnd | null,
): SplitFuture | null {
  if (!split && !end?.openings) return null;
  const next = stages.map((_, t) => stageAfter({ stages: stages.length, cycleStart }, t));
  return {
    openings: next.map((t) => (t === null ? (end?.openings ?? 0) : split ? openings[t] : 0)),
    cvar: next.map((t) => (t === null ? (end?.cvar ?? null) : stages[t].cvar)),
  };
}
