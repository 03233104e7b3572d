/**
 * How much faster are training and simulation on 2, 4, 8, ... ranks than on one, and what keeps them from more?
 *
 *   npm run bench:scaling [-- --ranks 2,4] [--layouts threads,processes,tcp] [--rounds N] [--iterations N]
 *                            [--forward-passes N] [--scenarios N] [--seconds N] [--write FILE] [--json FILE]
 *
 * `--ranks`: by default all powers of two up to the number of cores. Prints the report, or writes it to `--write` as the
 * chapter "Scaling"; every single time goes to `--json`, by default output/bench-scaling.json. Processes take part where
 * the native module is built (`npm run build:native`). With `--seconds` no round is begun that would likely end later.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { nativeFolder } from '../src/comm/native-folder.js';
import { writeChapter } from './chapter.js';
import { describeMachine } from './collectives/machine.js';
import { watchOtherLoad } from './collectives/other-load.js';
import { writeScalingCase } from './scaling/case.js';
import { type Job, LAYOUTS, type LayoutName, type Measurement } from './scaling/job.js';
import { scalingReport } from './scaling/report.js';

const { values } = parseArgs({
  options: {
    ranks: { type: 'string', default: powersOfTwo(availableParallelism()).join() },
    layouts: { type: 'string', default: 'threads,processes' },
    rounds: { type: 'string', default: '3' },
    iterations: { type: 'string', default: '5' },
    'forward-passes': { type: 'string', default: '64' },
    scenarios: { type: 'string', default: '512' },
    seconds: { type: 'string', default: 'Infinity' },
    write: { type: 'string' },
    json: { type: 'string', default: fileURLToPath(new URL('../../output/bench-scaling.json', import.meta.url)) },
  },
});
const rounds = atLeast(1, '--rounds', values.rounds);
const iterations = atLeast(1, '--iterations', values.iterations);
const forwardPasses = atLeast(1, '--forward-passes', values['forward-passes']);
const scenarios = atLeast(1, '--scenarios', values.scenarios);
const seconds = values.seconds === 'Infinity' ? Infinity : atLeast(1, '--seconds', values.seconds);
const sizes = values.ranks.split(',').map((size) => atLeast(2, '--ranks', size));
const layouts = values.layouts.split(',').map(asLayout).filter(isThere);

/** 2, 4, 8, ... up to `most`, but at least 2. */
function powersOfTwo(most: number): number[] {
  const powers = [2];
  for (let size = 4; size <= most; size *= 2) powers.push(size);
  return powers;
}

function atLeast(least: number, option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${option}: '${text}' is not a number from ${least}`);
  return value;
}

function asLayout(text: string): LayoutName {
  if (!(text in LAYOUTS)) throw new Error(`--layouts: '${text}' is none of ${Object.keys(LAYOUTS).join(', ')}`);
  return text as LayoutName;
}

function isThere(layout: LayoutName): boolean {
  if (layout !== 'processes' || existsSync(new URL('posix-shm.node', nativeFolder()))) return true;
  process.stderr.write('processes: left out, the native module is not built (npm run build:native)\n');
  return false;
}

const run = promisify(execFile);
const program = fileURLToPath(new URL('./scaling/measured-process.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'cobre-bench-'));
const policy = join(directory, 'policy');
const common = {
  case: join(directory, 'case'),
  iterations,
  forwardPasses,
  scenarios,
  output: join(directory, 'output'),
};

async function measure(job: Pick<Job, 'task' | 'layout' | 'ranks' | 'policy'>): Promise<Measurement> {
  const { stdout } = await run(process.execPath, [program, JSON.stringify({ ...common, ...job })]);
  rmSync(common.output, { recursive: true, force: true });
  return JSON.parse(stdout) as Measurement;
}

function emptyPoint(layout: LayoutName, ranks: number) {
  return { layout, ranks, training: [] as Measurement[], simulation: [] as Measurement[] };
}

const one = emptyPoint(layouts[0], 1);
const points = sizes.flatMap((ranks) => layouts.map((layout) => emptyPoint(layout, ranks)));
const otherLoad = watchOtherLoad();
const start = performance.now();
let machine: readonly (readonly [string, string])[] = [];
let done = 0;
try {
  await writeScalingCase(fileURLToPath(new URL('../../examples/four-regions', import.meta.url)), common.case);
  // A round takes as long as those before it.
  while (done < rounds && ((performance.now() - start) / 1000) * (1 + 1 / Math.max(1, done)) <= seconds) {
    for (const point of [one, ...points]) await measureOnce(point);
    done++;
    machine = [
      ...describeMachine(undefined, otherLoad()).filter(([label]) => label !== 'Open MPI'),
      ['memory', `${(totalmem() / 2 ** 30).toFixed(0)} GiB`],
    ];
    writeJson();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function measureOnce({ layout, ranks, training, simulation }: typeof one): Promise<void> {
  training.push(await measure({ task: 'train', layout, ranks, policy: existsSync(policy) ? null : policy }));
  simulation.push(await measure({ task: 'simulate', layout, ranks, policy }));
  const times = [training, simulation].map((all) => `${((all.at(-1)?.callMs ?? 0) / 1000).toFixed(2)} s`);
  const who = ranks === 1 ? 'one rank' : `${ranks} ${layout}`;
  process.stderr.write(`round ${done + 1} of ${rounds}, ${who}: ${times.join(', ')}\n`);
}

function writeJson(): void {
  const { case: _case, output: _output, ...settings } = common;
  const all = { machine: Object.fromEntries(machine), ...settings, rounds: done, points: [one, ...points] };
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`);
}

const args = process.argv.slice(2);
const text = scalingReport(one, points, {
  command: `npm run bench:scaling${args.length > 0 ? ` -- ${args.join(' ')}` : ''}`,
  machine,
  rounds: done,
  iterations,
  forwardPasses,
  scenarios,
});
if (values.write === undefined) process.stdout.write(text);
else writeChapter(values.write, text);
