import { AIMS, judge, type Verdict } from './aims.js';
import type { Contender } from './contenders.js';
import { table } from './markdown.js';
import { CALLS, type Plan } from './measures.js';
import type { Results } from './rounds.js';
import { median, pairedRatio, type Spread } from './statistics.js';

/** What was run, and on what. */
interface Origin {
  readonly command: string;
  readonly machine: readonly (readonly [string, string])[];
  readonly rounds: number;
  readonly seconds: number;
}

/** docs/benchmarks.md */
export function report(results: readonly Results[], { command, machine, rounds, seconds }: Origin): string {
  return `${[
    '# Collectives beside Open MPI',
    'Written by a program; do not edit, run it again:',
    `\`\`\`sh\n${command}\n\`\`\``,
    machine.map(([label, value]) => `- ${label}: ${value}`).join('\n'),
    `All contenders share the same cores and take turns, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in ${seconds.toFixed(0)} s. In a round each starts its ranks anew and gives for
every call the median of several readings of the clock, each over as many calls as take ${results[0].plan.sampling.sampleMs} ms or so.

**Ratios are the time of the first over the time of the second: below 1 the first is faster.** They are taken round by round,
since a slow spell of the machine meets both; given are the median over the rounds and, below it, the smallest and the
largest. Times are medians over the rounds.

\`allreduce\` is the sum of four doubles; a size stands for \`allgatherv\` of that much from each rank. "From a region": what is sent
lies in a shared region, and is received in private memory. "Zero-copy": sent and received in the shared memory of
\`comm.allocate\`. On a machine with more than two cores put \`taskset -c 0,1\` before the command.`,
    '## Aims',
    'A ratio above its limit is bold; an aim is met if no ratio is.',
    aimsTable(
      AIMS.map((aim) => judge(aim, results)),
      CALLS.measures.map(({ name }) => name),
    ),
    ...results.flatMap(section),
  ].join('\n\n')}\n`;
}

const HEADING: Readonly<Record<Plan['kind'], string>> = {
  calls: 'ranks with a core each',
  use: 'ranks, data written, gathered and read',
  oversubscribed: 'ranks that share the cores',
};

const NOTE: Readonly<Record<Plan['kind'], string>> = {
  calls:
    'Open MPI as it comes, a core for each rank (`--bind-to core`), and with `--mca pml ob1 --mca btl tcp,self`. A zero-copy\ncall moves nothing, so its time is that of a barrier; what that is worth, the next section tells.',
  use: 'Each time every rank writes all that it sends, calls `allgatherv`, and reads a double of every cache line that it has\nreceived. So what a call leaves to be fetched later is counted, for all alike.',
  oversubscribed: 'Open MPI with `--oversubscribe --bind-to none --mca mpi_yield_when_idle 1`.',
};

function section({ size, plan, contenders, times }: Results): string[] {
  const measures = plan.measures.map(({ name }) => name);
  const timeRows = contenders.map(({ name }) => [
    name,
    ...measures.map((measure) => formatted(times.get(name)?.get(measure), (own) => formatTime(median(own)))),
  ]);
  const ratioRows = contenders.flatMap((contender) => rowsOfRatios(contender, measures, times));
  return [
    `## ${size} ${HEADING[plan.kind]}`,
    NOTE[plan.kind],
    'Microseconds:',
    table(['', ...measures], timeRows),
    ...(ratioRows.length > 0 ? ['Ratios:', table(['', ...measures], ratioRows)] : []),
  ];
}

/** For each base one row with medians and one with their spread. */
function rowsOfRatios({ name, bases }: Contender, measures: readonly string[], times: Results['times']): string[][] {
  return bases
    .filter((base) => base !== name && times.has(base))
    .flatMap((base) => {
      const ratios = measures.map((measure) => {
        const own = times.get(name)?.get(measure);
        const others = times.get(base)?.get(measure);
        return own === undefined || others === undefined ? undefined : pairedRatio(own, others);
      });
      return [
        [`${name} / ${base}`, ...ratios.map((ratio) => formatted(ratio, (r) => formatRatio(r.median)))],
        ['', ...ratios.map((ratio) => formatted(ratio, formatRange))],
      ];
    });
}

function aimsTable(verdicts: readonly Verdict[], measures: readonly string[]): string {
  const rows = verdicts.map(({ aim, ratios, met }) => [
    `${aim.contender} / ${aim.base}${aim.kind === 'oversubscribed' ? ', sharing cores' : ''}`,
    String(aim.limit),
    ...measures.map((measure) =>
      formatted(ratios.get(measure), ({ median }) =>
        median > aim.limit ? `**${formatRatio(median)}**` : formatRatio(median),
      ),
    ),
    met === null ? 'not measured' : met ? 'yes' : '**no**',
  ]);
  return table(['', 'limit', ...measures, 'met'], rows);
}

/** An empty cell for what there is not. */
function formatted<T>(value: T | undefined, format: (value: T) => string): string {
  return value === undefined ? '' : format(value);
}

function formatTime(microseconds: number): string {
  return microseconds >= 100 ? microseconds.toFixed(0) : microseconds.toPrecision(3);
}

function formatRatio(ratio: number): string {
  if (ratio < 0.01) return ratio.toPrecision(1);
  return ratio.toFixed(ratio < 10 ? 2 : 0);
}

function formatRange({ min, max }: Spread): string {
  return `${formatRatio(min)} to ${formatRatio(max)}`;
}
