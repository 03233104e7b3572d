import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import { CobreError } from '#cobre/errors';
import type { ProgressEvent } from '#cobre/options';
import { Policy } from '#cobre/results/policy';
import { limited } from '../support/run-bits.js';
import { cascade, discounted, singleReservoir } from '../support/small-study.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-api-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const kindOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(CobreError);
  return (error as CobreError).kind;
};

describe('options', () => {
  it.each([
    [{ numWorkers: 0 }, 'InvalidArgument'],
    [{ numWorkers: 1.5 }, 'InvalidArgument'],
    [{ numWorkers: 257 }, 'InvalidArgument'],
    [{ backend: 'smoke' }, 'IncompatibleSettings'],
    [{ backend: 'local', numWorkers: 2 }, 'IncompatibleSettings'],
    [{ startMethod: 'fork', numWorkers: 2 }, 'IncompatibleSettings'],
    [{ configOverrides: {} }, 'InvalidArgument'],
    [null, 'InvalidArgument'],
    [{ signal: 5 }, 'InvalidArgument'],
    [{ onProgress: 'loud' }, 'InvalidArgument'],
    [{ outputDirectory: 5 }, 'InvalidArgument'],
    [{ signal: AbortSignal.abort() }, 'Cancelled'],
  ])('%o is refused as %s', async (options, kind) => {
    expect(await kindOf(train(singleReservoir(), options as never))).toBe(kind);
  });

  it('shows text as text in what it says', async () => {
    const refused = (options: object) => expect(train(singleReservoir(), options)).rejects;
    await refused({ numWorkers: '2' }).toThrow("not '2'");
    await refused({ outputDirectory: 5 }).toThrow('must be a path, not 5');
  });

  it('refuses a number of scenarios that is none', async () => {
    const study = limited(singleReservoir(), 1);
    const { policy } = await train(study);
    expect(await kindOf(simulate(study, policy, { scenarios: 0 }))).toBe('InvalidArgument');
  });

  it.each([undefined, null, 42, {}])('refuses %o as a case and as a policy', async (what) => {
    expect(await kindOf(train(what as never))).toBe('InvalidArgument');
    expect(await kindOf(simulate(singleReservoir(), what as never))).toBe('InvalidArgument');
  });

  it('refuses a policy of another system', async () => {
    const { policy } = await train(limited(singleReservoir(), 1));
    expect(await kindOf(simulate(cascade(), policy))).toBe('PolicyMismatch');
    expect(await kindOf(simulate({ ...singleReservoir(), hash: 'another' }, policy))).toBe('PolicyMismatch');
  });
});

