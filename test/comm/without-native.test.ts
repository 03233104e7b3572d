import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSync } from '../support/child.js';

/** A package as it is when nobody has built the native modules. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cobre-without-native-'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  for (const part of ['dist/src/comm', 'dist/src/errors.js']) {
    cpSync(fileURLToPath(new URL(`../../${part}`, import.meta.url)), join(root, part), { recursive: true });
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Evaluates a module in a process of its own, inside that package. Returns what it prints. */
function evaluate(code: string): unknown {
  const source = code.replaceAll('@/', pathToFileURL(join(root, 'dist/src/')).href);
  const { status, stdout, stderr } = runSync(process.execPath, ['--input-type=module', '-e', source]);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

const attach = `
  import { attachShm } from '@/comm/shm/attach-shm.js';
  const error = await attachShm({ name: '/cobre_test_never', rank: 0, size: 1 }).catch((reason) => reason);
  console.log(JSON.stringify({ name: error.name, backendKind: error.backendKind, ...error.toJSON() }));
`;

describe.runIf(process.platform === 'linux' || process.platform === 'darwin')('without the native module', () => {
  test('processes cannot share memory, and are told what to run', () => {
    expect(evaluate(attach)).toMatchObject({
      name: 'BackendError',
      kind: 'MpiError',
      backendKind: 'InitializationFailed',
      context: { backend: 'shm', operation: 'load', detail: expect.stringContaining('has not been built') },
      suggestion: expect.stringContaining(`\`node ${join(root, 'native', 'build.mjs')}\``),
    });
  });

  test('other ways to a communicator work', () => {
    const sum = `
      import { createLocalCommunicator } from '@/comm/index.js';
      const recv = new Float64Array(1);
      createLocalCommunicator().allreduce(new Float64Array([7]), recv, 'sum');
      console.log(recv[0]);
    `;
    expect(evaluate(sum)).toBe(7);
  });

  test('threads share memory all the same', () => {
    const gather = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      import { createGangMemory } from '@/comm/shm/gang-memory.js';
      const length = 50_000;
      const rank = \`
        import { parentPort, workerData } from 'node:worker_threads';
        import { ShmCommunicator } from '@/comm/shm/shm-communicator.js';
        const { gang, rank, length } = workerData;
        const comm = ShmCommunicator.join(gang, rank);
        const recv = new Float64Array(2 * length);
        for (let round = 0; round < 4; round++) {
          comm.allgatherv(new Float64Array(length).fill(rank + 10 * round), recv, [length, length], [0, length]);
        }
        parentPort.postMessage([recv[0], recv[length - 1], recv[length], recv[2 * length - 1]]);
      \`;
      const url = new URL('data:text/javascript,' + encodeURIComponent(rank));
      const gang = createGangMemory(2);
      const threads = [0, 1].map((rank) => new Worker(url, { workerData: { gang, rank, length } }));
      console.log(JSON.stringify(await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0]))));
    `;
    expect(evaluate(gather)).toEqual([
      [30, 30, 31, 31],
      [30, 30, 31, 31],
    ]);
  });

  test('one that cannot be loaded is reported the same way', () => {
    const folder = join(root, 'native', 'built', `${process.platform}-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'posix-shm.node'), 'not a library');
    expect(evaluate(attach)).toMatchObject({
      backendKind: 'InitializationFailed',
      context: { detail: expect.stringContaining('cannot be loaded') },
      suggestion: expect.stringContaining(`\`node ${join(root, 'native', 'build.mjs')}\``),
    });
  });
});
