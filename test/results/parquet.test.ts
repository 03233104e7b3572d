import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '#cobre/results/columns';
import { encodeParquet, readParquet, writeParquet } from '#cobre/results/parquet';
import { writeScenario } from '#cobre/results/write-scenario';
import { writeTraining } from '#cobre/results/write-training';
import { DOCUMENTED } from './documented-format.js';
import { META, makeOutcome, makeStudy, temporaryDirectory } from './fixture.js';
import { makeRichScenario, makeRichStudy } from './rich-fixture.js';

/** How a file states an Arrow type so that Arrow and DuckDB read it: physical type, annotation where there is one. */
const STORED: Readonly<Record<string, unknown>> = {
  Int8: { type: 'INT32', converted: 'INT_8', logical: undefined },
  Int32: { type: 'INT32', converted: undefined, logical: undefined },
  Int64: { type: 'INT64', converted: undefined, logical: undefined },
  Float64: { type: 'DOUBLE', converted: undefined, logical: undefined },
  Boolean: { type: 'BOOLEAN', converted: undefined, logical: undefined },
  UInt32: { type: 'INT32', converted: 'UINT_32', logical: undefined },
  UInt64: { type: 'INT64', converted: 'UINT_64', logical: undefined },
  Utf8: { type: 'BYTE_ARRAY', converted: 'UTF8', logical: undefined },
};

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

describe('files have the documented columns', () => {
  const fileOf = (table: string) =>
    table.includes('training/') ? `${table}.parquet` : `simulation/${table}/scenario_id=0012/data.parquet`;
  for (const [table, columns] of Object.entries(DOCUMENTED)) {
    it(`${table}: names, order, types and nullability`, () => {
      const directory = temporaryDirectory();
      writeTraining(directory, makeStudy(), makeOutcome(), META);
      writeScenario(directory, makeRichStudy(), makeRichScenario(12), Float64Array.of(1, 0.5, 0.125));
      const { schema } = parquetMetadata(arrayBuffer(readFileSync(join(directory, fileOf(table)))));
      const stored = schema.slice(1).map((element) => ({
        name: element.name,
        repetition: element.repetition_type,
        type: element.type,
        converted: element.converted_type,
        logical: element.logical_type,
      }));
      const documented = columns.map(([name, type]) => ({
        name,
        repetition: type.endsWith('?') ? 'OPTIONAL' : 'REQUIRED',
        ...(STORED[type.replace('?', '')] as object),
      }));
      expect(stored).toEqual(documented);
    });
  }
});

describe('encodeParquet', () => {
  const columns = SCHEMAS.convergence;
  const values = () => [
    Int32Array.of(1, 2),
    Float64Array.of(-0, Number.MIN_VALUE),
    Float64Array.of(Number.MAX_VALUE, 0.1),
    Float64Array.of(0, 0),
    [null, 3.5],
    Int32Array.of(-1, 2 ** 31 - 1),
    Int32Array.of(0, 0),
    BigInt64Array.of(2n ** 62n, -5n),
    BigInt64Array.of(1n, 1n),
    BigInt64Array.of(1n, 1n),
    BigInt64Array.of(1n, 1n),
    Int32Array.of(1, 1),
    BigInt64Array.of(1n, 1n),
  ];

  it('gives equal bytes for equal tables', () => {
    expect(Buffer.compare(encodeParquet(columns, values()), encodeParquet(columns, values()))).toBe(0);
  });

  it('keeps every bit, the sign of zero included', async () => {
    const rows = await parquetReadObjects({ file: arrayBuffer(encodeParquet(columns, values())) });
    expect(rows.map((row) => row.lower_bound)).toEqual([-0, Number.MIN_VALUE]);
    expect(rows.map((row) => row.upper_bound_mean)).toEqual([Number.MAX_VALUE, 0.1]);
    expect(rows.map((row) => row.gap_percent)).toEqual([null, 3.5]);
    expect(rows.map((row) => row.cuts_added)).toEqual([-1, 2 ** 31 - 1]);
    expect(rows.map((row) => row.cuts_active)).toEqual([2n ** 62n, -5n]);
  });

  it('writes a table without rows', async () => {
    const file = join(temporaryDirectory(), 'empty.parquet');
    writeParquet(
      file,
      columns,
      columns.map(() => []),
    );
    expect(await readParquet(file, columns, '')).toEqual([]);
  });
});

describe('readParquet', () => {
  it('names a missing file, a damaged file and a missing column', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'x.parquet');
    await expect(readParquet(file, SCHEMAS.buses, 'do this')).rejects.toMatchObject({
      kind: 'MissingFile',
      file,
      suggestion: 'do this',
    });
    writeFileSync(file, 'PAR1 this is not Parquet PAR1');
    await expect(readParquet(file, SCHEMAS.buses, '')).rejects.toMatchObject({ kind: 'ParseError', file });
    writeParquet(file, [SCHEMAS.buses[0]], [Int32Array.of(1)]);
    await expect(readParquet(file, SCHEMAS.buses, '')).rejects.toMatchObject({ kind: 'ParseError', field: 'block_id' });
    await expect(readParquet(directory, SCHEMAS.buses, '')).rejects.toMatchObject({ kind: 'ParseError' });
  });
});
