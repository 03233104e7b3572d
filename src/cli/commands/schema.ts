import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nearestFile } from '../../case/case-files.js';
import { CASE_FILES, caseFileNamed, schemaFileName, schemaOf } from '../../case/schema/json-schema.js';
import { CobreError } from '../../errors.js';
import type { CommandContext } from '../context.js';
import { writeEnvelope } from '../envelope.js';
import { ExitCode } from '../exit-code.js';
import { plural } from '../format.js';
import { shownPath } from '../shown-path.js';

/** `cobre schema --list`: the files of a case and the names of their schemas. */
export function listSchemasCommand(context: CommandContext): ExitCode {
  const schemas = CASE_FILES.map((file) => ({ file, schema: schemaFileName(file) }));
  if (context.format !== 'human') {
    writeEnvelope(context, { command: 'schema', exitCode: ExitCode.success, data: { schemas } });
  } else if (!context.quiet) {
    const width = Math.max(...schemas.map(({ file }) => file.length));
    for (const { file, schema } of schemas) {
      context.stdout.write(`${context.outStyle('bold', file.padEnd(width))}  ${schema}\n`);
    }
  }
  return ExitCode.success;
}

/**
 * `cobre schema FILE`: prints the JSON Schema of one file. It is the result, so `--quiet` does not keep it back.
 * @throws {CobreError} `InvalidArgument`, if a case has no such file.
 */
export function printSchemaCommand(context: CommandContext, name: string): ExitCode {
  const file = caseFileNamed(name);
  if (file === null) {
    const near = nearestFile(name);
    throw new CobreError('InvalidArgument', `a case has no file ${name}`, {
      value: name,
      suggestion:
        near === null ? 'cobre schema --list shows all.' : `Did you mean ${near}? cobre schema --list shows all.`,
    });
  }
  const schema = schemaOf(file);
  if (context.format === 'human') context.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  else writeEnvelope(context, { command: 'schema', exitCode: ExitCode.success, data: { file, schema } });
  return ExitCode.success;
}

/**
 * `cobre schema --output DIR`: writes all schemas into a directory, which is made where there is none. Schemas that are
 * there are replaced; other files stay.
 * @throws {CobreError} `IoError`, if the directory or a file in it cannot be written.
 */
export async function exportSchemasCommand(context: CommandContext, output: string): Promise<ExitCode> {
  const directory = resolve(output);
  const files = CASE_FILES.map(schemaFileName);
  try {
    await mkdir(directory, { recursive: true });
    for (const file of CASE_FILES) {
      await writeFile(join(directory, schemaFileName(file)), `${JSON.stringify(schemaOf(file), null, 2)}\n`);
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new CobreError('IoError', `the schemas cannot be written to ${directory}: ${code}`, {
      value: output,
      suggestion: 'Give a directory that you may write to.',
      cause,
    });
  }
  if (context.format !== 'human') {
    writeEnvelope(context, { command: 'schema', exitCode: ExitCode.success, data: { directory, files } });
  } else if (!context.quiet) {
    context.stdout.write(`Wrote ${plural(files.length, 'schema')} to ${shownPath(directory)}.\n`);
  }
  return ExitCode.success;
}
