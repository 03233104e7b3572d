import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { MAX_WORKERS } from '../api/check-options.js';
import { nearestName } from '../case/read/nearest-name.js';
import { CobreError, type ErrorRecord } from '../errors.js';
import { initCommand, listCommand } from './commands/init.js';
import { type OwnRanks, runCommand } from './commands/run.js';
import { summaryCommand } from './commands/summary.js';
import { validateCommand } from './commands/validate.js';
import { versionCommand } from './commands/version.js';
import { type CommandContext, type Environment, OUTPUT_FORMATS, type OutputFormat } from './context.js';
import { writeEnvelope } from './envelope.js';
import { errorRecords, errorsIn, renderErrors } from './error-report.js';
import { ExitCode, exitCodeOf } from './exit-code.js';
import { parseOverrides } from './overrides.js';
import { styleFor } from './style.js';

interface GlobalOptions {
  readonly outputFormat: OutputFormat;
  readonly quiet?: boolean;
}

const EXIT_CODES = `
Exit codes:
  0    success
  1    wrong arguments
  2    config.json or its overrides are not valid
  3    other input is not valid, or there is no such case
  4    the run failed (solver, worker, communication, files)
  5    there is no checkpoint or policy to start from that can be used
  130  interrupted; the policy of the last complete iteration is saved`;

function parseWorkers(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  if (count > MAX_WORKERS) {
    throw new InvalidArgumentError(`More than ${MAX_WORKERS} would only wait for each other; use the number of cores.`);
  }
  return count;
}

