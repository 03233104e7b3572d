import { resolve } from 'node:path';
import type { CommandContext } from '../context.js';
import { writeEnvelope } from '../envelope.js';
import { ExitCode } from '../exit-code.js';
import { boundsData, costsData } from '../result-data.js';
import { renderResults, wrapWords } from '../result-report.js';
import type { RunSummary } from '../summary.js';
import { requireDirectory } from './run.js';

function toData(summary: RunSummary, directory: string) {
  const { training, simulation } = summary;
  return {
    output_directory: directory,
    case_name: summary.caseName,
    status: summary.status,
    policy_digest: summary.policyDigest,
    training: training && {
      iterations: training.iterations,
      ...boundsData(training),
      termination_reason: training.terminationReason,
      total_cuts: training.totalCuts,
      ranks: training.workers,
      wall_time_ms: training.wallTimeMs === null ? null : Math.round(training.wallTimeMs),
    },
    simulation: simulation && {
      ...costsData(simulation),
      wall_time_ms: simulation.wallTimeMs === null ? null : Math.round(simulation.wallTimeMs),
    },
    metadata: { started_at: summary.startedAt, finished_at: summary.completedAt },
  };
}

/** `cobre summary`: the results in a directory, told again. Throws what reading them throws. */
export async function summaryCommand(context: CommandContext, directoryArgument: string): Promise<ExitCode> {
  const directory = resolve(directoryArgument);
  await requireDirectory(
    directory,
    'the output directory',
    'Check the path; a run leaves its results in CASE/output, or where its option --output says.',
  );
  const summary = await context.library.readSummary(directory);
  if (context.format !== 'human') {
    writeEnvelope(context, { command: 'summary', exitCode: ExitCode.success, data: toData(summary, directory) });
  } else if (!context.quiet) {
    const finished = summary.completedAt ? `, finished ${summary.completedAt}` : '';
    const title = `${summary.caseName ?? directory}, ${summary.status}${finished}`;
    for (const line of wrapWords(title, context.stdout.columns ?? Number.POSITIVE_INFINITY)) {
      context.stdout.write(`${context.outStyle('bold', line)}\n`);
    }
    context.stdout.write(
      renderResults(
        summary,
        directory,
        context.outStyle,
        context.stdout.columns === undefined ? {} : { width: context.stdout.columns },
      ),
    );
  }
  return ExitCode.success;
}
