import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { BackendError } from '#cobre/comm/backend-error';
import { runRanks } from '#cobre/comm/index';
import { CobreError, SolverError, WorkerError } from '#cobre/errors';
import type { ProgressEvent, RunOptions } from '#cobre/options';
import { programUrl } from '../comm/program-url.js';
import { ThreadCount } from '../comm/thread-count.js';
import { Aftermath } from '../faults/aftermath.js';
import { runSync } from '../support/child.js';
import { GANGS, PROCESS_GANGS } from '../support/gangs.js';
import { some } from '../support/long.js';
import { rankProcess, rankProcesses } from '../support/rank-processes.js';
import { limited } from '../support/run-bits.js';
import { cascade, discounted, singleReservoir } from '../support/small-study.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-workers-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** Deficit that may not exceed its depth makes the stage infeasible. */
function infeasible(study: Study): Study {
  return {
    ...study,
    buses: study.buses.map((bus) => ({ ...bus, deficitSegments: [{ depthMw: 0, cost: 1 }] })),
    thermals: study.thermals.map((plant) => ({ ...plant, minMw: 0, maxMw: 0 })),
    hydros: study.hydros.map((hydro) => ({ ...hydro, maxTurbined: 0 })),
  };
}

async function failureOf(call: Promise<unknown>): Promise<WorkerError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkerError);
  return error as WorkerError;
}

const endless = () => limited(discounted(), 1_000_000);

describe.each(some(GANGS, 1))('on $name', ({ options, backend, processes }) => {
  it('lives from spawn to result: trains, simulates, writes, and tells of its workers', async () => {
    const study = limited(discounted(), 6);
    const training = await train(study, { numWorkers: 2, ...options, outputDirectory: directory });
    const alone = await train(study);
    expect(training.policy.digest()).toBe(alone.policy.digest());
    const told = [0, 1].map((rank) => ({ rank, backend, wallTimeMs: expect.any(Number) }));
    expect(training.workers).toEqual(told);
    expect(alone.workers).toBeNull();
    const simulation = await simulate(study, training.policy, {
      numWorkers: 2,
      ...options,
      scenarios: 70,
      outputDirectory: directory,
    });
    expect(simulation.workers).toEqual(told);
    expect(simulation.complete).toBe(true);
    expect(simulation.outputFiles.filter((file) => file.includes('costs'))).toHaveLength(70);
    expect(simulation.totalCost).toEqual((await simulate(study, alone.policy, { scenarios: 70 })).totalCost);
  });

  it('multiplexes the progress of all workers by workerId, in iteration order for each', async () => {
    const events: ProgressEvent[] = [];
    const result = await train(limited(cascade(), 7), { numWorkers: 3, ...options, onProgress: (e) => events.push(e) });
    for (const rank of [0, 1, 2]) {
      const own = events.filter(({ workerId }) => workerId === rank);
      expect(own.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(own.map(({ lowerBound }) => lowerBound)).toEqual([...result.convergenceHistory.lowerBound]);
    }
    expect(events).toHaveLength(21);
  });

  it('tells its progress to an iterator as well, and its failure', async () => {
    const run = train(limited(cascade(), 4), { numWorkers: 2, ...options });
    const seen: string[] = [];
    for await (const { workerId, iteration } of run) seen.push(`${workerId}:${iteration}`);
    expect(seen.sort()).toEqual(['0:1', '0:2', '0:3', '0:4', '1:1', '1:2', '1:3', '1:4']);
    expect((await run).iterations).toBe(4);
    const failing = train(infeasible(limited(cascade(), 4)), { numWorkers: 2, ...options });
    await expect(async () => {
      for await (const _ of failing);
    }).rejects.toThrow(WorkerError);
  });

  it('passes the error of a worker on as the inner one', async () => {
    const error = await failureOf(train(infeasible(limited(cascade(), 4)), { numWorkers: 2, ...options }));
    expect(error.inner).toBeInstanceOf(SolverError);
    expect((error.inner as SolverError).place.status).toBe('Infeasible');
    expect(error.rank).toBeOneOf([0, 1]);
  });

  it('reports a worker that crashes without an error, with inner null, and leaves no zombies', async () => {
    const aftermath = new Aftermath();
    using threads = new ThreadCount();
    let killed = false;
    const error = await failureOf(
      train(endless(), {
        numWorkers: 3,
        ...options,
        onProgress: ({ workerId, iteration }) => {
          if (killed || workerId !== 1 || iteration !== 2) return;
          killed = true;
          if (processes) process.kill(rankProcesses().get(1) as number, 'SIGKILL');
          // Threads were started in rank order.
          else void [...threads.alive][1].terminate();
        },
      }),
    );
    expect(error).toMatchObject({ rank: 1, inner: null });
    expect(error).toMatchObject(processes ? { exitCode: null, signal: 'SIGKILL' } : { exitCode: 1, signal: null });
    expect(threads.alive.size).toBe(0);
    if (process.platform === 'linux') {
      expect([...rankProcesses()]).toEqual([]);
      await aftermath.expectNothingLeft();
    }
    // The same process goes on as if nothing had been.
    expect((await train(limited(cascade(), 2), { numWorkers: 2, ...options })).iterations).toBe(2);
  });

  it('is neither held up nor broken by a callback that is slow, or throws', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const study = limited(singleReservoir(), 60);
    const iterations: (number | null)[] = [];
    const result = await train(study, {
      numWorkers: 2,
      ...options,
      onProgress: ({ workerId, iteration }) => {
        if (workerId !== 0) throw new Error('never mind');
        iterations.push(iteration);
        if (iteration !== 1) return;
        const until = performance.now() + 500;
        while (performance.now() < until);
      },
    });
    expect(iterations).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(result.policy.digest()).toBe((await train(study)).policy.digest());
    expect(warning).toHaveBeenCalledTimes(1);
    warning.mockRestore();
  });

  it('ends cleanly when it is asked to', async () => {
    const stop = new AbortController();
    const result = await train(endless(), {
      numWorkers: 2,
      ...options,
      signal: stop.signal,
      outputDirectory: directory,
      onProgress: ({ iteration }) => {
        if (iteration === 4) stop.abort();
      },
    });
    expect(result.terminationReason).toBe('interrupted');
    const study = limited(discounted(), result.iterations);
    expect(result.policy.digest()).toBe((await train(study)).policy.digest());
  });
});

