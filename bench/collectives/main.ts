/**
 * How fast are the collectives on each backend, beside Open MPI in C and plain `postMessage`?
 *
 *   npm run bench:collectives [-- --rounds N] [--only PATTERN] [--ranks 2,8] [--write FILE]
 *
 * Prints the report, or writes it to `--write` as the chapter of its title; every single time goes to output/bench-collectives.json. `--only` picks
 * contenders by a regular expression; what they are compared with takes part always. Open MPI, processes and MPI ranks take part where
 * they are installed and built (`npm run build:native`, `npm run build:mpi`).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeChapter } from '../chapter.js';
import { type Contender, contendersOf } from './contenders.js';
import { describeMachine } from './machine.js';
import { CALLS, OVERSUBSCRIBED, USE } from './measures.js';
import { OpenMpi } from './open-mpi.js';
import { watchOtherLoad } from './other-load.js';
import { report } from './report.js';
import { measureInRounds, type Results } from './rounds.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    ranks: { type: 'string', default: '2,8' },
    write: { type: 'string' },
  },
});
const rounds = atLeast(1, '--rounds', values.rounds);
const sizes = values.ranks.split(',').map((size) => atLeast(2, '--ranks', size));
const only = new RegExp(values.only, 'i');
const jsonFile = fileURLToPath(new URL('../../../output/bench-collectives.json', import.meta.url));

function atLeast(least: number, option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${option}: '${text}' is not a number from ${least}`);
  return value;
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function chosen(contenders: readonly Contender[]): Contender[] {
  const picked = contenders.filter(({ name }) => only.test(name));
  const bases = new Set(picked.flatMap((contender) => contender.bases));
  return contenders.filter((contender) => picked.includes(contender) || bases.has(contender.name));
}

/** Share of the cores that something else may have without a warning. */
const NOTICEABLE = 0.05;

const directory = mkdtempSync(join(tmpdir(), 'cobre-bench-'));
try {
  const mpi = await OpenMpi.find(directory);
  const otherLoad = watchOtherLoad();
  const start = performance.now();
  const results: Results[] = [];
  for (const size of sizes) {
    for (const plan of size > availableParallelism() ? [OVERSUBSCRIBED] : [CALLS, USE]) {
      const contenders = chosen(contendersOf(plan.kind, size, mpi));
      const times = await measureInRounds(contenders, plan, rounds);
      results.push({ size, plan, contenders, times });
      process.stderr.write(`${size} ranks, ${plan.kind}: done after ${secondsSince(start).toFixed(0)} s\n`);
    }
  }
  const args = process.argv.slice(2).map((arg) => (/^[\w./,=-]+$/.test(arg) ? arg : `'${arg}'`));
  const load = otherLoad();
  if (load !== null && load.share > NOTICEABLE) {
    process.stderr.write('Something else was running; the times may be of little worth.\n');
  }
  const machine = describeMachine(mpi?.version, load);
  const text = report(results, {
    command: `npm run bench:collectives${args.length > 0 ? ` -- ${args.join(' ')}` : ''}`,
    machine,
    rounds,
    seconds: secondsSince(start),
  });
  if (values.write === undefined) process.stdout.write(text);
  else writeChapter(values.write, text);
  mkdirSync(dirname(jsonFile), { recursive: true });
  writeFileSync(jsonFile, `${JSON.stringify({ machine: Object.fromEntries(machine), results }, asJson, 1)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function asJson(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
