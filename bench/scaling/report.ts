import { table } from '../collectives/markdown.js';
import { median, pairedRatio } from '../collectives/statistics.js';
import { CASE_TEXT } from './case.js';
import type { LayoutName, Measurement } from './job.js';

/** Measurements of one layout with so many ranks, one entry a round; the first point has one rank. */
export interface Point {
  readonly layout: LayoutName;
  readonly ranks: number;
  readonly training: readonly Measurement[];
  readonly simulation: readonly Measurement[];
}

interface ScalingOrigin {
  readonly command: string;
  readonly machine: readonly (readonly [string, string])[];
  readonly rounds: number;
  readonly iterations: number;
  readonly forwardPasses: number;
  readonly scenarios: number;
}

const HEADINGS: Record<LayoutName, string> = {
  threads: 'Threads',
  processes: 'Processes that share memory',
  tcp: 'Processes over TCP',
};

/** The chapter "Scaling" of docs/benchmarks.md. `one` is the point of one rank, `points` are those with more. */
export function scalingReport(one: Point, points: readonly Point[], origin: ScalingOrigin): string {
  const { iterations, forwardPasses, scenarios, rounds } = origin;
  const layouts = [...new Set(points.map(({ layout }) => layout))];
  return `${[
    '# Scaling',
    'Written by a program; do not edit, run it again:',
    `\`\`\`sh\n${origin.command}\n\`\`\``,
    origin.machine.map(([label, value]) => `- ${label}: ${value}`).join('\n'),
    `The case is ${CASE_TEXT}. Training has ${iterations} iterations of ${forwardPasses} forward passes; simulation follows its policy along
${scenarios.toLocaleString('en')} scenarios and writes all results.
Each measurement is made in a process of its own; numbers of ranks take turns; medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
    `The policy is the same to the last bit in all ${count(one, points, 'training')} trainings: sha256 \`${digestOf(one, points, 'training')}\`. So are
the scenarios' costs in all ${count(one, points, 'simulation')} simulations.`,
    '## Training',
    `\`iterations\` is the time of the iterations alone, \`call\` that of \`train()\`: reading the case, starting the ranks and writing the
results are in it. Speedup is that of the iterations, round by round; efficiency is speedup over ranks. Then where the ranks'
time in the passes goes, of all ranks together: inside the solver, waiting for other ranks at the end of a stage (over TCP
receiving their results as well), and the rest, most of which every rank does alike: making cuts and putting them into its
stage problems. The last column is the time inside the solver by linear program, over that of one rank. The programs and the
simplex iterations are the same, so what it is above 1 comes from cores that share caches and power, and from code that each
rank compiles and warms up for itself; \`npm run bench:cores\` measures the first by itself.`,
    ...layouts.flatMap((layout) => [
      `### ${HEADINGS[layout]}`,
      trainingTable(one, [one, ...points.filter((point) => point.layout === layout)]),
    ]),
    '## Simulation',
    'Times are of the call `simulate()`: reading the case, starting the ranks and writing the results are in it.',
    simulationTable(one, points, layouts),
  ].join('\n\n')}\n`;
}

type Task = 'training' | 'simulation';

const count = (one: Point, points: readonly Point[], task: Task): number =>
  [one, ...points].reduce((sum, point) => sum + point[task].length, 0);

/**
 * What all measurements of a task came to.
 * @throws Error if it is not the same for all.
 */
function digestOf(one: Point, points: readonly Point[], task: Task): string {
  const digests = new Set([one, ...points].flatMap((point) => point[task].map(({ digest }) => digest)));
  if (digests.size !== 1) throw new Error(`${task}: not all came to the same, but to ${[...digests].join(', ')}`);
  return [...digests][0];
}

function trainingTable(one: Point, points: readonly Point[]): string {
  const head = ['ranks', 'iterations', 'call', 'speedup', 'efficiency', 'solving', 'waiting', 'rest', 'LP time'];
  return table(
    head,
    points.map((point) => {
      const of = (value: (measurement: Measurement) => number) => median(point.training.map(value));
      const solving = of((each) => times(each).solveMs / times(each).rankMs);
      const waiting = of((each) => times(each).waitMs / times(each).rankMs);
      const speedup = pairedRatio(iterationTimes(one), iterationTimes(point)).median;
      return [
        `${point.ranks}`,
        seconds(of((each) => times(each).iterationsMs)),
        seconds(of(({ callMs }) => callMs)),
        speedup.toFixed(2),
        percent(speedup / point.ranks),
        percent(solving),
        percent(waiting),
        percent(1 - solving - waiting),
        pairedRatio(lpTimes(point), lpTimes(one)).median.toFixed(2),
      ];
    }),
  );
}

function simulationTable(one: Point, points: readonly Point[], layouts: readonly LayoutName[]): string {
  const head = layouts.flatMap((layout) => [HEADINGS[layout].toLowerCase(), 'speedup', 'efficiency']);
  const sizes = [1, ...new Set(points.map(({ ranks }) => ranks))];
  return table(
    ['ranks', ...head],
    sizes.map((ranks) => [
      `${ranks}`,
      ...layouts.flatMap((layout) => {
        const point = ranks === 1 ? one : points.find((each) => each.layout === layout && each.ranks === ranks);
        if (point === undefined) return ['', '', ''];
        const calls = point.simulation.map(({ callMs }) => callMs);
        const speedup = pairedRatio(
          one.simulation.map(({ callMs }) => callMs),
          calls,
        ).median;
        return [seconds(median(calls)), speedup.toFixed(2), percent(speedup / ranks)];
      }),
    ]),
  );
}

function times({ training }: Measurement): NonNullable<Measurement['training']> {
  if (training === null) throw new Error('the times of a training are missing');
  return training;
}

const iterationTimes = ({ training }: Point): number[] => training.map((each) => times(each).iterationsMs);
const lpTimes = ({ training }: Point): number[] => training.map((each) => times(each).solveMs / times(each).lpSolves);

function seconds(ms: number): string {
  return `${(ms / 1000).toPrecision(3)} s`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
