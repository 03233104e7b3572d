import { ESCALATION } from './solver-options.js';

/** What a solver did since it began. Times are wall-clock [ms]. */
export interface SolverCounters {
  /** Linear programs answered, and of those the ones answered from a known basis. */
  solves: number;
  bunched: number;
  simplexIterations: number;
  /** Inside the solver. */
  solveMs: number;
  /** Solves that did not end in an optimum at the first attempt, and all further attempts at them. */
  escalations: number;
  retries: number;
  /** Stored bases that a unit of work began from. */
  bases: number;
  /** Handing over models, bounds (states and right-hand sides), bases and cuts. */
  loadMs: number;
  boundsMs: number;
  basisMs: number;
  cutsMs: number;
  /** By level of escalation: solves that ended in an optimum there. */
  readonly recovered: Float64Array;
}

const FIELDS = [
  'solves',
  'bunched',
  'simplexIterations',
  'solveMs',
  'escalations',
  'retries',
  'bases',
  'loadMs',
  'boundsMs',
  'basisMs',
  'cutsMs',
] as const satisfies readonly (keyof SolverCounters)[];

/** How many numbers `packCounters` writes. */
export const COUNTER_SIZE = FIELDS.length + ESCALATION.length;

export function newCounters(): SolverCounters {
  return {
    solves: 0,
    bunched: 0,
    simplexIterations: 0,
    solveMs: 0,
    escalations: 0,
    retries: 0,
    bases: 0,
    loadMs: 0,
    boundsMs: 0,
    basisMs: 0,
    cutsMs: 0,
    recovered: new Float64Array(ESCALATION.length),
  };
}

/** Counters as numbers, into `out[at..at + COUNTER_SIZE)`. */
export function packCounters(counters: SolverCounters, out: Float64Array, at: number): void {
  for (let f = 0; f < FIELDS.length; f++) out[at + f] = counters[FIELDS[f]];
  out.set(counters.recovered, at + FIELDS.length);
}

/** Counters back from `packed[at..]`. */
export function unpackCounters(packed: Float64Array, at: number): SolverCounters {
  const counters = { ...newCounters(), recovered: packed.slice(at + FIELDS.length, at + COUNTER_SIZE) };
  for (let f = 0; f < FIELDS.length; f++) counters[FIELDS[f]] = packed[at + f];
  return counters;
}
