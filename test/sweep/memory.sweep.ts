import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { examples } from '../support/cases.js';
import { run } from '../support/child.js';

const PROGRAM = fileURLToPath(new URL('../api/programs/retained-memory.mjs', import.meta.url));

/** Whole blocks of scenarios: at their ends all ranks have simulated the same. */
const FEW = 64;
const MANY = 320;

/**
 * Code that is compiled on the way stays, and comes to a third of this. The least that could be kept of a scenario, the
 * numbers that its files are made of, is more than 5 kB.
 */
const BYTES_PER_SCENARIO = 3_000;

it('a simulation holds no more memory after many scenarios than after few: alone, as a rank, and as the parent', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cobre-memory-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { stdout } = await run(process.execPath, [
    PROGRAM,
    JSON.stringify({
      directory: join(examples, 'one-reservoir'),
      policy: join(directory, 'policy'),
      scenarios: MANY,
      at: [FEW, MANY],
    }),
  ]);
  const grown = JSON.parse(stdout) as Record<string, number>;
  expect(Object.keys(grown).sort()).toEqual(['alone', 'parent', 'rank0', 'rank1']);
  const limit = (MANY - FEW) * BYTES_PER_SCENARIO;
  for (const [who, bytes] of Object.entries(grown)) expect(bytes, who).toBeLessThan(limit);
});
