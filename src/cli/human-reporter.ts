import { type Options, SingleBar } from 'cli-progress';
import type { Study } from '../case/study.js';
import type { ProgressEvent } from '../options.js';
import { boundsFromAbove } from '../sddp/comparable.js';
import { iterationLimit } from '../sddp/stopping-rules.js';
import type { CommandContext } from './context.js';
import { renderWarning } from './error-report.js';
import { formatCount, formatDuration, plural } from './format.js';
import { leadingEvents } from './leading-events.js';
import { boundsText, clockText, linePeriod, shortBoundsText, timeText, trainingClock } from './progress-line.js';
import type { RunPlan, RunReporter } from './run-reporter.js';
import type { Style } from './style.js';
import { simulationTimeLeft } from './time-left.js';

const BAR_WIDTH = 8;
/** From this width on, a bar's line has room for units and the name of the phase. */
const WIDE_TERMINAL = 110;
/** Share of a simulation between two lines where nothing may be redrawn. */
const SIMULATION_LINES = 4;

function range(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}

function rulesText(study: Study): string {
  const { stoppingRules, stoppingMode } = study.config.training;
  return stoppingRules
    .map((rule) => {
      if (rule.type === 'iteration_limit') return plural(rule.limit, 'iteration');
      if (rule.type === 'time_limit') return formatDuration(rule.seconds * 1000);
      if (rule.type === 'simulation') return `a stable policy, simulated every ${plural(rule.period, 'iteration')}`;
      return `${plural(rule.iterations, 'iteration')} without progress`;
    })
    .join(stoppingMode === 'all' ? ' and ' : ' or ');
}

/** One seed for openings and paths where they have the same. */
function seedText({ config, noiseOpenings }: Study): string {
  const { treeSeed, forwardSeed } = config.training;
  // Openings that the case brings are of no seed.
  if (noiseOpenings !== null) return `seed ${forwardSeed} of the paths`;
  return treeSeed === forwardSeed
    ? `seed ${treeSeed}`
    : `seed ${treeSeed} of the openings, ${forwardSeed} of the paths`;
}

function cycleText(stages: readonly { readonly id: number }[], cycleStart: number): string {
  const count = plural(stages.length - cycleStart, 'stage');
  return `${count} without end: stage ${stages.at(-1)?.id} leads back to stage ${stages[cycleStart]?.id}`;
}

/** What is about to run, for a person. */
export function renderBanner(plan: RunPlan, version: string, style: Style): string {
  const { study, workers, how } = plan;
  const { training, simulation } = study.config;
  const row = (name: string, value: string) => `  ${style('dim', name.padEnd(10))}  ${value}`;
  const first = study.stages[0];
  const last = study.stages[study.stages.length - 1];
  const lines = [
    `${style('bold', `cobre ${version}`)}  ${study.name}`,
    row(
      'System',
      [
        plural(study.buses.length, 'bus', 'buses'),
        plural(study.hydros.length, 'hydro plant'),
        plural(study.thermals.length, 'thermal plant'),
        plural(study.lines.length, 'line'),
      ].join(', '),
    ),
  ];
  if (first && last) {
    const counts = range(study.stages.map((stage) => stage.openings));
    const openings = `${counts} ${counts === '1' ? 'opening' : 'openings'}`;
    lines.push(
      row(
        'Horizon',
        `${plural(study.stages.length, 'stage')}, ${first.startDate} to ${last.endDate}, ${openings} a stage`,
      ),
    );
  }
  if (study.cycleStart !== null) lines.push(row('Cycle', cycleText(study.stages, study.cycleStart)));
  if (training.enabled) {
    const paths = plural(training.forwardPasses, 'path');
    lines.push(row('Training', `${paths} an iteration, ends after ${rulesText(study)}; ${seedText(study)}`));
  }
  if (simulation.enabled) {
    lines.push(row('Simulation', `${plural(simulation.scenarios, 'scenario')}; seed ${simulation.seed}`));
  }
  lines.push(row('Workers', `${formatCount(workers)}${how === null ? '' : ` ${how}`}`));
  return `${lines.join('\n')}\n\n`;
}

interface Display {
  training(event: ProgressEvent, left: number | null): void;
  simulation(complete: number, total: number, elapsed: number, left: number | null): void;
  stopping(): void;
  close(): void;
}

