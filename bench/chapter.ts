import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes a chapter of a Markdown file: in place of the one with the same title, else at the end. A chapter begins with a
 * line `# Title`, as `text` does, and ends before the next such line that is not in a fenced block. Other chapters stay.
 */
export function writeChapter(file: string, text: string): void {
  const before = existsSync(file) ? chaptersOf(readFileSync(file, 'utf8')) : [];
  const title = titleOf(text);
  const at = before.findIndex((chapter) => titleOf(chapter) === title);
  const after = at < 0 ? [...before, text] : before.with(at, text);
  writeFileSync(file, `${after.map((chapter) => chapter.trim()).join('\n\n')}\n`);
}

function titleOf(chapter: string): string {
  return chapter.trim().split('\n', 1)[0];
}

function chaptersOf(document: string): string[] {
  const chapters: string[][] = [];
  let fenced = false;
  for (const line of document.trim().split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    if (chapters.length === 0 || (line.startsWith('# ') && !fenced)) chapters.push([]);
    chapters.at(-1)?.push(line);
  }
  return chapters.map((lines) => lines.join('\n'));
}
