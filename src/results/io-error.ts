import { CobreError } from '../errors.js';

/** What to do about an error of the operating system, by its code. */
const SUGGESTIONS: Readonly<Record<string, string>> = {
  EACCES: 'Give yourself permission to write there or choose another directory.',
  EPERM: 'Give yourself permission to write there or choose another directory.',
  EROFS: 'The file system is read-only: choose another directory.',
  ENOSPC: 'Make room on the disk.',
  EDQUOT: 'Your disk quota is used up: make room.',
  ENOTDIR: 'Part of this path is a file: choose a directory.',
  EEXIST: 'A file stands where a directory is needed: remove it or choose another directory.',
  ENOENT: 'Check that the directory exists.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
  ENAMETOOLONG: 'Choose a shorter path.',
};

/** The error for an operation of the file system that failed: kind `IoError`, with file and suggestion. */
export function ioError(cause: unknown, file: string, action: string): CobreError {
  if (cause instanceof CobreError) return cause;
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CobreError('IoError', `cannot ${action}: ${reason}`, {
    file,
    suggestion: SUGGESTIONS[code ?? ''] ?? 'Check that the path exists and can be written, then run again.',
    ...(code === undefined ? {} : { context: { code } }),
    cause,
  });
}

/** Runs `operation`; what it throws becomes an `IoError` about `file`. */
export function withIoErrors<T>(file: string, action: string, operation: () => T): T {
  try {
    return operation();
  } catch (cause) {
    throw ioError(cause, file, action);
  }
}
