import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Study, StudyConfig } from '#cobre/case/study';
import { limited } from '../support/run-bits.js';
import { singleReservoir } from '../support/small-study.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-exports-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function exporting(exports: Partial<StudyConfig['exports']>, outputPath: string | null = null): Study {
  const study = limited(singleReservoir(), 2, 3);
  const { config } = study;
  const simulation = { ...config.simulation, outputPath };
  return { ...study, config: { ...config, simulation, exports: { ...config.exports, ...exports } } };
}

function files(below: string): string[] {
  return (
    readdirSync(below, { recursive: true, withFileTypes: true }) as {
      name: string;
      parentPath: string;
      isFile(): boolean;
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(below.length + 1))
    .filter((file) => !file.startsWith('checkpoints'))
    .sort();
}

describe('what a run exports', () => {
  it('is all that the format has for the case, and nothing that it has not', async () => {
    const study = exporting({ states: true, stochastic: true });
    const { policy } = await train(study, { outputDirectory: directory });
    const run = await simulate(study, policy, { scenarios: 1, outputDirectory: directory });
    expect(files(directory)).toEqual([
      'policy/basis/stage_000.bin',
      'policy/basis/stage_001.bin',
      'policy/basis/stage_002.bin',
      'policy/cuts/stage_000.bin',
      'policy/cuts/stage_001.bin',
      'policy/cuts/stage_002.bin',
      'policy/metadata.json',
      'policy/resume/bases.bin',
      'policy/resume/state.json',
      'policy/states/stage_000.bin',
      'policy/states/stage_001.bin',
      'policy/states/stage_002.bin',
      'simulation/_manifest.json',
      'simulation/buses/scenario_id=0000/data.parquet',
      'simulation/costs/scenario_id=0000/data.parquet',
      'simulation/hydros/scenario_id=0000/data.parquet',
      'simulation/solver/iterations.parquet',
      'simulation/solver/retry_histogram.parquet',
      'simulation/thermals/scenario_id=0000/data.parquet',
      'stochastic/correlation.json',
      'stochastic/load_seasonal_stats.parquet',
      'stochastic/noise_openings.parquet',
      'training/_manifest.json',
      'training/convergence.parquet',
      'training/dictionaries/bounds.parquet',
      'training/dictionaries/codes.json',
      'training/dictionaries/entities.csv',
      'training/dictionaries/state_dictionary.json',
      'training/dictionaries/variables.csv',
      'training/metadata.json',
      'training/scaling_report.json',
      'training/solver/iterations.parquet',
      'training/solver/retry_histogram.parquet',
      'training/timing/iterations.parquet',
      'training/timing/mpi_ranks.parquet',
    ]);
    expect(run.outputFiles).toEqual(files(directory).filter((file) => file.startsWith('simulation/')));
    // What was exported on request goes with the next training that does not ask for it.
    await train(exporting({}), { outputDirectory: directory });
    expect(existsSync(join(directory, 'stochastic'))).toBe(false);
    expect(existsSync(join(directory, 'policy', 'states'))).toBe(false);
  });

  it('tells of each scenario’s solves, whichever of several ranks solved them', async () => {
    const study = exporting({});
    const { policy } = await train(study, { outputDirectory: directory });
    await simulate(study, policy, { scenarios: 9, numWorkers: 2, outputDirectory: directory });
    const file = new Uint8Array(readFileSync(join(directory, 'simulation', 'solver', 'iterations.parquet'))).buffer;
    const rows = await parquetReadObjects({ file });
    expect(rows.map(({ iteration, stage, lp_solves }) => [iteration, stage, lp_solves])).toEqual(
      Array.from({ length: 9 }, (_, n) => [0, 1, 2].map((t) => [n, t, 1])).flat(),
    );
    expect(files(join(directory, 'simulation', 'solver'))).toHaveLength(2);
  });
});

describe('exports.compression', () => {
  it('holds for all Parquet files', async () => {
    const study = exporting({ compression: 'lz4', stochastic: true });
    const { policy } = await train(study, { outputDirectory: directory });
    await simulate(study, policy, { scenarios: 2, outputDirectory: directory });
    const tables = files(directory).filter((file) => file.endsWith('.parquet'));
    expect(tables.length).toBeGreaterThan(15);
    for (const table of tables) {
      const file = new Uint8Array(readFileSync(join(directory, table))).buffer;
      const { row_groups } = parquetMetadata(file);
      for (const { columns } of row_groups) {
        for (const column of columns) expect([table, column.meta_data?.codec]).toEqual([table, 'LZ4_RAW']);
      }
      expect(await parquetReadObjects({ file, compressors })).toHaveLength(
        row_groups.reduce((all, group) => all + Number(group.num_rows), 0),
      );
    }
  });

  it.skipIf('zstdCompressSync' in zlib)('is refused before the work begins where this Node cannot do it', async () => {
    const study = exporting({ compression: 'zstd' });
    await expect(train(study, { outputDirectory: directory })).rejects.toMatchObject({
      kind: 'NotSupported',
      field: 'exports.compression',
    });
    const { policy } = await train(exporting({}));
    await expect(simulate(study, policy, { scenarios: 1, outputDirectory: directory })).rejects.toMatchObject({
      kind: 'NotSupported',
    });
    expect(readdirSync(directory)).toEqual([]);
    // Nothing is compressed where nothing is written.
    await expect(train(study)).resolves.toMatchObject({ iterations: 2 });
  });
});

describe('simulation.output_path', () => {
  it.each([
    ['./simulation', '.'],
    ['elsewhere', 'elsewhere'],
    ['wet/simulation', 'wet'],
  ])('%s: results go to simulation/ in %s', async (outputPath, place) => {
    const study = exporting({}, outputPath);
    const { policy } = await train(study, { outputDirectory: directory });
    const run = await simulate(study, policy, { scenarios: 1, outputDirectory: directory });
    expect(run.outputDirectory).toBe(join(directory, place));
    expect(existsSync(join(directory, place, 'simulation', '_manifest.json'))).toBe(true);
    expect(run.outputFiles).toContain('simulation/costs/scenario_id=0000/data.parquet');
    expect(existsSync(join(directory, 'simulation'))).toBe(place === '.');
  });
});
