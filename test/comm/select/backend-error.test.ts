import { expect, test } from 'vitest';
import { exitCodeOf } from '#cobre/cli/exit-code';
import { backendNotAvailable, initializationFailed, missingConfiguration } from '#cobre/comm/backend-error';
import { packError, unpackError } from '#cobre/comm/error-transfer';
import { BackendError } from '#cobre/comm/index';
import { selectCommunicator } from '#cobre/comm/select/create-communicator';
import { BACKEND_LOADERS } from '#cobre/comm/select/loaders';

// Literally the documents of the specification: programs read these fields.
const NOT_AVAILABLE = {
  kind: 'IncompatibleSettings',
  message: "Communication backend 'mpi' is not available in this build",
  context: {
    setting: 'COBRE_COMM_BACKEND',
    requested_value: 'mpi',
    available_backends: ['tcp', 'shm', 'local'],
    build_features: ['tcp', 'shm'],
  },
  suggestion: 'Set COBRE_COMM_BACKEND to one of: tcp, shm, local. To use MPI, rebuild with --features mpi.',
};
const FAILED = {
  kind: 'MpiError',
  message: 'TCP backend failed to connect to coordinator at 10.0.0.1:9000',
  context: {
    operation: 'connect',
    backend: 'tcp',
    coordinator: '10.0.0.1:9000',
    error_code: 111,
    detail: 'Connection refused (os error 111)',
  },
  suggestion:
    'Verify that the TCP coordinator is running at 10.0.0.1:9000 and that the port is accessible from this host.',
};
const MISSING = {
  kind: 'IncompatibleSettings',
  message: 'TCP backend requires COBRE_TCP_COORDINATOR, COBRE_TCP_RANK, and COBRE_TCP_SIZE to be set',
  context: {
    setting: 'COBRE_COMM_BACKEND',
    requested_value: 'tcp',
    missing_variables: ['COBRE_TCP_COORDINATOR', 'COBRE_TCP_RANK', 'COBRE_TCP_SIZE'],
  },
  suggestion:
    'Set the required environment variables. Example: COBRE_TCP_COORDINATOR=host COBRE_TCP_PORT=29500 ' +
    'COBRE_TCP_RANK=0 COBRE_TCP_SIZE=4 cobre run /path/to/case',
};

const selected = (env: Record<string, string>): Promise<unknown> =>
  selectCommunicator({ env, features: ['tcp', 'shm'], loaders: BACKEND_LOADERS }).catch((reason: unknown) => reason);

const failed = initializationFailed('tcp', 'connect', {
  message: 'Connection refused (os error 111)',
  coordinator: '10.0.0.1:9000',
  errorCode: 111,
});

test('a backend that is not in the build is reported as the specification has it', async () => {
  const error = (await selected({ COBRE_COMM_BACKEND: 'mpi' })) as BackendError;
  expect(error.toJSON()).toEqual(NOT_AVAILABLE);
  expect(Object.keys(error.toJSON().context)).toEqual(Object.keys(NOT_AVAILABLE.context));
});

test('a failed initialization is reported as the specification has it', () => {
  expect(failed.toJSON()).toEqual(FAILED);
  expect(Object.keys(failed.toJSON().context)).toEqual(Object.keys(FAILED.context));
});

test('missing settings are reported as the specification has it', async () => {
  const error = (await selected({ COBRE_COMM_BACKEND: 'tcp' })) as BackendError;
  expect(error.toJSON()).toEqual(MISSING);
  expect(Object.keys(error.toJSON().context)).toEqual(Object.keys(MISSING.context));
});

test.each([
  [['A'], 'A'],
  [['A', 'B'], 'A and B'],
])('%j are enumerated as %s', (missing, words) => {
  expect(missingConfiguration('shm', missing, '').message).toBe(`Shared memory backend requires ${words} to be set`);
});

test('the number of a system error is taken from its cause', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { errno: -111, code: 'ECONNREFUSED' });
  const error = initializationFailed('tcp', 'connect', { message: cause.message, coordinator: 'a:1', cause });
  expect(error.context.error_code).toBe(111);
  expect(initializationFailed('shm', 'attach', { message: 'no' }).context).toEqual({
    operation: 'attach',
    backend: 'shm',
    error_code: null,
    detail: 'no',
  });
});

test('crosses threads and processes whole', () => {
  for (const error of [failed, backendNotAvailable({ setting: 's', requested: 'mpi', available: [], features: [] })]) {
    const copy = unpackError(structuredClone(packError(error))) as BackendError;
    expect(copy).toBeInstanceOf(BackendError);
    expect(copy.backendKind).toBe(error.backendKind);
    expect(copy.toJSON()).toEqual(error.toJSON());
  }
});

test('ends a command with the exit code of runtime errors, whatever its kind', async () => {
  for (const error of [
    failed,
    await selected({ COBRE_COMM_BACKEND: 'mpi' }),
    await selected({ COBRE_COMM_BACKEND: '?' }),
  ]) {
    expect(exitCodeOf(error)).toBe(4);
  }
});
