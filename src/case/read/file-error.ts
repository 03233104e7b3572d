import { CobreError } from '../../errors.js';

/** The error for a file that cannot be opened: missing, a directory, not permitted. */
export function fileError(file: string, cause: unknown): CobreError {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CobreError('MissingFile', `the required file ${file} is missing`, {
      file,
      suggestion: `Add ${file} to the case directory.`,
    });
  }
  const reason = code === 'EISDIR' ? 'it is a directory' : (code ?? String(cause));
  return new CobreError('IoError', `${file} cannot be read: ${reason}`, {
    file,
    suggestion: 'Check that it is a regular file that you may read.',
    cause,
  });
}
