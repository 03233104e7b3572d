import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CobreError } from '../errors.js';

/** An example case that can be copied as a start. */
export interface Template {
  readonly name: string;
  /** First paragraph of its README, on one line; empty if it has none. */
  readonly description: string;
}

const EXAMPLES_FOLDER = 'examples';
/** Results that a run may have left inside an example are not part of it. */
const RESULTS_FOLDER = 'output';

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

function firstParagraph(markdown: string): string {
  const lines = markdown.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  if (start < 0) return '';
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line.trim() === '');
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trim()).join(' ');
}

/** All folders under `examples/` that hold a case, by name. */
export async function listTemplates(packageRoot: string): Promise<readonly Template[]> {
  const folder = join(packageRoot, EXAMPLES_FOLDER);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const templates: Template[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || !(await isFile(join(folder, entry.name, 'config.json')))) continue;
    const readme = await readFile(join(folder, entry.name, 'README.md'), 'utf8').catch(() => '');
    templates.push({ name: entry.name, description: firstParagraph(readme) });
  }
  return templates.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Copies an example into a new or empty directory. Throws `InvalidArgument` for an unknown name or a directory with
 * anything in it (nothing is then written), `IoError` when copying fails.
 */
export async function copyTemplate(packageRoot: string, name: string, target: string): Promise<void> {
  const templates = await listTemplates(packageRoot);
  if (!templates.some((template) => template.name === name)) {
    throw new CobreError('InvalidArgument', `there is no template '${name}'`, {
      value: name,
      suggestion: `Choose one of: ${templates.map((template) => template.name).join(', ') || '(none installed)'}`,
    });
  }
  const occupied = await stat(target).catch(() => null);
  if (occupied && (!occupied.isDirectory() || (await readdir(target)).length > 0)) {
    throw new CobreError('InvalidArgument', `'${target}' ${occupied.isDirectory() ? 'is not empty' : 'is a file'}`, {
      suggestion: 'Name a new or empty directory.',
    });
  }
  const source = join(packageRoot, EXAMPLES_FOLDER, name);
  try {
    await mkdir(target, { recursive: true });
    await cp(source, target, {
      recursive: true,
      errorOnExist: true,
      filter: (path) => path === source || basename(path) !== RESULTS_FOLDER,
    });
  } catch (error) {
    throw new CobreError('IoError', `cannot copy the template to '${target}': ${(error as Error).message}`, {
      cause: error,
    });
  }
}