describe.each(some(PROCESS_GANGS, 1))('on $name, which others may meddle with', ({ options }) => {
  const linux = process.platform === 'linux';

  it.runIf(linux)('a worker that is out of memory is named', async () => {
    vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=24');
    const warnings = Array.from({ length: 400_000 }, (_, i) => ({
      kind: 'OutOfRange' as const,
      message: `more than the heap of a worker can hold: ${i}`,
    }));
    const error = await failureOf(train({ ...limited(discounted(), 3), warnings }, { numWorkers: 2, ...options }));
    expect(error).toMatchObject({ inner: null });
    expect(error.signal ?? error.exitCode).not.toBeNull();
  });

  it.runIf(linux)(
    'signals that a terminal or a scheduler sends to all processes are the caller’s business',
    async () => {
      const stop = new AbortController();
      let sent = false;
      const result = await train(endless(), {
        numWorkers: 2,
        ...options,
        signal: stop.signal,
        onProgress: ({ iteration }) => {
          if (sent || iteration !== 3) return;
          sent = true;
          for (const pid of rankProcesses().values()) {
            process.kill(pid, 'SIGTERM');
            process.kill(pid, 'SIGINT');
          }
          setTimeout(() => stop.abort(), 200);
        },
      });
      expect(result.terminationReason).toBe('interrupted');
      expect(result.iterations).toBeGreaterThan(3);
    },
  );

  it.runIf(linux)('workers whom the signal of a cancelled run ends before they can listen are no failure', async () => {
    const stop = new AbortController();
    const run = train(endless(), { numWorkers: 2, ...options, signal: stop.signal });
    const outcome = run.then(
      ({ terminationReason }) => terminationReason,
      (error: CobreError) => error.kind,
    );
    const pid = await rankProcess(1);
    stop.abort();
    process.kill(pid, 'SIGINT');
    // Whichever of the two was faster.
    expect(await outcome).toBeOneOf(['Cancelled', 'interrupted']);
    expect([...rankProcesses()]).toEqual([]);
  });

  it.runIf(linux)('workers do not outlive a caller that is killed', async () => {
    const { startProcess } = await import('../support/child.js');
    const program = `
      import { train } from 'cobre';
      await train('examples/four-regions', { numWorkers: 2, ...${JSON.stringify(options)}, onProgress: () => console.log('on') });
    `;
    const aftermath = new Aftermath();
    const caller = startProcess(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env },
    });
    await new Promise((resolve) => caller.stdout?.once('data', resolve));
    caller.kill('SIGKILL');
    await aftermath.expectNothingLeft();
  });
});

