import { AIMS, judge, type Verdict } from './aims.js';
import type { Contender } from './contenders.js';
import { table } from './markdown.js';
import type { Results } from './rounds.js';
import { median, pairedRatio, type Spread } from './statistics.js';

/** What was run, and on what. */
export interface Origin {
  readonly command: string;
  readonly machine: readonly (readonly [string, string])[];
  readonly rounds: number;
  readonly seconds: number;
}

const NOTHING = '';

/** docs/benchmarks.md */
export function report(results: readonly Results[], origin: Origin): string {
  const verdicts = AIMS.map((aim) =>
    judge(
      aim,
      results.find(({ oversubscribed }) => oversubscribed === aim.oversubscribed),
    ),
  );
  return `${[
    `# Collectives beside Open MPI`,
    `Written by a program; do not edit, run it again:`,
    `\`\`\`sh\n${origin.command}\n\`\`\``,
    table(['', ''], origin.machine),
    `All contenders share the same cores and take turns, ${origin.rounds} rounds in ${origin.seconds.toFixed(0)} s. In a round each starts its ranks anew and gives
for every call the median of several readings of the clock, of thousands of calls each where they are short. A table's time is the
median over the rounds. **A ratio is taken within a round, then the median over the rounds, and below it the smallest and largest:
time of the one in front / time of the one behind, so below 1 the one in front is faster.** On a machine with more cores put
\`taskset -c 0,1\` before the command.`,
    `\`allreduce\` is the sum of four doubles; a size stands for \`allgatherv\` of that much from each rank. "From a region": what
is sent lies in a shared region, and is received in private memory. "Zero-copy": sent and received in shared memory.`,
    `## Aims`,
    aimsTable(verdicts),
    ...results.flatMap(section),
  ].join('\n\n')}\n`;
}

function section(results: Results): string[] {
  const { size, oversubscribed, plan } = results;
  const heading = oversubscribed ? `${size} ranks that share the cores` : `${size} ranks with a core each`;
  const measures = plan.measures.map(({ name }) => name);
  return [
    `## ${heading}`,
    ...(oversubscribed
      ? ['Open MPI with `--oversubscribe --bind-to none --mca mpi_yield_when_idle 1`.']
      : [
          'Open MPI with `--bind-to core`, unless it is confined to some of the cores; over TCP with `--mca pml ob1 --mca btl tcp,self`.',
        ]),
    'Microseconds a call:',
    table(
      ['', ...measures],
      results.contenders.map(({ name }) => [
        name,
        ...measures.map((measure) => {
          const times = results.times.get(name)?.get(measure);
          return times === undefined ? NOTHING : formatTime(median(times));
        }),
      ]),
    ),
    'Ratios:',
    table(
      ['', ...measures],
      results.contenders.flatMap((contender) => contender.bases.flatMap((base) => ratioRows(results, contender, base))),
    ),
  ];
}

/** One row with medians, one with their spread. */
function ratioRows({ times, plan }: Results, { name }: Contender, base: string): string[][] {
  if (name === base || !times.has(base)) return [];
  const ratios = plan.measures.map((measure) => {
    const own = times.get(name)?.get(measure.name);
    const others = times.get(base)?.get(measure.name);
    return own === undefined || others === undefined ? null : pairedRatio(own, others);
  });
  return [
    [`${name} / ${base}`, ...ratios.map((ratio) => (ratio === null ? NOTHING : formatRatio(ratio.median)))],
    ['', ...ratios.map((ratio) => (ratio === null ? NOTHING : formatRange(ratio)))],
  ];
}

function aimsTable(verdicts: readonly Verdict[]): string {
  return table(
    ['', 'at most', 'ratios', 'met'],
    verdicts.map(({ aim, ratios, met }) => [
      `${aim.contender} / ${aim.base}${aim.oversubscribed ? ', sharing cores' : ''}`,
      String(aim.limit),
      ratios
        .map(({ measure, ratio }) => {
          if (ratio === null) return `${measure} not measured`;
          const value = formatRatio(ratio.median);
          return `${measure} ${ratio.median > aim.limit ? `**${value}**` : value}`;
        })
        .join(', '),
      met === null ? 'not measured' : met ? 'yes' : '**no**',
    ]),
  );
}

export function formatTime(microseconds: number): string {
  return microseconds >= 100 ? microseconds.toFixed(0) : microseconds.toPrecision(3);
}

/** To two decimals: what is shown can be compared with an aim. */
export function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 0);
}

function formatRange({ min, max }: Spread): string {
  return `${formatRatio(min)} to ${formatRatio(max)}`;
}
