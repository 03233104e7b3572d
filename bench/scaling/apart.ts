/**
 * A control for the scaling of training: how much do cores slow each other down that have nothing to do with each other?
 *
 *   npm run bench:cores [-- --copies 1,2,4 --rounds N]
 *
 * Starts so many processes at once, each by itself: one that only multiplies and adds, in registers, and one that trains
 * the case of `bench:scaling` with one rank. What they lose against one process is the machine's; what ranks lose beyond
 * it is ours. Prints Markdown.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { table } from '../collectives/markdown.js';
import { median, pairedRatio } from '../collectives/statistics.js';
import { writeScalingCase } from './case.js';
import type { Job, Measurement } from './job.js';

const ITERATIONS = 2;
const FORWARD_PASSES = 64;
/** About a second. */
const SPINS = 3e8;

const run = promisify(execFile);
const self = fileURLToPath(import.meta.url);
const trainer = fileURLToPath(new URL('./measured-process.js', import.meta.url));

/** Dependent additions and multiplications: no memory, no other unit of the core. */
function spin(): number {
  const began = performance.now();
  let x = 1;
  for (let i = 0; i < SPINS; i++) x = x * 0.999999 + 1e-6;
  const ms = performance.now() - began;
  if (!(x > 0)) throw new Error(`the loop came to ${x}`);
  return ms;
}

async function atOnce(copies: number, args: (copy: number) => readonly string[]): Promise<string[]> {
  const all = Array.from({ length: copies }, (_, copy) => run(process.execPath, args(copy)));
  return (await Promise.all(all)).map(({ stdout }) => stdout);
}

/** Median time of a copy [ms]. */
async function spinTime(copies: number): Promise<number> {
  return median((await atOnce(copies, () => [self, 'spin'])).map(Number));
}

/** Time inside the solver by linear program, of all copies together [ms]. */
async function lpTime(copies: number, directory: string): Promise<number> {
  const job = (copy: number): Job => ({
    task: 'train',
    layout: 'threads',
    ranks: 1,
    case: join(directory, 'case'),
    iterations: ITERATIONS,
    forwardPasses: FORWARD_PASSES,
    scenarios: 0,
    policy: null,
    output: join(directory, `output-${copy}`),
  });
  const printed = await atOnce(copies, (copy) => [trainer, JSON.stringify(job(copy))]);
  let solveMs = 0;
  let lpSolves = 0;
  for (const { training } of printed.map((text) => JSON.parse(text) as Measurement)) {
    solveMs += training?.solveMs ?? 0;
    lpSolves += training?.lpSolves ?? 0;
  }
  return solveMs / lpSolves;
}

async function main(): Promise<void> {
  const powers = [1, 2, 4, 8, 16, 32, 64].filter((copies) => copies <= availableParallelism());
  const { values } = parseArgs({
    options: { copies: { type: 'string', default: powers.join() }, rounds: { type: 'string', default: '2' } },
  });
  const sizes = values.copies.split(',').map(Number);
  if (sizes[0] !== 1 || !sizes.every((copies) => Number.isInteger(copies) && copies > 0)) {
    throw new Error(`--copies: '${values.copies}' is not a list of numbers from 1 that begins with 1`);
  }
  const spins: number[][] = sizes.map(() => []);
  const lps: number[][] = sizes.map(() => []);
  const directory = mkdtempSync(join(tmpdir(), 'cobre-bench-'));
  try {
    await writeScalingCase(
      fileURLToPath(new URL('../../../examples/four-regions', import.meta.url)),
      join(directory, 'case'),
    );
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [at, copies] of sizes.entries()) {
        spins[at].push(await spinTime(copies));
        lps[at].push(await lpTime(copies, directory));
        process.stderr.write(`${copies} at once: loop ${spins[at].at(-1)} ms, LP ${lps[at].at(-1)} ms\n`);
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const rows = sizes.map((copies, at) => [
    `${copies}`,
    pairedRatio(spins[at], spins[0]).median.toFixed(2),
    pairedRatio(lps[at], lps[0]).median.toFixed(2),
  ]);
  process.stdout.write(
    `${cpus()[0].model.trim()}, ${availableParallelism()} cores, medians of ${values.rounds} rounds\n\n`,
  );
  process.stdout.write(`${table(['processes at once', 'loop', 'LP time'], rows)}\n`);
}

if (process.argv[2] === 'spin') process.stdout.write(`${spin()}`);
else await main();
