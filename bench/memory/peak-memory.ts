import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Peak resident sizes [bytes]: of a process, and of those that it started, in the order of their start. */
export interface Peaks {
  readonly parent: number;
  readonly children: readonly number[];
}

/** A peak only grows: what a process takes in the time after the last look at it is missed, and no more. */
const LOOK_EVERY_MS = 20;

/** Runs a Node program in a process of its own and watches how large it and its children get. Needs Linux's /proc. */
export function peaksOf(program: string, args: readonly string[]): Promise<Peaks> {
  const started = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  let parent = 0;
  const children = new Map<number, number>();
  const look = (): void => {
    const { pid } = started;
    if (pid === undefined) return;
    parent = peakOf(pid) ?? parent;
    for (const child of childrenOf(pid)) {
      const peak = peakOf(child);
      if (peak !== null) children.set(child, peak);
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return new Promise((resolve, reject) => {
    started.once('error', reject);
    started.once('close', (code, signal) => {
      if (code === 0) resolve({ parent, children: [...children.values()] });
      else reject(new Error(`${program} ended with ${signal ?? `code ${code}`}`));
    });
  }).finally(() => clearInterval(timer)) as Promise<Peaks>;
}

/** `null` when the process is gone. */
function peakOf(pid: number): number | null {
  const kibibytes = textOf(`/proc/${pid}/status`)?.match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** In ascending order; a thread's children are not in the list of the process's first thread. */
function childrenOf(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  const lists = threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`) ?? '');
  return lists
    .flatMap((list) => list.split(' ').filter((each) => each !== ''))
    .map(Number)
    .sort((a, b) => a - b);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
