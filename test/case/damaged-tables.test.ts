import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CASE_TABLES } from '#cobre/case/case-tables';
import { readTable } from '#cobre/case/read/parquet-table';
import { ParquetThread } from '#cobre/case/read/parquet-thread';
import { encode } from '../support/case-builder.js';
import { openingsTable } from '../support/small-case.js';

const FILE = 'noise_openings.parquet';
const sound = Uint8Array.from(
  encode(
    FILE,
    openingsTable([4, 4, 4], 3, (t, i, e) => t - i + e),
  ) as Uint8Array,
);
/** Bytes in which the header of the first page lies, behind the format's four letters. */
const FIRST_PAGE = { begin: 4, end: 48 };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cobre-damaged-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(bytes: Uint8Array, reader?: ParquetThread) {
  await writeFile(join(directory, FILE), bytes);
  return readTable(directory, FILE, CASE_TABLES.noiseOpenings.columns, reader);
}

test('any flipped bit in the header of a page ends in a table or an error, though some keep the decoder busy for ever', async () => {
  const reader = new ParquetThread(300);
  const reasons: string[] = [];
  for (let at = FIRST_PAGE.begin; at < FIRST_PAGE.end; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = sound.slice();
      damaged[at] ^= 1 << bit;
      const content = await read(damaged, reader);
      if (!content.ok) reasons.push(...content.errors.map(({ kind, message }) => `${kind}: ${message}`));
    }
  }
  // Otherwise nothing here has been shown to end what would not end by itself.
  expect(reasons).toContainEqual(expect.stringMatching(/^ParseError: .*did not end within/));
});

test('a reader that had to give up a file reads the next one, and those that were waiting', async () => {
  const endless = sound.slice();
  endless[await endlessByte()] ^= ENDLESS_BIT;
  await writeFile(join(directory, 'endless.parquet'), endless);
  await writeFile(join(directory, FILE), sound);
  const reader = new ParquetThread(PATIENT_MS);
  const results = await Promise.all(
    ['endless.parquet', FILE, FILE].map((file) =>
      readTable(directory, file, CASE_TABLES.noiseOpenings.columns, reader),
    ),
  );
  expect(results.map(({ ok }) => ok)).toEqual([false, true, true]);
});

const ENDLESS_BIT = 1 << 4;
/** Enough to start a thread and read a small file on a busy machine. */
const PATIENT_MS = 3_000;

/** The first byte whose fifth bit keeps the decoder busy: the encoding of a page. */
async function endlessByte(): Promise<number> {
  const hasty = new ParquetThread(300);
  const patient = new ParquetThread(PATIENT_MS);
  for (let at = FIRST_PAGE.begin; at < FIRST_PAGE.end; at++) {
    const damaged = sound.slice();
    damaged[at] ^= ENDLESS_BIT;
    if ((await isEndless(damaged, hasty)) && (await isEndless(damaged, patient))) return at;
  }
  return expect.unreachable('no such byte');
}

async function isEndless(bytes: Uint8Array, reader: ParquetThread): Promise<boolean> {
  const content = await read(bytes, reader);
  return !content.ok && content.errors.some(({ message }) => message.includes('did not end'));
}

test('an answer that came while this thread was busy beyond the time limit counts', async () => {
  await writeFile(join(directory, FILE), sound);
  const reader = new ParquetThread(500);
  // Its thread has started.
  expect(await readTable(directory, FILE, CASE_TABLES.noiseOpenings.columns, reader)).toMatchObject({ ok: true });
  const reading = readTable(directory, FILE, CASE_TABLES.noiseOpenings.columns, reader);
  // The file has been read by then, and the request is out.
  await new Promise((resolve) => setTimeout(resolve, 2));
  for (const begin = performance.now(); performance.now() - begin < 1_500; );
  expect(await reading).toMatchObject({ ok: true });
});
