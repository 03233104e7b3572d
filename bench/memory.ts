/**
 * Peak memory of training and simulation, of the parent and of each rank: does it grow with the number of scenarios?
 *
 *   npm run bench:memory [-- --rounds N] [--scenarios 200,2000] [--write FILE]
 *
 * Trains the example `four-regions`, then simulates with results written, each time in processes that did nothing before,
 * for a peak is never forgotten. Prints the report, or writes it to `--write`. Needs Linux.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Job, LAYOUT_NAMES, LAYOUTS, type LayoutName } from './memory/job.js';
import { type Peaks, peaksOf } from './memory/peak-memory.js';
import { type Measured, memoryReport } from './memory/report.js';

const ITERATIONS = 40;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    scenarios: { type: 'string', default: '200,2000' },
    write: { type: 'string' },
  },
});
const rounds = atLeastOne('--rounds', values.rounds);
const scenarios = values.scenarios.split(',').map((number) => atLeastOne('--scenarios', number));

function atLeastOne(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option}: '${text}' is not a number from 1`);
  return value;
}

const program = fileURLToPath(new URL('./memory/measured-process.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'cobre-bench-'));
const common = {
  case: fileURLToPath(new URL('../../examples/four-regions', import.meta.url)),
  iterations: ITERATIONS,
  policy: join(directory, 'policy'),
  output: join(directory, 'output'),
};

async function measure(layout: LayoutName, task: Job['task'], number: number): Promise<Peaks> {
  const job: Job = { ...common, task, layout, scenarios: number };
  const peaks = await peaksOf(program, [JSON.stringify(job)]);
  rmSync(common.output, { recursive: true, force: true });
  const { numWorkers, startMethod } = { startMethod: 'thread', ...LAYOUTS[layout] };
  const expected = startMethod === 'spawn' ? numWorkers : 0;
  if (peaks.children.length !== expected) {
    throw new Error(`${layout}: ${peaks.children.length} processes were seen instead of ${expected}`);
  }
  return peaks;
}

const measured: Measured[] = LAYOUT_NAMES.map((layout) => ({
  layout,
  training: [],
  simulation: new Map(scenarios.map((number) => [number, []])),
}));
try {
  for (let round = 0; round < rounds; round++) {
    for (const { layout, training, simulation } of measured) {
      training.push(await measure(layout, 'train', 0));
      for (const [number, peaks] of simulation) peaks.push(await measure(layout, 'simulate', number));
      process.stderr.write(`round ${round + 1} of ${rounds}, ${layout}: done\n`);
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const args = process.argv.slice(2);
const text = memoryReport(measured, {
  command: `npm run bench:memory${args.length > 0 ? ` -- ${args.join(' ')}` : ''}`,
  rounds,
  iterations: ITERATIONS,
});
if (values.write === undefined) process.stdout.write(text);
else writeFileSync(values.write, text);
