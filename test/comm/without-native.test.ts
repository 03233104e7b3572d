import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageWithoutNative } from './package-without-native.js';
import { runTcp } from './tcp/spawn-ranks.js';

let root: string;
beforeAll(() => {
  root = packageWithoutNative();
});

/** Evaluates a module in a process of its own, inside that package. Returns what it prints. */
function evaluate(code: string): unknown {
  const source = code.replaceAll('@/', pathToFileURL(join(root, 'dist/src/')).href);
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' }));
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
      suggestion: expect.stringContaining('npm run build:native'),
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

  test('one that cannot be loaded is reported the same way', () => {
    const folder = join(root, 'native', 'built', `${process.platform}-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'posix-shm.node'), 'not a library');
    writeFileSync(join(folder, 'sockets.node'), 'not a library');
    expect(evaluate(attach)).toMatchObject({
      backendKind: 'InitializationFailed',
      context: { detail: expect.stringContaining('cannot be loaded') },
      suggestion: expect.stringContaining('npm run build:native'),
    });
  });

  test('one for sockets that cannot be loaded is done without', async () => {
    expect(await runTcp('tcp-faults', 2, { act: 'rounds', count: 5 }, { root })).toEqual([0, 0]);
  });
});
