import { CobreError, type ErrorKind } from '../errors.js';

/** One thing that a semantic check found: data, so that a case loader can collect them and a fit can throw one. */
export interface Finding {
  /** An `error` makes the case invalid; a `warning` is worth a line to the user. */
  readonly severity: 'error' | 'warning';
  readonly kind: ErrorKind;
  /** File, relative to the case directory. */
  readonly file: string;
  /** Path of the field in the file, or the column's name. */
  readonly field: string;
  readonly value: unknown;
  readonly message: string;
  readonly suggestion: string;
}

/** Adds a finding to a list. */
type Report = (kind: Finding['kind'], field: string, value: unknown, message: string, suggestion: string) => void;

/** Adds findings about one thing in one file to a list; its name begins each message. */
export function reportTo(
  findings: Finding[],
  file: string,
  label: string,
  severity: Finding['severity'] = 'error',
): Report {
  return (kind, field, value, message, suggestion) => {
    findings.push({ severity, kind, file, field, value, message: `${label}: ${message}`, suggestion });
  };
}

/** Who a finding is about, as its message begins: `hydro 3 (Sobradinho)`. */
export function plantLabel(plant: { readonly id: number; readonly name: string }): string {
  return `hydro ${plant.id} (${plant.name})`;
}

/** The finding as an error to throw. */
export function findingError({ kind, message, file, field, value, suggestion }: Finding): CobreError {
  return new CobreError(kind, message, { file, field, value, suggestion });
}

/** Throws the first finding that is an error. */
export function throwFirstError(findings: readonly Finding[]): void {
  const first = findings.find(({ severity }) => severity === 'error');
  if (first) throw findingError(first);
}
