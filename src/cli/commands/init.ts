import { resolve } from 'node:path';
import { CobreError } from '../../errors.js';
import type { CommandContext } from '../context.js';
import { writeEnvelope } from '../envelope.js';
import { ExitCode } from '../exit-code.js';
import { shownPath } from '../shown-path.js';
import { copyTemplate, listTemplates } from '../templates.js';

/** `cobre init --list`. */
export async function listCommand(context: CommandContext): Promise<ExitCode> {
  const templates = await listTemplates(context.packageRoot);
  if (context.format !== 'human') {
    writeEnvelope(context, { command: 'init', exitCode: ExitCode.success, data: { templates } });
  } else if (!context.quiet) {
    const width = Math.max(...templates.map((template) => template.name.length));
    for (const { name, description } of templates) {
      context.stdout.write(`${context.outStyle('bold', name.padEnd(width))}  ${description}\n`);
    }
  }
  return ExitCode.success;
}

/** `cobre init --template NAME DIR`. Throws as `copyTemplate` does. */
export async function initCommand(
  context: CommandContext,
  template: string | undefined,
  directory: string | undefined,
): Promise<ExitCode> {
  if (template === undefined || directory === undefined) {
    throw new CobreError('InvalidArgument', 'init needs --template NAME and a directory', {
      suggestion: 'Write for example: cobre init --template one-reservoir my-case (cobre init --list shows all)',
    });
  }
  const target = resolve(directory);
  await copyTemplate(context.packageRoot, template, target);
  if (context.format !== 'human') {
    writeEnvelope(context, { command: 'init', exitCode: ExitCode.success, data: { template, directory: target } });
  } else if (!context.quiet) {
    const shown = shownPath(target);
    context.stdout.write(
      `Copied ${template} to ${shown}.\n\n  cobre validate ${shown}\n  cobre run ${shown} --workers 2\n`,
    );
  }
  return ExitCode.success;
}
