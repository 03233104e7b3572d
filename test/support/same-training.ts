import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { withPolicy } from './configured.js';

/** All that a training leaves behind and that its way must not show in, as bytes; times left out. */
export type TrainingBits = Awaited<ReturnType<typeof trainedBits>>;

/** What a training that runs to its end leaves behind. */
export async function trainedBits(study: Study, directory: string) {
  rmSync(directory, { recursive: true, force: true });
  return bitsOf(await train(study, { outputDirectory: directory }));
}

/** What one leaves behind that is stopped after `iterations` and resumed from its files on `numWorkers`. */
export async function resumedBits(study: Study, iterations: number, directory: string, numWorkers: number) {
  rmSync(directory, { recursive: true, force: true });
  const stop = new AbortController();
  const first = await train(study, {
    outputDirectory: directory,
    signal: stop.signal,
    onProgress: ({ iteration }) => {
      if ((iteration ?? 0) >= iterations) stop.abort();
    },
  });
  if (first.terminationReason !== 'interrupted') throw new Error('the first part ran to its end');
  const resumed = withPolicy(study, { mode: 'resume', path: './policy' });
  return bitsOf(await train(resumed, { outputDirectory: directory, numWorkers }));
}

function bitsOf({ policy, records, terminationReason }: Awaited<ReturnType<typeof train>>) {
  const { training, ...data } = policy.data;
  const { history: _, ...state } = training ?? { history: null };
  const numbers = records.map(({ timeForwardMs, timeBackwardMs, timeLowerBoundMs, timeTotalMs, ...rest }) => rest);
  return {
    digest: policy.digest(),
    terminationReason,
    numbers,
    data: hashed(data),
    state: hashed(state),
  };
}

/** SHA-256 of plain data; numbers in typed arrays by their bytes, the others in the shortest form that reads back. */
function hashed(value: unknown): string {
  const bytes = (_name: string, each: unknown) =>
    ArrayBuffer.isView(each) ? Buffer.from(each.buffer, each.byteOffset, each.byteLength).toString('hex') : each;
  return createHash('sha256').update(JSON.stringify(value, bytes)).digest('hex');
}
