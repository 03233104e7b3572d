import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors, decompressLz4Raw } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '#cobre/results/columns';
import { type Compression, codecOf } from '#cobre/results/compression';
import { compressLz4 } from '#cobre/results/lz4';
import { encodeParquet } from '#cobre/results/parquet';

describe('compressLz4', () => {
  const roundTrip = (input: Uint8Array) => decompressLz4Raw(compressLz4(input), input.length);

  it('gives back what went in, whatever repeats in it', () => {
    const noise = fc.uint8Array({ maxLength: 300 });
    const words = fc
      .tuple(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 400 }),
      )
      .map(([parts, order]) => Uint8Array.from(order.flatMap((n) => [...parts[n % parts.length]])));
    const runs = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 600 })), { maxLength: 8 })
      .map((all) => Uint8Array.from(all.flatMap(([byte, n]) => new Array<number>(n).fill(byte))));
    fc.assert(
      fc.property(fc.oneof(noise, words, runs), (input) => {
        expect(roundTrip(input)).toEqual(input);
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });

  it('reaches back no further than the format can say', () => {
    const far = new Uint8Array(140_000);
    for (let i = 0; i < far.length; i++) far[i] = (Math.imul(i, 2_654_435_761) >>> 16) & 255;
    far.set(far.subarray(0, 1000), 65_535);
    far.set(far.subarray(0, 1000), 138_000);
    expect(roundTrip(far)).toEqual(far);
  });

  it('compresses what repeats, and lets nothing grow by much', () => {
    expect(compressLz4(new Uint8Array(100_000)).length).toBeLessThan(500);
    const noise = Uint8Array.from({ length: 10_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 24) ^ (i & 255));
    expect(compressLz4(noise).length).toBeLessThanOrEqual(10_000 + 10_000 / 255 + 16);
  });
});

describe('compressed tables', () => {
  const columns = SCHEMAS.inflow_lags;
  const n = 5000;
  const values = [
    Int32Array.from({ length: n }, (_, i) => i >> 5),
    Int32Array.from({ length: n }, (_, i) => i & 31),
    new Int32Array(n).fill(1),
    Float64Array.from({ length: n }, (_, i) => i / 8),
  ];
  const bufferOf = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;
  const ways: [Compression, string][] = [
    [null, 'SNAPPY'],
    ['none', 'UNCOMPRESSED'],
    ['lz4', 'LZ4_RAW'],
    ...('zstdCompressSync' in zlib ? [['zstd', 'ZSTD'] as [Compression, string]] : []),
  ];
  for (const [compression, codec] of ways) {
    it(`${compression}: the same rows, with the codec ${codec}`, async () => {
      const bytes = bufferOf(encodeParquet(columns, values, compression));
      const used = parquetMetadata(bytes).row_groups.flatMap((group) =>
        group.columns.map((column) => column.meta_data?.codec),
      );
      expect([...new Set(used)]).toEqual([codec]);
      const rows = await parquetReadObjects({ file: bytes, compressors });
      expect(rows).toHaveLength(n);
      expect(rows[4321]).toEqual({ stage_id: 135, hydro_id: 1, lag_index: 1, inflow_m3s: 540.125 });
      if (compression !== 'none') {
        expect(bytes.byteLength).toBeLessThan(encodeParquet(columns, values, 'none').length);
      }
    });
  }

  it('are refused where this Node cannot write them, with what to do', () => {
    expect(() => codecOf('zstd', null)).toThrow(
      expect.objectContaining({ kind: 'NotSupported', field: 'exports.compression', value: 'zstd' }),
    );
  });
});
