/** What one measured process does: it trains and saves a policy, or simulates one that was saved. */
export interface Job {
  readonly task: 'train' | 'simulate';
  readonly layout: LayoutName;
  readonly case: string;
  /** Of training: how many; its policy goes to `policy`. */
  readonly iterations: number;
  /** Of simulation: how many; it reads `policy`. */
  readonly scenarios: number;
  readonly policy: string;
  readonly output: string;
}

/** By how the ranks are started and talk. */
export const LAYOUTS = {
  'one worker': { numWorkers: 1 },
  'two threads': { numWorkers: 2, backend: 'shm', startMethod: 'thread' },
  'two processes, shm': { numWorkers: 2, backend: 'shm', startMethod: 'spawn' },
  'two processes, tcp': { numWorkers: 2, backend: 'tcp', startMethod: 'spawn' },
} as const;

export type LayoutName = keyof typeof LAYOUTS;

export const LAYOUT_NAMES = Object.keys(LAYOUTS) as LayoutName[];