describe.each([1, 2])('with %i worker(s)', (numWorkers) => {
  it('reports every iteration of every worker, in order', async () => {
    const events: ProgressEvent[] = [];
    const result = await train(limited(singleReservoir(), 5), { numWorkers, onProgress: (e) => events.push(e) });
    const ids = numWorkers === 1 ? [null] : [0, 1];
    for (const id of ids) {
      const own = events.filter((event) => event.workerId === id);
      expect(own.map((event) => event.iteration)).toEqual([1, 2, 3, 4, 5]);
      expect(own.map((event) => event.lowerBound)).toEqual([...result.convergenceHistory.lowerBound]);
    }
    expect(events).toHaveLength(5 * ids.length);
    expect(result.workers).toEqual(
      numWorkers === 1 ? null : ids.map((rank) => ({ rank, backend: 'shm', wallTimeMs: expect.any(Number) })),
    );
  });

  it('is not disturbed by a callback that throws', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const result = await train(limited(singleReservoir(), 3), {
      numWorkers,
      onProgress: () => {
        throw new Error('never mind');
      },
    });
    expect(result.iterations).toBe(3);
    expect(warning).toHaveBeenCalledTimes(1);
    warning.mockRestore();
  });

  it('ends cleanly when it is interrupted, with what it has so far saved', async () => {
    const stop = new AbortController();
    const result = await train(limited(singleReservoir(), 100_000), {
      numWorkers,
      signal: stop.signal,
      outputDirectory: directory,
      onProgress: ({ iteration }) => {
        if (iteration === 3) stop.abort();
      },
    });
    expect(result.terminationReason).toBe('interrupted');
    expect(result.iterations).toBeGreaterThanOrEqual(3);
    const saved = await Policy.load(directory);
    expect(saved.digest()).toBe(result.policy.digest());
    expect(saved.data.completedIterations).toBe(result.iterations);
  });

  it('simulates a policy from disk with the bits of the one in memory', async () => {
    const study = limited(discounted(), 6);
    const { policy } = await train(study, { numWorkers, outputDirectory: directory });
    const loaded = await Policy.load(directory);
    const [memory, disk] = [policy, loaded].map((p) => simulate(study, p, { numWorkers, scenarios: 20 }));
    expect((await disk).totalCost).toEqual((await memory).totalCost);
  });

  it('writes results only when complete, and leaves earlier ones alone when a run fails', async () => {
    const study = limited(singleReservoir(), 2);
    const { policy } = await train(study, { numWorkers, outputDirectory: directory });
    await simulate(study, policy, { numWorkers, scenarios: 3, outputDirectory: directory });
    const before = readFileSync(join(directory, 'policy', 'metadata.json'), 'utf8');
    expect(readdirSync(join(directory, 'simulation', 'hydros'))).toEqual([
      'scenario_id=0000',
      'scenario_id=0001',
      'scenario_id=0002',
    ]);

    // Deficit that may not exceed its depth makes the stage infeasible.
    const hopeless = {
      ...study,
      buses: study.buses.map((bus) => ({ ...bus, deficitSegments: [{ depthMw: 0, cost: 1 }] })),
      thermals: study.thermals.map((plant) => ({ ...plant, minMw: 0, maxMw: 0 })),
      hydros: study.hydros.map((hydro) => ({ ...hydro, maxTurbined: 0 })),
    };
    await expect(train(hopeless, { numWorkers, outputDirectory: directory })).rejects.toThrow(/Infeasible/);
    expect(readFileSync(join(directory, 'policy', 'metadata.json'), 'utf8')).toBe(before);
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'policy', 'simulation', 'training']);

    const stop = new AbortController();
    const cut = await simulate(study, policy, {
      numWorkers,
      scenarios: 5000,
      outputDirectory: directory,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(cut.complete).toBe(false);
    expect(cut.scenarios).toBeLessThan(5000);
    const simulated = [...cut.totalCost].filter((cost) => !Number.isNaN(cost));
    expect(simulated).toHaveLength(cut.scenarios);
    expect(cut.meanCost).toBeCloseTo(simulated.reduce((sum, cost) => sum + cost, 0) / cut.scenarios, 3);
    expect(readdirSync(join(directory, 'simulation', 'hydros'))).toHaveLength(3);
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'policy', 'simulation', 'training']);
  });
});

describe('outcomes', () => {
  it('does not leave simulations of an earlier policy beside a new one', async () => {
    const study = limited(singleReservoir(), 2);
    const { policy } = await train(study, { outputDirectory: directory });
    await simulate(study, policy, { scenarios: 3, outputDirectory: directory });
    await train(limited(singleReservoir(), 3), { outputDirectory: directory });
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'policy', 'training']);
  });

  it('writes what the case exports, and nothing else', async () => {
    const study = limited(singleReservoir(), 2);
    const exporting = (exports: object) => ({
      ...study,
      config: { ...study.config, exports: { ...study.config.exports, ...exports } },
    });
    const { policy } = await train(exporting({ cuts: false }), { outputDirectory: directory });
    const run = await simulate(exporting({ simulation: false }), policy, { scenarios: 3, outputDirectory: directory });
    expect(run.complete).toBe(true);
    expect(run.outputFiles).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'training']);
  });

  it('refuses a policy whose bases are of another layout', async () => {
    const study = limited(singleReservoir(), 2);
    const { policy } = await train(study);
    const bases = policy.data.bases.map((basis) => basis && { ...basis, columns: basis.columns.subarray(1) });
    expect(await kindOf(simulate(study, new Policy({ ...policy.data, bases })))).toBe('PolicyMismatch');
  });

  it('does not change by a line from a bus to itself', async () => {
    const study = limited(cascade(), 3);
    const { lossesPercent, ...line } = study.lines[0];
    const loops = [0, 10].map((losses, i) => ({
      ...line,
      id: 7 + i,
      targetBus: line.sourceBus,
      lossesPercent: losses,
    }));
    const plain = await train(study);
    const looped = await train({ ...study, lines: [...study.lines, ...loops] });
    expect(looped.finalLowerBound).toBeCloseTo(plain.finalLowerBound, 3);
  });

  it('leaves nothing behind when the output directory cannot be made', async () => {
    expect(await kindOf(train(limited(singleReservoir(), 1), { outputDirectory: '/dev/null/here' }))).toBe('IoError');
    expect(existsSync('/dev/null/here')).toBe(false);
  });
});
