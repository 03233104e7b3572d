/** What one measured process does: it trains and saves a policy, or simulates one that was saved. */
export interface Job {
  readonly task: 'train' | 'simulate';
  readonly layout: LayoutName;
  readonly ranks: number;
  readonly case: string;
  readonly iterations: number;
  readonly forwardPasses: number;
  readonly scenarios: number;
  /** Training saves its policy here, if anywhere; simulation reads it. */
  readonly policy: string | null;
  /** Directory of results. */
  readonly output: string;
}

/** By how the ranks are started and talk; one rank is the calling thread in each. */
export const LAYOUTS = {
  threads: { backend: 'shm', startMethod: 'thread' },
  processes: { backend: 'shm', startMethod: 'spawn' },
  tcp: { backend: 'tcp', startMethod: 'spawn' },
} as const;

export type LayoutName = keyof typeof LAYOUTS;

/** What it measured. Times in ms, of the wall. */
export interface Measurement {
  /** From the call to its result: reading the case, starting the ranks and writing the results are in it. */
  readonly callMs: number;
  /** SHA-256 of the policy, or of the costs of all scenarios: the same for all, or something is wrong. */
  readonly digest: string;
  /** `null` of a simulation. */
  readonly training: TrainingTimes | null;
}

export interface TrainingTimes {
  /** The iterations, from the first one's begin to the last one's end, as rank 0 saw them. */
  readonly iterationsMs: number;
  /** Over all ranks and iterations: in the passes, of it inside the solver, of it waiting for other ranks. */
  readonly rankMs: number;
  readonly solveMs: number;
  readonly waitMs: number;
  readonly lpSolves: number;
}
