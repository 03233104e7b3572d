import { totalmem } from 'node:os';
import { describeMachine } from '../collectives/machine.js';
import { table } from '../collectives/markdown.js';
import { median } from '../collectives/statistics.js';
import type { LayoutName } from './job.js';
import type { Peaks } from './peak-memory.js';

/** Peaks of one layout, one entry a round; those of simulation by number of scenarios, ascending. */
export interface Measured {
  readonly layout: LayoutName;
  readonly training: Peaks[];
  readonly simulation: ReadonlyMap<number, Peaks[]>;
}

interface MemoryOrigin {
  readonly command: string;
  readonly rounds: number;
  readonly iterations: number;
}

/** A peak this many times another is above it by more than runs differ by themselves. */
const LIMIT = 1.1;

const MACHINE = ['processor', 'cores', 'system', 'Node', 'native modules', 'date'];

/** docs/memory.md */
export function memoryReport(measured: readonly Measured[], { command, rounds, iterations }: MemoryOrigin): string {
  const machine = describeMachine(undefined, null).filter(([label]) => MACHINE.includes(label));
  const numbers = [...measured[0].simulation.keys()];
  const few = numbers[0].toLocaleString('en');
  const many = numbers.at(-1)?.toLocaleString('en');
  return `${[
    '# Memory',
    'Written by a program; do not edit, run it again:',
    `\`\`\`sh\n${command}\n\`\`\``,
    [...machine, ['memory', `${mebibytes(totalmem())} MiB`]].map(([label, value]) => `- ${label}: ${value}`).join('\n'),
    `Peak resident size (\`VmHWM\`) in MiB, medians of ${rounds} ${rounds === 1 ? 'run' : 'runs'} with the smallest and the largest below. The case is
\`examples/four-regions\`: 12 stages, 4 reservoirs. Training has ${iterations} iterations; simulation follows its policy and writes the
results of every scenario. Each measurement is made in processes of its own. Threads share the size of their process; pages
that processes share count for each of them.`,
    `The ratio is that of ${many} scenarios to ${few}: bold above ${LIMIT}, which is more than runs differ by themselves.`,
    table(
      ['', 'training', ...numbers.map((number) => `${number.toLocaleString('en')} scenarios`), 'ratio'],
      measured.flatMap(rowsOf),
    ),
  ].join('\n\n')}\n`;
}

/** Two rows for each process: medians, and their spread. */
function rowsOf({ layout, training, simulation }: Measured): string[][] {
  const columns = [training, ...simulation.values()];
  const alone = training[0].children.length === 0;
  const parent = row(
    alone ? layout : `${layout}: parent`,
    columns.map((peaks) => peaks.map((peak) => peak.parent)),
  );
  const ranks = training[0].children.map((_, rank) =>
    row(
      `${layout}: rank ${rank}`,
      columns.map((peaks) => peaks.map(({ children }) => children[rank])),
    ),
  );
  return [parent, ...ranks].flat();
}

function row(label: string, columns: readonly (readonly number[])[]): string[][] {
  const ratio = median(columns.at(-1) ?? []) / median(columns[1]);
  return [
    [
      label,
      ...columns.map((peaks) => mebibytes(median(peaks))),
      ratio > LIMIT ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2),
    ],
    ['', ...columns.map((peaks) => `${mebibytes(Math.min(...peaks))} to ${mebibytes(Math.max(...peaks))}`), ''],
  ];
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