/** A bar that is redrawn in place, for terminals. */
function barDisplay(context: CommandContext, study: Study): Display {
  const limit = iterationLimit(study.config.training.stoppingRules);
  const isBound = boundsFromAbove(study);
  const wide = (context.stderr.columns ?? 0) >= WIDE_TERMINAL;
  const options: Options = {
    stream: context.stderr as NodeJS.WritableStream,
    format: wide ? '{phase}  {bar} {count}  {text}{note}' : '{bar} {count}  {text}{note}',
    barsize: wide ? 2 * BAR_WIDTH : BAR_WIDTH,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    hideCursor: true,
    // Interrupts are the command's: it stops the bar after the run has ended cleanly.
    gracefulExit: false,
  };
  let bar: SingleBar | null = null;
  let phase = '';
  let note = '';
  const show = (name: string, value: number, total: number, count: string, text: string) => {
    if (bar === null || phase !== name) {
      bar?.stop();
      bar = new SingleBar(options);
      phase = name;
      bar.start(total, value, { phase: name, count, text, note });
    } else {
      bar.update(value, { phase: name, count, text, note });
    }
  };
  // The first iteration may take long: the bar shows that something is going on.
  if (study.config.training.enabled) show('Training', 0, limit ?? 1, limit === null ? '0' : `0/${limit}`, 'starting');
  return {
    training(event, left) {
      const iteration = event.iteration ?? 0;
      const count = limit === null ? `${iteration}` : `${iteration}/${limit}`;
      const bounds = wide ? boundsText(event, isBound) : shortBoundsText(event, isBound);
      const text = `${bounds}  ${note ? '' : clockText(event.wallTimeMs, left)}`;
      // Without a limit on iterations, the bar tells of time if that is limited, else it stays empty.
      const total = limit ?? (left === null ? 1 : event.wallTimeMs + left);
      const value = limit !== null ? iteration : left === null ? 0 : event.wallTimeMs;
      bar?.setTotal(Math.max(1, total));
      show('Training', value, Math.max(1, total), count, text);
    },
    simulation(complete, total, elapsed, left) {
      const count = `${formatCount(complete)}/${formatCount(total)} scenarios`;
      show('Simulation', complete, Math.max(1, total), count, clockText(elapsed, left));
    },
    stopping() {
      note = 'stopping ...';
      bar?.update({ text: 'stopping after this iteration; Ctrl-C again quits at once', note: '' });
    },
    close() {
      bar?.stop();
      bar = null;
    },
  };
}

/** A few lines, each written once, for files and pipes. */
function lineDisplay(context: CommandContext, study: Study): Display {
  const period = linePeriod(study.config.training.stoppingRules);
  const limit = iterationLimit(study.config.training.stoppingRules);
  const isBound = boundsFromAbove(study);
  const width = String(limit ?? 9999).length;
  let quarters = 0;
  const write = (line: string) => context.stderr.write(`${line}\n`);
  return {
    training(event, left) {
      const iteration = event.iteration ?? 0;
      if (iteration !== 1 && iteration % period !== 0 && iteration !== limit) return;
      write(
        `iteration ${String(iteration).padStart(width)}  ${boundsText(event, isBound)}  ${timeText(event.wallTimeMs, left)}`,
      );
    },
    simulation(complete, total, elapsed, left) {
      const reached = total > 0 ? Math.floor((SIMULATION_LINES * complete) / total) : 0;
      if (reached <= quarters) return;
      quarters = reached;
      write(`simulated ${formatCount(complete)} of ${formatCount(total)} scenarios  ${timeText(elapsed, left)}`);
    },
    stopping() {},
    close() {},
  };
}

/**
 * Tells a person how a run goes: what is run to stdout (with `banner`), how it goes to stderr, redrawn in place on a
 * terminal and as about ten plain lines elsewhere.
 */
export function humanReporter(context: CommandContext, { banner }: { readonly banner: boolean }): RunReporter {
  const events = leadingEvents();
  let display: Display | null = null;
  let clock: ReturnType<typeof trainingClock> | null = null;
  return {
    started(plan) {
      if (banner) context.stdout.write(renderBanner(plan, context.version, context.outStyle));
      for (const warning of plan.study.warnings) {
        context.stderr.write(renderWarning(warning, context.errStyle));
      }
      const { stoppingRules, stoppingMode } = plan.study.config.training;
      clock = trainingClock(stoppingRules, stoppingMode);
      display = context.stderr.isTTY ? barDisplay(context, plan.study) : lineDisplay(context, plan.study);
    },
    progress(event) {
      if (event.phase === 'simulation') {
        const { complete, total } = events.simulation(event);
        display?.simulation(complete, total, event.wallTimeMs, simulationTimeLeft(complete, total, event.wallTimeMs));
      } else if (events.isNewIteration(event) && clock) {
        display?.training(event, clock(event));
      }
    },
    terminated() {
      display?.close();
    },
    stopping() {
      if (display && context.stderr.isTTY) display.stopping();
      else context.stderr.write('Stopping after the current iteration; interrupt again to quit at once.\n');
    },
    close() {
      display?.close();
    },
  };
}
