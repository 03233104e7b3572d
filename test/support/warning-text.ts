import type { CaseWarning } from '#cobre/errors';

/** Warnings as text, each with its file before it and what to do behind it. */
export function warningTexts(warnings: readonly CaseWarning[]): string[] {
  return warnings.map(({ file, message, suggestion }) => `${file}: ${message} | ${suggestion}`);
}
