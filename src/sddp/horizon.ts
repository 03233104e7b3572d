/**
 * In which order stages follow each other. A finite horizon ends after the last stage; in a cyclic one the stage
 * `cycleStart` comes after it, again and again, so that both stages that lead there share one cost-to-go.
 * Source: the specification's math/infinite-horizon.md.
 */
export interface Horizon {
  readonly stages: number;
  readonly cycleStart: number | null;
  /** By stage: whose pool holds the cuts of the cost-to-go after it. */
  readonly poolOf: readonly number[];
  /** What a backward pass solves, in order; the last one is the first stage at the initial state, for the lower bound. */
  readonly steps: readonly BackwardStep[];
  /** How often a forward pass goes round after it has come to the last stage for the first time. */
  readonly rounds: number;
}

/** The openings of `stage`, solved at the states that stage `source` ended with; -1 is the initial state. */
interface BackwardStep {
  readonly stage: number;
  readonly source: number;
}

/** A forward pass ends where costs weigh less than this, or after so many stages. What comes later is the policy's own estimate. */
const NEGLIGIBLE_DISCOUNT = 1e-2;
const MOST_STAGES = 60;

/** @param discount by stage: of the cost-to-go seen from it */
export function horizonOf(discount: readonly number[], cycleStart: number | null): Horizon {
  const stages = discount.length;
  const last = stages - 1;
  const chain = Array.from({ length: stages }, (_, k) => ({ stage: last - k, source: last - k - 1 }));
  const own = Array.from({ length: stages }, (_, t) => t);
  if (cycleStart === null) return { stages, cycleStart, poolOf: own, steps: chain, rounds: 0 };
  return {
    stages,
    cycleStart,
    poolOf: own.map((t) => (t === last && cycleStart > 0 ? cycleStart - 1 : t)),
    steps: [{ stage: cycleStart, source: last }, ...chain],
    rounds: roundsOf(discount, cycleStart),
  };
}

function roundsOf(discount: readonly number[], cycleStart: number): number {
  const cycle = discount.slice(cycleStart);
  const round = cycle.reduce((product, each) => product * each, 1);
  let rounds = 0;
  let weight = discount.reduce((product, each) => product * each, 1);
  for (let length = discount.length + cycle.length; length <= MOST_STAGES && weight >= NEGLIGIBLE_DISCOUNT; rounds++) {
    weight *= round;
    length += cycle.length;
  }
  return rounds;
}

/** The stage after `stage`, or `null` where the horizon ends. */
export function stageAfter(
  { stages, cycleStart }: Pick<Horizon, 'stages' | 'cycleStart'>,
  stage: number,
): number | null {
  return stage + 1 < stages ? stage + 1 : cycleStart;
}