/** Ranks that the command line asks to start, or `null` where it leaves that to the environment. */
function ownRanks({
  workers,
  backend,
  startMethod,
}: Omit<OwnRanks, 'workers'> & { workers?: number }): OwnRanks | null {
  if (workers === undefined && startMethod === undefined && (backend === undefined || backend === 'auto')) return null;
  if (workers === undefined && backend !== 'local') {
    throw new CobreError('InvalidArgument', 'how workers are started takes a number of workers', {
      suggestion: 'Add --workers N with N above 1.',
    });
  }
  return {
    workers: workers ?? 1,
    askedBy: workers === undefined ? '--backend' : '--workers',
    ...(backend === undefined ? {} : { backend }),
    ...(startMethod === undefined ? {} : { startMethod }),
  };
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function overridesOption(): Option {
  return new Option('--set <key=value>', 'set a value of config.json for this time only (repeatable)')
    .argParser(collect)
    .default([] as string[], 'none');
}

/**
 * Reads `argv` (without node and script), runs one command, and returns the exit code. Never throws and never ends
 * the process.
 */
export async function runCli(argv: readonly string[], environment: Environment): Promise<number> {
  // What the parser says about wrong arguments is held back until the format is known.
  let complaint = '';
  let exitCode: ExitCode = ExitCode.success;
  let current: CommandContext = contextFor(environment, formatIn(argv), argv.includes('--quiet'));
  let commandName: string | null = null;

  const program = new Command();
  const enter = (command: Command): CommandContext => {
    const options = command.optsWithGlobals<GlobalOptions>();
    current = contextFor(environment, options.outputFormat, options.quiet ?? false);
    return current;
  };
  program
    .name('cobre')
    .description('Plans hydrothermal power systems with SDDP; the same policy bits on any number of workers.')
    .version(environment.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // The parser's own would answer an unknown command with the general help, as a success.
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => environment.stdout.write(text),
      writeErr: (text) => {
        complaint += text;
      },
      getOutHelpWidth: () => environment.stdout.columns ?? 80,
      getErrHelpWidth: () => environment.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .hook('preSubcommand', (_program, subcommand) => {
      commandName = subcommand.name();
    })
    .addOption(new Option('--output-format <format>', 'what stdout carries').choices(OUTPUT_FORMATS).default('human'))
    .option('--quiet', 'print errors only, and with a JSON format the result')
    .addHelpText(
      'after',
      `
Examples:
  cobre init --template one-reservoir my-case
  cobre run my-case --workers 2
  cobre summary my-case/output
${EXIT_CODES}`,
    );

  program
    .command('run')
    .description('train a policy for a case, simulate it, write the results')
    .argument('<case>', 'case directory')
    .option('--workers <n>', 'number of workers to start; the results do not depend on it', parseWorkers)
    .addOption(new Option('--backend <backend>', 'what workers talk through').choices(['auto', 'shm', 'tcp', 'local']))
    .addOption(new Option('--start-method <method>', 'what workers are').choices(['thread', 'spawn']))
    .option('--resume', 'go on from the last checkpoint (as --set policy.mode=resume)')
    .option('--output <dir>', 'where the results go (default: output inside the case)')
    .option('--no-simulation', 'train only')
    .addOption(overridesOption())
    .addHelpText(
      'after',
      `
Examples:
  cobre run my-case --workers 4 --output results
  cobre run my-case --output results --resume
  cobre run my-case --resume --set 'training.stopping_rules=[{"type":"iteration_limit","limit":200}]'
  cobre run my-case --workers 4 --start-method spawn
  mpiexec -n 4 cobre run my-case
  cobre run my-case --set training.forward_passes=20 --set simulation.num_scenarios=500
  cobre run my-case --output-format json-lines | grep progress

Without --workers, --backend and --start-method the environment decides: under mpiexec or srun, or where COBRE_TCP_* or
COBRE_SHM_* say so, this process is one rank of a job, and rank 0 alone prints and writes. Otherwise it is on its own.

The first Ctrl-C ends the run after the current iteration and saves its policy; the second ends it at once. A run that
was cut off in any way goes on with --resume, to the same results.`,
    )
    .action(async (directory: string, options, command: Command) => {
      const context = enter(command);
      const assignments: string[] = [
        ...options.set,
        ...(options.simulation ? [] : ['simulation.enabled=false']),
        ...(options.resume ? ['policy.mode=resume'] : []),
      ];
      exitCode = await runCommand(context, directory, {
        ranks: ownRanks(options),
        configOverrides: parseOverrides(assignments),
        resume: options.resume ?? false,
        ...(options.output === undefined ? {} : { output: options.output }),
      });
    });

  program
    .command('validate')
    .description('check a case in five layers: structure, schema, references, dimensions, meaning')
    .argument('<case>', 'case directory')
    .addOption(overridesOption())
    .addHelpText('after', '\nExamples:\n  cobre validate my-case\n  cobre validate my-case --output-format json')
    .action(async (directory: string, options, command: Command) => {
      exitCode = await validateCommand(enter(command), directory, parseOverrides(options.set));
    });

  program
    .command('init')
    .description('start a case from a template')
    .argument('[dir]', 'a new or empty directory')
    .option('--template <name>', 'which template')
    .option('--list', 'list the templates')
    .addHelpText('after', '\nExamples:\n  cobre init --list\n  cobre init --template one-reservoir my-case')
    .action(async (directory: string | undefined, options, command: Command) => {
      const context = enter(command);
      if (options.list && (directory !== undefined || options.template !== undefined)) {
        throw new CobreError('InvalidArgument', `--list stands alone, without ${directory ?? '--template'}`, {
          suggestion: 'Write cobre init --list, or cobre init --template NAME DIR.',
        });
      }
      exitCode = options.list ? await listCommand(context) : await initCommand(context, options.template, directory);
    });

  program
    .command('schema')
    .description(
      'JSON Schema of the files of a case, for editors and other tools; that of a Parquet table is of its rows',
    )
    .argument('[file]', 'print the schema of this file; `export` writes them all')
    .option('--list', 'list the files that have a schema')
    .option('--output, --output-dir <dir>', 'write all schemas into a directory')
    .addHelpText(
      'after',
      `
Examples:
  cobre schema --list
  cobre schema system/hydros.json
  cobre schema scenarios/inflow_history.parquet
  cobre schema --output schemas
  cobre schema export --output-dir schemas`,
    )
    .action(async (file: string | undefined, options, command: Command) => {
      const context = enter(command);
      const { listSchemasCommand, printSchemaCommand, exportSchemasCommand } = await import('./commands/schema.js');
      const isExport = file === 'export';
      const asked = [file, options.list, isExport ? undefined : options.outputDir].filter((one) => one !== undefined);
      if (asked.length !== 1) {
        throw new CobreError('InvalidArgument', 'schema takes one of --list, a file, and --output', {
          suggestion: 'Write for example: cobre schema system/hydros.json',
        });
      }
      if (options.list) exitCode = listSchemasCommand(context);
      else if (file === undefined || isExport) exitCode = await exportSchemasCommand(context, options.outputDir ?? '.');
      else exitCode = printSchemaCommand(context, file);
    });

  program
    .command('summary')
    .description('tell the results of an earlier run again')
    .argument('<dir>', 'output directory of the run')
    .addHelpText('after', '\nExamples:\n  cobre summary my-case/output')
    .action(async (directory: string, _options, command: Command) => {
      exitCode = await summaryCommand(enter(command), directory);
    });

  program
    .command('version')
    .description('print the versions of cobre, Node and the solver')
    .action(async (_options, command: Command) => {
      exitCode = await versionCommand(enter(command));
    });

  program
    .command('help')
    .description('print help for a command')
    .argument('[command]', 'which command')
    .action((name: string | undefined, _options, command: Command) => {
      enter(command);
      const topic = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (topic === undefined) {
        const names = program.commands.map((one) => one.name());
        const near = nearestName(name ?? '', names);
        throw new CobreError('InvalidArgument', `there is no command '${name}'`, {
          value: name,
          suggestion: near === null ? `Choose one of: ${names.join(', ')}` : `Did you mean ${near}?`,
        });
      }
      topic.outputHelp();
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return ExitCode.success;
      reportArguments(current, commandName, complaint || `${error.message}\n`);
      return ExitCode.arguments;
    }
    return reportFailure(current, commandName, error);
  }
}

/** The format as far as it can be told before, or without, a successful parse. */
function formatIn(argv: readonly string[]): OutputFormat {
  const flag = '--output-format';
  for (const [index, argument] of argv.entries()) {
    const value =
      argument === flag ? argv[index + 1] : argument.startsWith(`${flag}=`) ? argument.slice(flag.length + 1) : null;
    const format = OUTPUT_FORMATS.find((one) => one === value);
    if (format) return format;
  }
  return 'human';
}

function contextFor(environment: Environment, format: OutputFormat, quiet: boolean): CommandContext {
  return {
    ...environment,
    format,
    quiet,
    outStyle: styleFor(environment.stdout, environment.env),
    errStyle: styleFor(environment.stderr, environment.env),
  };
}

function reportArguments(context: CommandContext, command: string | null, complaint: string): void {
  if (context.format === 'human') {
    context.stderr.write(complaint);
    return;
  }
  const record: ErrorRecord = {
    kind: 'InvalidArgument',
    message: complaint.trim().replace(/^error: /, ''),
    context: {},
    suggestion: 'cobre --help',
  };
  writeEnvelope(context, { command, exitCode: ExitCode.arguments, errors: [record] });
}

function reportFailure(context: CommandContext, command: string | null, error: unknown): ExitCode {
  const exitCode = exitCodeOf(error);
  if (context.format === 'human') {
    context.stderr.write(renderErrors(errorsIn(error), context.errStyle));
    if (error instanceof CobreError && error.kind === 'InvalidArgument' && command) {
      context.stderr.write(`See: cobre ${command === 'help' ? '' : `${command} `}--help\n`);
    }
  } else {
    writeEnvelope(context, { command, exitCode, errors: errorRecords(error) });
  }
  return exitCode;
}
