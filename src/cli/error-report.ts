import { type CaseWarning, CobreError, type ErrorRecord, ValidationError, WorkerError } from '../errors.js';
import { plural } from './format.js';
import { nameSetOption } from './overrides.js';
import type { Style } from './style.js';

/** Values longer than this are cut: the file holds the rest. */
const LONGEST_VALUE = 120;

/** The single errors inside anything thrown. */
export function errorsIn(error: unknown): readonly CobreError[] {
  if (error instanceof ValidationError) return error.errors.map(nameSetOption);
  if (error instanceof CobreError) return [error];
  const message = error instanceof Error ? error.message : String(error);
  return [
    new CobreError('InternalError', `unexpected: ${message}`, {
      cause: error,
      suggestion: 'This is a fault of the program, not of your case. Please report it with the lines above.',
    }),
  ];
}

export function errorRecords(error: unknown): readonly ErrorRecord[] {
  return errorsIn(error).map((one) => one.toJSON());
}

function showValue(value: unknown): string {
  // JSON would show a number that is not finite as null.
  const plain = typeof value === 'bigint' || typeof value === 'number';
  const text = plain ? value.toString() : (JSON.stringify(value) ?? String(value));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function byPlace(a: CobreError, b: CobreError): number {
  const fileA = a.file ?? '';
  const fileB = b.file ?? '';
  return fileA < fileB ? -1 : fileA > fileB ? 1 : 0;
}

/** One error as a block: where, which value, what is wrong, what to do. */
export function renderError(error: CobreError, style: Style): string {
  const lines: string[] = [];
  // An error of the case as a whole names its directory in the sentence.
  const file = error.file === '.' ? undefined : error.file;
  if (file !== undefined || error.field !== undefined) {
    const place = [file, error.field].filter((part) => part !== undefined && part !== '').join(' › ');
    lines.push(`${style('red', '✖')} ${style('bold', place)}`);
    lines.push(`    problem  ${error.message}`);
  } else {
    lines.push(`${style('red', '✖')} ${style('bold', error.message)}`);
  }
  if (error.value !== undefined) lines.push(`    value    ${showValue(error.value)}`);
  if (error.suggestion) lines.push(`    to do    ${error.suggestion}`);
  if (error instanceof WorkerError && error.inner && !error.message.includes(error.inner.message)) {
    lines.push(`    cause    ${error.inner.message}`);
  }
  if (error.kind === 'InternalError' && error.cause instanceof Error && error.cause.stack) {
    lines.push(style('dim', error.cause.stack));
  }
  return lines.join('\n');
}

/** A warning in two lines: where and what is doubtful, and what to do. */
export function renderWarning({ file, message, suggestion }: CaseWarning, style: Style): string {
  const place = file === undefined || message.includes(file) ? '' : `${file}: `;
  const advice = suggestion === undefined ? '' : `    to do    ${suggestion}\n`;
  return `${style('yellow', 'warning')}  ${place}${message}\n${advice}`;
}

/** All errors, sorted by file (order within a file kept), with their count at the end. */
export function renderErrors(errors: readonly CobreError[], style: Style): string {
  const sorted = [...errors].sort(byPlace);
  const blocks = sorted.map((error) => renderError(error, style)).join('\n\n');
  const files = new Set(sorted.map((error) => error.file).filter((file) => file !== undefined && file !== '.'));
  const where = files.size > 0 ? ` in ${plural(files.size, 'file')}` : '';
  return files.size === 0 && errors.length === 1
    ? `${blocks}\n`
    : `${blocks}\n\n${plural(errors.length, 'error')}${where}.\n`;
}
