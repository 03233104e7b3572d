import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import type { Study } from '#cobre/case/study';
import { CobreError } from '#cobre/errors';
import { type CaseContent, encode, makeCase, type TableContent } from './case-builder.js';

/** Either clean errors that survive JSON, or a study whose every number is one. */
function expectCleanEnd({ errors, study }: { errors: readonly CobreError[]; study: Study | null }): void {
  expect(study === null).toBe(errors.length > 0);
  for (const error of errors) {
    expect(error).toBeInstanceOf(CobreError);
    expect(error.file).toBeTruthy();
    expect(error.message).not.toBe('');
    expect(error.suggestion).toBeTruthy();
    expect(JSON.parse(JSON.stringify(error)).kind).toBe(error.kind);
  }
  if (study !== null) expectFinite(study, 'study');
}

/** Where there may be no statistics, which NaN says. */
const UNKNOWN = /^study\.(availability|externalAvailability|inflowModel\.preStudy)/;

function expectFinite(value: unknown, path: string): void {
  if (UNKNOWN.test(path)) return;
  if (typeof value === 'number') expect(Number.isFinite(value), path).toBe(true);
  else if (value instanceof Float64Array) expect(value.every(Number.isFinite), path).toBe(true);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) expectFinite(each, `${path}.${key}`);
  }
}

