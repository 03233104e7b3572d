import type { Study } from '#cobre/case/study';
import { cutsInflow, type FittedModels, type InflowMemory, type Openings } from './equivalent/models.js';
import { addNode } from './equivalent/node.js';
import { type Expression, fixed, LinearProgram, sum, times } from './equivalent/program.js';
import { weighed } from './equivalent/risk.js';

export type * from './equivalent/models.js';
export { openingsFromNoise } from './equivalent/models.js';

const MAX_NODES = 20_000;

export interface DeterministicEquivalent {
  /** Least expected cost, or least nested risk-adjusted one where stages have a measure, discounted to stage 0 [$]. */
  readonly cost: number;
  readonly nodes: number;
}

/**
 * The whole scenario tree of a study as one linear program: a node for each history of openings, all openings of a
 * stage equally probable, the first stage's as well. Written from the specification, apart from the stage problems of
 * `src/lp`, so that one can be held against the other.
 */
export async function solveDeterministicEquivalent(
  study: Study,
  openings: Openings,
  models: FittedModels = {},
): Promise<DeterministicEquivalent> {
  const nodes = countNodes(study);
  if (nodes > MAX_NODES) throw new Error(`the scenario tree has more than ${MAX_NODES} nodes`);
  const program = new LinearProgram();
  const storageBefore = Array.from(study.initialStorage, fixed);
  program.pay(addTree(program, study, openings, models, 0, storageBefore, []));
  return { cost: await program.minimum(), nodes };
}

function countNodes(study: Study): number {
  return study.stages.reduceRight((below, { openings }) => openings * (1 + below), 0);
}

/**
 * Adds stage `t` and all after it below one point of the tree, and returns what they cost, seen from there. `history`:
 * inflow of the nodes on the way, latest first, each by hydro.
 */
function addTree(
  program: LinearProgram,
  study: Study,
  openings: Openings,
  models: FittedModels,
  t: number,
  storageBefore: readonly Expression[],
  history: readonly (readonly number[])[],
): Expression {
  const stage = study.stages[t];
  const values = Array.from({ length: stage.openings }, (_, opening) => {
    const inflow = inflowOf(study, openings, models.inflow, t, opening, history);
    const { cost, storageAfter } = addNode(program, study, openings, models, { t, opening, inflow, storageBefore });
    if (t + 1 === study.stages.length) return cost;
    const later = addTree(program, study, openings, models, t + 1, storageAfter, [inflow, ...history]);
    return sum([cost, times(stage.discount, later)]);
  });
  return weighed(program, stage.cvar, values);
}

/** Inflow of a node by hydro [m3/s]. Nodes that come after it remember what came, after any cut at 0. */
function inflowOf(
  study: Study,
  openings: Openings,
  memory: InflowMemory | undefined,
  t: number,
  opening: number,
  history: readonly (readonly number[])[],
): number[] {
  const count = study.hydros.length;
  return study.hydros.map((_, h) => {
    if (memory === undefined) return openings.inflow[t][opening * count + h];
    const noise = openings.inflowNoise?.[t][opening * count + h];
    if (noise === undefined) throw new Error('inflow with a memory needs the noise of the openings');
    const { base, psi, sigma } = memory.terms(t, h);
    const remembered = psi.reduce((total, factor, l) => {
      const lag = l < history.length ? history[l][h] : memory.past[h][l - history.length];
      if (lag === undefined) throw new Error(`no inflow of hydro ${h} ${l + 1} stages before stage ${t}`);
      return total + factor * lag;
    }, 0);
    const value = base + remembered + sigma * noise;
    return cutsInflow(study) ? Math.max(0, value) : value;
  });
}