describe('a program', () => {
  // Flags that threads cannot have, and one with which they refuse a file.
  it.each(some([['--input-type=module'], ['--max-old-space-size=2048'], ['--max-semi-space-size=8']], 1))(
    'may be run with %s, on every kind of worker',
    (flag) => {
      const program = `
        import('cobre').then(async ({ loadCase, train }) => {
          const training = { stopping_rules: [{ type: 'iteration_limit', limit: 1 }] };
          const study = await loadCase('examples/one-reservoir', { configOverrides: { training } });
          for (const way of [{}, { backend: 'tcp' }]) await train(study, { numWorkers: 3, ...way });
          console.log('done');
        });
      `;
      const { stdout, stderr } = runSync(process.execPath, [flag, '-e', program]);
      expect(stderr).toBe('');
      expect(stdout).toBe('done\n');
    },
  );
});

describe('options', () => {
  const study = () => limited(singleReservoir(), 2);
  const kindOf = async (options: object) => {
    const error = await train(study(), options as RunOptions).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CobreError);
    return (error as CobreError).kind;
  };

  it('fork is refused with several workers, as IncompatibleSettings', async () => {
    expect(await kindOf({ startMethod: 'fork', numWorkers: 2 })).toBe('IncompatibleSettings');
  });

  it.each([
    [{ numWorkers: 0 }, 'InvalidArgument'],
    [{ numWorkers: 2, backend: 'mpi' }, 'IncompatibleSettings'],
    [{ numWorkers: 2, backend: 'carrier pigeon' }, 'IncompatibleSettings'],
    [{ numWorkers: 2, backend: 'tcp', startMethod: 'thread' }, 'IncompatibleSettings'],
    [{ numWorkers: 2, startMethod: 'teleport' }, 'IncompatibleSettings'],
    [{ numWorkers: 2, timeoutMs: 0 }, 'InvalidArgument'],
    [{ communicator: 7 }, 'InvalidArgument'],
  ])('%o is refused as %s', async (options, kind) => {
    expect(await kindOf(options)).toBe(kind);
  });

  it('tcp is chosen by COBRE_TCP_COORDINATOR where the backend is auto', async () => {
    vi.stubEnv('COBRE_TCP_COORDINATOR', '127.0.0.1:29599');
    const { workers } = await train(study(), { numWorkers: 2 });
    expect(workers?.map((worker) => worker.backend)).toEqual(['tcp', 'tcp']);
    const threads = await train(study(), { numWorkers: 2, startMethod: 'thread' });
    expect(threads.workers?.map((worker) => worker.backend)).toEqual(['shm', 'shm']);
    expect((await train(study())).workers).toBeNull();
  });

  it('a place in a job over tcp that lacks something is an error that names what', async () => {
    vi.stubEnv('COBRE_TCP_COORDINATOR', '127.0.0.1');
    vi.stubEnv('COBRE_TCP_RANK', '0');
    const error = await train(study(), { backend: 'tcp' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackendError);
    expect((error as BackendError).toJSON()).toMatchObject({
      kind: 'IncompatibleSettings',
      context: { requested_value: 'tcp', missing_variables: ['COBRE_TCP_SIZE'] },
    });
    vi.stubEnv('COBRE_TCP_SIZE', '3');
    expect(await kindOf({ backend: 'tcp', numWorkers: 2 })).toBe('IncompatibleSettings');
  });

  it('one worker is on its own whatever the rest says, and has no workers to tell of', async () => {
    vi.stubEnv('COBRE_TCP_COORDINATOR', '127.0.0.1');
    vi.stubEnv('COBRE_TCP_RANK', '0');
    vi.stubEnv('COBRE_TCP_SIZE', '2');
    const events: ProgressEvent[] = [];
    const result = await train(study(), { numWorkers: 1, onProgress: (event) => events.push(event) });
    expect(result.workers).toBeNull();
    expect(events.map(({ workerId }) => workerId)).toEqual([null, null]);
  });
});

describe('ranks', () => {
  it.each(GANGS)('gather what they have in rank order: $name', async ({ options }) => {
    const size = 3;
    const results = await runRanks(programUrl('rank-order'), { size, ...options });
    expect(results).toEqual(Array.from({ length: size }, () => [0, 10, 11, 20, 21, 22]));
  });

  it.runIf(process.platform === 'linux')('are found by the tests that kill them', async () => {
    const run = train(limited(singleReservoir(), 100_000), { numWorkers: 2, ...PROCESS_GANGS[0].options });
    const pid = await rankProcess(1);
    process.kill(pid, 'SIGKILL');
    expect(await failureOf(run)).toMatchObject({ rank: 1, signal: 'SIGKILL' });
  });
});