/** Paths of all values of a JSON document, objects and arrays included. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as never)[key], [...path, key]))];
}

const REMOVE = Symbol('remove');
const replacement = fc.oneof(
  fc.constant(REMOVE),
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'x',
    [],
    {},
    [[]],
    0,
    -0,
    -1,
    0.5,
    1e308,
    -1e308,
    5e-324,
    2 ** 31,
    2 ** 53,
    1e9,
  ),
  fc.constantFrom<unknown>('2024-02-30', '0000-01-01', '9999-12-31', '1969-12-31', 'spectral', 'fpha', '__proto__'),
  fc.integer({ min: -3, max: 5 }),
  fc.double(),
  fc.string(),
  fc.jsonValue(),
);

function mutate(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value === REMOVE ? {} : value;
  const copy = structuredClone(document);
  let target = copy as never;
  for (const key of path.slice(0, -1)) target = target[key];
  const key = path.at(-1) as never;
  if (value === REMOVE) {
    if (Array.isArray(target)) (target as unknown[]).splice(key as number, 1);
    else delete (target as Record<string, unknown>)[key as string];
  } else (target as Record<string, unknown>)[key] = value;
  return copy;
}

function tryMutate(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  let at = document;
  for (const key of path.slice(0, -1)) {
    if (typeof at !== 'object' || at === null) return document;
    at = (at as never)[key];
  }
  return path.length > 0 && (typeof at !== 'object' || at === null) ? document : mutate(document, path, value);
}

/** Tests that whatever happens to a valid case, reading it ends in errors or in a sound study. */
export function mutationSuite(content: CaseContent, runs: number): void {
  const original = new Map(Object.entries(content).map(([file, value]) => [file, encode(file, value)]));
  const files = [...original.keys()];
  const jsonFiles = files.filter((file) => file.endsWith('.json'));
  const tableFiles = files.filter((file) => file.endsWith('.parquet'));
  const settings = { numRuns: runs };

  let directory: string;
  beforeAll(async () => {
    directory = await makeCase({}, structuredClone(content));
  });

  /** Validates with some files exchanged, and puts the originals back. */
  async function validateWith(changes: ReadonlyMap<string, string | Uint8Array | null>) {
    try {
      for (const [file, bytes] of changes) {
        if (bytes === null) await rm(join(directory, file));
        else await writeFile(join(directory, file), bytes);
      }
      return await validateCase(directory);
    } finally {
      for (const file of changes.keys()) await writeFile(join(directory, file), original.get(file) as string);
    }
  }

  const jsonMutation = fc.constantFrom(...jsonFiles).chain((file) =>
    fc.record({
      file: fc.constant(file),
      edits: fc.array(fc.record({ path: fc.constantFrom(...pathsOf(content[file])), value: replacement }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  );

  describe('whatever happens to a valid case, reading it ends in errors or in a sound study', () => {
    it('when values of its JSON files are removed or replaced', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(jsonMutation, { minLength: 1, maxLength: 2 }), async (mutations) => {
          const changes = new Map<string, string>();
          for (const { file, edits } of mutations) {
            let document: unknown = content[file];
            // An earlier edit may have removed what a later one would change.
            for (const { path, value } of edits) document = tryMutate(document, path, value);
            changes.set(file, JSON.stringify(document));
          }
          expectCleanEnd(await validateWith(changes));
        }),
        settings,
      );
    });

    it('when two ids anywhere are exchanged', async () => {
      const idPaths = jsonFiles.flatMap((file) =>
        pathsOf(content[file])
          .filter((path) => /^id$|_id$/.test(String(path.at(-1))))
          .map((path) => ({ file, path })),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...idPaths), fc.integer({ min: -1, max: 3 }), async ({ file, path }, id) => {
          expectCleanEnd(await validateWith(new Map([[file, JSON.stringify(mutate(content[file], path, id))]])));
        }),
        settings,
      );
    });

    it('when cells of its tables are changed', async () => {
      const cellOf = (file: string) =>
        fc.constantFrom(...Object.keys((content[file] as TableContent).columns)).map((column) => ({ file, column }));
      const value = fc.oneof(
        fc.constantFrom<number | null>(null, Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1, 0, 7),
        fc.double(),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...tableFiles).chain(cellOf), fc.nat(5), value, async (place, row, each) => {
          const table = structuredClone(content[place.file]) as TableContent;
          const column = table.columns[place.column];
          column.data[row % column.data.length] =
            each === null || column.type === 'DOUBLE' ? each : Math.trunc(Math.min(Math.abs(each), 9)) || 0;
          expectCleanEnd(await validateWith(new Map([[place.file, encode(place.file, table)]])));
        }),
        settings,
      );
    });

    it('when a file is cut off, loses a part, or some of its bits flip', async () => {
      const damage = fc.record({
        file: fc.constantFrom(...files),
        keep: fc.double({ min: 0, max: 1, noNaN: true }),
        mode: fc.constantFrom('cut', 'skip', 'flip'),
        flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(7)), {
          minLength: 1,
          maxLength: 4,
        }),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ file, keep, mode, flips }) => {
          const bytes = Uint8Array.from(Buffer.from(original.get(file) as string));
          const at = Math.floor(keep * bytes.length);
          let damaged: Uint8Array = bytes;
          if (mode === 'cut') damaged = bytes.slice(0, at);
          else if (mode === 'skip') damaged = Buffer.concat([bytes.slice(0, at), bytes.slice(at + 5)]);
          else
            for (const [place, bit] of flips)
              bytes[Math.min(bytes.length - 1, Math.floor(place * bytes.length))] ^= 1 << bit;
          expectCleanEnd(await validateWith(new Map([[file, damaged]])));
        }),
        { numRuns: 3 * runs },
      );
    });

    it('when files are missing', async () => {
      await fc.assert(
        fc.asyncProperty(fc.subarray(files, { minLength: 1 }), async (missing) => {
          expectCleanEnd(await validateWith(new Map(missing.map((file) => [file, null]))));
        }),
        { numRuns: 40 },
      );
    });

    it('when the overrides of the configuration are anything at all', async () => {
      const overrides = fc.oneof(
        fc.dictionary(fc.constantFrom('training', 'simulation', 'policy', 'modeling', 'exports', 'x'), fc.anything()),
        fc.record({
          training: fc.dictionary(
            fc.constantFrom(
              'forward_passes',
              'tree_seed',
              'stopping_rules',
              'scenario_source',
              'cut_selection',
              '__proto__',
            ),
            fc.oneof(fc.anything(), replacement),
          ),
        }),
      );
      await fc.assert(
        fc.asyncProperty(overrides, async (configOverrides) => {
          const { errors, study } = await validateCase(directory, { configOverrides });
          expect(study === null).toBe(errors.length > 0);
          for (const error of errors) expect(error).toBeInstanceOf(CobreError);
          if (study !== null) expectFinite(study, 'study');
        }),
        settings,
      );
    });
  });
}
