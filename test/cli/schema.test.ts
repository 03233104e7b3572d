import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CASE_TABLES } from '#cobre/case/case-tables';
import { CASE_FILES, schemaFileName, schemaOf } from '#cobre/case/schema/json-schema';
import { runCli } from '#cobre/cli/program';
import { fakeLibrary, record } from './fake-library.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cobre-schema-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const recorded = record(fakeLibrary());
  const exitCode = await runCli(['schema', ...args], recorded.environment);
  return { exitCode, stdout: recorded.stdout(), stderr: recorded.stderr() };
}

describe('cobre schema', () => {
  test('--list names every file of a case with its schema', async () => {
    const { exitCode, stdout } = await run('--list');
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ +/))).toEqual(CASE_FILES.map((file) => [file, schemaFileName(file)]));
    const asJson = await run('--list', '--output-format', 'json');
    expect(JSON.parse(asJson.stdout).data.schemas[0]).toEqual({ file: 'config.json', schema: 'config.schema.json' });
  });

  test('FILE prints its schema alone, quiet or not', async () => {
    for (const args of [['system/lines.json'], ['lines', '--quiet']]) {
      const { exitCode, stdout, stderr } = await run(...args);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(schemaOf('system/lines.json'))));
    }
    const { stdout } = await run('lines', '--output-format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'schema',
      success: true,
      data: { file: 'system/lines.json', schema: { title: 'system/lines.json' } },
    });
  });

  test.each([['--output'], ['--output-dir'], ['export', '--output-dir']])(
    '%s writes all schemas, replaces old ones and leaves other files',
    async (...option) => {
      await writeFile(join(folder, 'notes.txt'), 'mine');
      await writeFile(join(folder, 'lines.schema.json'), 'old');
      const directory = option.includes('--output-dir') ? folder : join(folder, 'deep', 'down');
      const { exitCode, stdout } = await run(...option, directory);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Wrote ${17 + Object.keys(CASE_TABLES).length} schemas`);
      const written = (await readdir(directory)).filter((name) => name.endsWith('.schema.json'));
      expect(written.sort()).toEqual(CASE_FILES.map(schemaFileName).sort());
      const text = await readFile(join(directory, 'lines.schema.json'), 'utf8');
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(schemaOf('system/lines.json'))));
      expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
    },
  );

  test.each(['scenarios/inflow_history.parquet', 'inflow_history.parquet', 'inflow_history'])(
    '%s prints that of a Parquet table',
    async (name) => {
      const { exitCode, stdout } = await run(name);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        title: 'scenarios/inflow_history.parquet',
        type: 'array',
        items: { required: ['hydro_id', 'date', 'value_m3s'], additionalProperties: false },
      });
    },
  );

  test.each([
    ['system/hydro.json', 'system/hydros.json'],
    ['inflow_stats.parquet', 'scenarios/inflow_seasonal_stats.parquet'],
  ])('of %s, which is not of a case, names the one that was meant', async (name, meant) => {
    const { exitCode, stderr } = await run(name);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Did you mean ${meant}?`);
  });

  test.each([[[]], [['--list', 'lines']], [['--list', '--output', 'x']], [['lines', '--output', 'x']]])(
    '%j is refused',
    async (args) => {
      const { exitCode, stderr } = await run(...args);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('one of --list, a file, and --output');
    },
  );

  test('that cannot be written is an error of files', async () => {
    await writeFile(join(folder, 'file'), '');
    const { exitCode, stderr } = await run('--output', join(folder, 'file', 'below'));
    expect(exitCode).toBe(4);
    expect(stderr).toContain('cannot be written');
  });
});
