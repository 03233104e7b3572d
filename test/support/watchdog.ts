import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter } from 'vitest/reporters';
import { runSync } from './child.js';
import { runningFolder } from './running-folder.js';

const LOOK_INTERVAL_MS = 10_000;
const LINE_LIMIT = 240;
const PS_BOUND_MS = 10_000;

/**
 * A time limit of vitest is a timer in the process that runs the test: it does not go off while the test keeps its
 * thread busy or asleep, and the run never ends. This looks from outside, says what was running, and ends it; vitest
 * then reports a process that has gone.
 */
export class Watchdog implements Reporter {
  readonly #limitMs: number;
  readonly #folder = runningFolder(process.pid);
  #timer: NodeJS.Timeout | undefined;

  /** @param limitMs How long one test may keep its process [ms]; more than any time limit that vitest enforces. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  onTestRunStart(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS).unref();
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #look(): void {
    for (const name of readable(() => readdirSync(this.#folder)) ?? []) {
      const file = join(this.#folder, name);
      const since = readable(() => statSync(file).mtimeMs);
      if (since === undefined || Date.now() - since < this.#limitMs) continue;
      const { ids, listing, parent } = family(Number(name));
      // Vitest ends its processes by a signal, and their files stay; the number may be somebody else's by now.
      if (parent !== undefined && parent !== process.pid) {
        rmSync(file, { force: true });
        continue;
      }
      console.error(`Process ${name} hangs: ${readable(() => readFileSync(file, 'utf8'))}\n${listing}`);
      rmSync(file, { force: true });
      // What it started would otherwise stay.
      for (const id of ids) readable(() => process.kill(id, 'SIGKILL'));
    }
  }
}

/** A process may end, and take its file along, at any moment. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

interface Family {
  readonly ids: ReadonlySet<number>;
  readonly listing: string;
  /** Who started the ancestor: 0 if there is no such process, `undefined` where the system does not tell. */
  readonly parent: number | undefined;
}

/** A process and those that it started, with what the system has them wait for. */
function family(ancestor: number): Family {
  const fields = 'pid,ppid,stat,wchan:24,etimes,time,args';
  const all = readable(() => runSync('ps', ['-ww', '-eo', fields], { boundMs: PS_BOUND_MS }).stdout);
  const [header = '', ...lines] = (all ?? '').split('\n');
  const parent = lines.map(pidAndParent).find(([pid]) => pid === ancestor)?.[1] ?? (all ? 0 : undefined);
  const ids = new Set([ancestor]);
  for (let before = 0; before < ids.size; ) {
    before = ids.size;
    for (const [pid, parent] of lines.map(pidAndParent)) if (ids.has(parent)) ids.add(pid);
  }
  const found = lines.filter((line) => ids.has(pidAndParent(line)[0]));
  return { ids, listing: [header, ...found.map((line) => line.slice(0, LINE_LIMIT))].join('\n'), parent };
}

function pidAndParent(line: string): [number, number] {
  const [pid, parent] = line.trim().split(/ +/, 2);
  return [Number(pid), Number(parent)];
}
