import * as zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { CobreError } from '../errors.js';
import { compressLz4 } from './lz4.js';

/** `exports.compression` of the configuration; `null` leaves the choice to this package, which takes Snappy. */
export type Compression = 'zstd' | 'lz4' | 'none' | null;

type Compressor = (input: Uint8Array) => Uint8Array;

/** A codec by the name that Parquet has for it, and what compresses to it where the Parquet writer does not. */
interface Codec {
  readonly codec: CompressionCodec;
  readonly compressors: Readonly<Partial<Record<CompressionCodec, Compressor>>>;
}

/** Node has it from 22.15 and 23.8 on. */
const zstd = (zlib as { readonly zstdCompressSync?: Compressor }).zstdCompressSync ?? null;

/** @throws CobreError `NotSupported` where this version of Node cannot compress so */
export function codecOf(compression: Compression, zstdCompress: Compressor | null = zstd): Codec {
  switch (compression) {
    case null:
      return { codec: 'SNAPPY', compressors: {} };
    case 'none':
      return { codec: 'UNCOMPRESSED', compressors: {} };
    case 'lz4':
      return { codec: 'LZ4_RAW', compressors: { LZ4_RAW: compressLz4 } };
    case 'zstd':
      if (zstdCompress !== null) {
        return { codec: 'ZSTD', compressors: { ZSTD: (input) => new Uint8Array(zstdCompress(input)) } };
      }
      throw new CobreError('NotSupported', `Node ${process.versions.node} cannot write Parquet files with zstd`, {
        file: 'config.json',
        field: 'exports.compression',
        value: compression,
        suggestion: 'Use Node 22.15 or later, or set exports.compression to "lz4", "none" or null (Snappy).',
      });
  }
}
