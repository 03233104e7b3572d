import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The house: `src` and `workers`, whose rooms are the floors of the table under "Layout" in README.md. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const files = ['src', 'workers'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(folder, file.replaceAll('\\', '/'))),
);

/** A folder of `src`, a file that lies there by itself, or `workers`. */
function roomOf(file: string): string {
  const [top, name] = file.split('/');
  return top === 'src' ? `src/${name}` : top;
}

const layout = readFileSync(join(root, 'README.md'), 'utf8').split('## Layout')[1];
/** Floors from the top: the rooms of each, those that hold code of the package. */
const floors = [...layout.matchAll(/^\| (`.*?`) +\|/gm)].map(([, cell]) =>
  [...cell.matchAll(/`(.*?)`/g)].map(([, room]) => room).filter((room) => /^(src|workers)\b/.test(room)),
);
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

test('every folder has its place in the layout', () => {
  expect([...floorOf.keys()].sort()).toEqual([...new Set(files.map(roomOf))].sort());
});

test('imports go down the house, never up or across', () => {
  const wrong: string[] = [];
  let imports = 0;
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, specifier] of text.matchAll(/(?:\bfrom|\bimport)[\s(]*'(\.[^']*)'/g)) {
      imports++;
      const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from !== to && !(floorOf.get(from)! < floorOf.get(to)!)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(imports).toBeGreaterThan(files.length);
});
