import { resolve } from 'node:path';
import type { Study } from '../../case/study.js';
import { type CaseWarning, CobreError, type ErrorKind, warningRecord } from '../../errors.js';
import type { CommandContext } from '../context.js';
import { writeEnvelope } from '../envelope.js';
import { errorsIn, renderErrors, renderWarning } from '../error-report.js';
import { type ExitCode, exitCodeOfErrors } from '../exit-code.js';
import { plural } from '../format.js';
import { nameSetOption } from '../overrides.js';
import { NO_CASE, requireDirectory } from './run.js';

const LAYERS = ['structure', 'schema', 'references', 'dimensions', 'meaning'] as const;

/** The layer (1 to 5) that finds each kind of error; kinds not listed belong to the last. */
const LAYER_OF_KIND: Partial<Record<ErrorKind, number>> = {
  MissingFile: 1,
  ParseError: 1,
  SchemaViolation: 2,
  TypeMismatch: 2,
  OutOfRange: 2,
  InvalidEnum: 2,
  DuplicateId: 2,
  NotSupported: 2,
  MissingReference: 3,
  CoverageMismatch: 4,
  StageMismatch: 4,
};

function layerOf(error: CobreError): number {
  return LAYER_OF_KIND[error.kind] ?? LAYERS.length;
}

function entityCount(study: Study): number {
  const { buses, lines, hydros, thermals, sources, pumps, contracts } = study;
  return [buses, lines, hydros, thermals, sources, pumps, contracts].reduce((sum, list) => sum + list.length, 0);
}

/** `cobre validate`: all five layers, nothing solved. Returns the exit code. */
export async function validateCommand(
  context: CommandContext,
  caseArgument: string,
  configOverrides: Readonly<Record<string, unknown>>,
): Promise<ExitCode> {
  const directory = resolve(caseArgument);
  let errors: readonly CobreError[];
  let warnings: readonly CaseWarning[] = [];
  let study: Study | null = null;
  try {
    await requireDirectory(directory, 'the case directory', NO_CASE);
    ({ errors, warnings, study } = await context.library.validate(directory, { configOverrides }));
  } catch (error) {
    if (!(error instanceof CobreError)) throw error;
    errors = errorsIn(error);
  }
  errors = errors.map(nameSetOption);
  const exitCode = exitCodeOfErrors(errors);
  const firstFailing = Math.min(LAYERS.length + 1, ...errors.map(layerOf));
  const entities = study ? { entities_validated: entityCount(study) } : {};

  if (context.format !== 'human') {
    writeEnvelope(context, {
      command: 'validate',
      exitCode,
      errors: errors.map((error) => error.toJSON()),
      warnings: warnings.map(warningRecord),
      data: {
        case_directory: directory,
        timestamp: new Date().toISOString(),
        layers_completed: firstFailing - 1,
        ...entities,
      },
      summary: { ...entities, error_count: errors.length, warning_count: warnings.length },
    });
    return exitCode;
  }
  if (!context.quiet) {
    const { outStyle: style } = context;
    const lines = LAYERS.map((name, index) => {
      const layer = index + 1;
      const found = errors.filter((error) => layerOf(error) === layer).length;
      const result =
        found > 0
          ? style('red', plural(found, 'error'))
          : layer < firstFailing
            ? style('green', 'ok')
            : style('dim', 'to be judged once the errors before it are gone');
      return `  ${layer} ${name.padEnd(12)}${result}`;
    });
    context.stdout.write(`${lines.join('\n')}\n`);
    if (study && errors.length === 0) {
      context.stdout.write(
        `${study.name} is valid: ${plural(study.stages.length, 'stage')}, ${plural(study.buses.length, 'bus', 'buses')}, ` +
          `${plural(study.hydros.length, 'hydro plant')}, ${plural(study.thermals.length, 'thermal plant')}, ` +
          [
            plural(study.lines.length, 'line'),
            ...(study.sources.length > 0 ? [plural(study.sources.length, 'non-controllable source')] : []),
            ...(study.pumps.length > 0 ? [plural(study.pumps.length, 'pumping station')] : []),
            ...(study.contracts.length > 0 ? [plural(study.contracts.length, 'contract')] : []),
          ].join(', ') +
          '.\n',
      );
    }
    for (const warning of warnings) context.stderr.write(renderWarning(warning, context.errStyle));
  }
  if (errors.length > 0) context.stderr.write(`${context.quiet ? '' : '\n'}${renderErrors(errors, context.errStyle)}`);
  return exitCode;
}
