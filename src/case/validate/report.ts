import { type CaseWarning, CobreError, type ErrorKind } from '../../errors.js';

/** Where and what an error is, beside its sentence. */
export interface Finding {
  readonly file: string;
  readonly field?: string;
  readonly value?: unknown;
  readonly suggestion: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Collects what the layers of validation find. */
export class Report {
  readonly errors: CobreError[] = [];
  readonly warnings: CaseWarning[] = [];
  readonly #faulty = new Set<string>();

  add(...errors: readonly CobreError[]): void {
    for (const error of errors) {
      this.errors.push(error);
      if (error.file !== undefined) this.#faulty.add(error.file);
    }
  }

  error(kind: ErrorKind, message: string, finding: Finding): void {
    this.add(new CobreError(kind, message, finding));
  }

  warn(kind: ErrorKind, message: string, { file, field, value, suggestion }: Omit<Finding, 'context'>): void {
    this.warnings.push({
      kind,
      message,
      file,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value }),
      suggestion,
    });
  }

  /** Whether no error has been found in any of the files, so that checks across them make sense. */
  clean(...files: readonly string[]): boolean {
    return files.every((file) => !this.#faulty.has(file));
  }
}
