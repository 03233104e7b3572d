import { parentPort } from 'node:worker_threads';
import { ParquetFile } from '../src/case/read/parquet-file.js';
import type { ParquetReply, ParquetRequest } from '../src/case/read/parquet-thread.js';

let file: ParquetFile;

parentPort?.on('message', async (request: ParquetRequest) => {
  let reply: ParquetReply;
  try {
    reply = { value: await answer(request) };
  } catch (cause) {
    reply = { failure: cause instanceof Error ? cause.message : String(cause) };
  }
  parentPort?.postMessage(reply);
});

async function answer(request: ParquetRequest): Promise<unknown> {
  if ('column' in request) return file.column(request.column);
  file = new ParquetFile(request.open);
  return { rows: file.rows, schema: file.schema };
}
