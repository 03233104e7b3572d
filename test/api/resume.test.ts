import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { CobreError } from '#cobre/errors';
import type { RunOptions } from '#cobre/options';
import { Policy } from '#cobre/results/policy';
import { startProcess } from '../support/child.js';
import { withPolicy } from '../support/configured.js';
import { DEFAULT_CUTS } from '../support/fresh-policy.js';
import { some } from '../support/long.js';
import { limited } from '../support/run-bits.js';
import { cascade, discounted, negativeInflows, singleReservoir, stochasticStudies } from '../support/small-study.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-resume-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const resumed = (study: Study, path = './policy') => withPolicy(study, { mode: 'resume', path });
/** Trainings that have checkpoints in an output directory, and the checkpoints of the last one, as paths below it. */
const trainings = (below = directory) => readdirSync(join(below, 'checkpoints')).sort();
const checkpoints = (below = directory) => {
  const last = trainings(below).at(-1) as string;
  return readdirSync(join(below, 'checkpoints', last))
    .sort()
    .map((name) => join('checkpoints', last, name));
};
const iterations = (below = directory) => checkpoints(below).map((path) => Number(path.slice(-6)));
const every = (study: Study, interval: number) =>
  withPolicy(study, { checkpointing: { firstIteration: interval, interval } });

/** Stops after `iterations` as a signal would have it. */
async function cutOff(study: Study, iterations: number, options: RunOptions = {}) {
  const stop = new AbortController();
  return train(study, {
    outputDirectory: directory,
    signal: stop.signal,
    ...options,
    onProgress: ({ iteration }) => {
      if ((iteration ?? 0) >= iterations) stop.abort();
    },
  });
}

/** Ends as a training does whose process is killed: nothing is moved into place, and nothing tidied up. */
async function failAfterIteration(study: Study, iterations: number, output = directory): Promise<void> {
  const program = `
    import { train } from '#cobre/api/train';
    import { readFileSync } from 'node:fs';
    import { deserialize } from 'node:v8';
    const onProgress = ({ iteration }) => iteration > ${iterations} && process.kill(process.pid, 'SIGKILL');
    await train(deserialize(readFileSync(0)), { outputDirectory: ${JSON.stringify(output)}, onProgress });
  `;
  const child = startProcess(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin?.end(serialize(study));
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

async function failureOf(call: Promise<unknown>): Promise<CobreError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CobreError);
  return error as CobreError;
}

/** All that a training reports and that its way must not show in. */
function bits(result: Awaited<ReturnType<typeof train>>) {
  const { lowerBound, upperBound, upperBoundStd } = result.convergenceHistory;
  return {
    digest: result.policy.digest(),
    bases: result.policy.data.bases,
    state: result.policy.data.training?.bases,
    iterations: result.iterations,
    bounds: [lowerBound, upperBound, upperBoundStd].map((column) => [...column]),
    reason: result.terminationReason,
  };
}

describe('a training that was cut off and goes on', () => {
  // Other studies, and other moments, are in the sweep of runs that are killed.
  it.each(some([discounted, negativeInflows], 1).map((make) => [make.name, make] as const))(
    'ends with the bits of one that never stopped, wherever and on whatever it was cut off: %s',
    async (_, make) => {
      const study = limited(make(), 40, 3);
      const whole = bits(await train(study));
      const ways: [number, RunOptions][] = [
        [1, {}],
        [17, { numWorkers: 2 }],
        [33, {}],
      ];
      for (const [iterations, options] of ways) {
        const output = join(directory, String(iterations));
        const first = await cutOff(limited(study, 1_000_000), iterations, { ...options, outputDirectory: output });
        expect(first.terminationReason).toBe('interrupted');
        // On another number of workers than before.
        const numWorkers = options.numWorkers === 2 ? 1 : 3;
        const second = await train(resumed(study), { outputDirectory: output, numWorkers });
        expect(second.origin).toMatchObject({ mode: 'resume', iterations: first.iterations });
        expect(bits(second)).toEqual(whole);
        expect((await Policy.load(output)).digest()).toBe(whole.digest);
      }
    },
  );

  it('goes on with more trajectories than bases are kept for', async () => {
    const study = limited(stochasticStudies[0](), 3, 70);
    const whole = bits(await train(study));
    await train(limited(study, 1), { outputDirectory: directory });
    expect(bits(await train(resumed(study), { outputDirectory: directory }))).toEqual(whole);
  });

  it('goes on several times, and past the limit that it had', async () => {
    const study = limited(discounted(), 12);
    const whole = bits(await train(study));
    await train(limited(study, 4), { outputDirectory: directory });
    await train(resumed(limited(study, 9)), { outputDirectory: directory });
    expect(bits(await train(resumed(study), { outputDirectory: directory }))).toEqual(whole);
  });

  it('has nothing to do where it had ended, and says the same again', async () => {
    const study = limited(discounted(), 5);
    const whole = await train(study, { outputDirectory: directory });
    const again = await train(resumed(study), { outputDirectory: directory });
    expect(bits(again)).toEqual(bits(whole));
    expect(again.origin.iterations).toBe(5);
  });

  it('simulates with the bits of the policy that never stopped', async () => {
    const study = limited(stochasticStudies[1](), 15);
    const { policy } = await train(study);
    await cutOff(study, 6);
    const other = await train(resumed(study), { outputDirectory: directory });
    const [a, b] = await Promise.all([policy, other.policy].map((each) => simulate(study, each, { scenarios: 80 })));
    expect(b.totalCost).toEqual(a.totalCost);
  });

  it('stalls when the whole would have', async () => {
    const base = singleReservoir();
    const rules = [
      { type: 'iteration_limit', limit: 200 },
      { type: 'bound_stalling', iterations: 5, tolerance: 1e-9 },
    ] as const;
    const study = { ...base, config: { ...base.config, training: { ...base.config.training, stoppingRules: rules } } };
    const whole = await train(study);
    expect(whole.terminationReason).toBe('bound_stalling');
    await cutOff(study, whole.iterations - 2);
    expect(bits(await train(resumed(study), { outputDirectory: directory }))).toEqual(bits(whole));
  });
});

describe('a training that was killed', () => {
  it('goes on from its beginning where it had not come to a checkpoint', async () => {
    const study = limited(discounted(), 8);
    await failAfterIteration(study, 3);
    expect(iterations()).toEqual([0]);
    const again = await train(resumed(study), { outputDirectory: directory });
    expect(again.origin).toMatchObject({ mode: 'resume', iterations: 0 });
    expect(bits(again)).toEqual(bits(await train(study)));
  });

  it('is the one that goes on, not an earlier one that ended well', async () => {
    const base = join(directory, 'base');
    const study = limited(every(discounted(), 2), 6);
    await train(study, { outputDirectory: base });
    const warm = withPolicy(study, { mode: 'warm_start', path: '../base/policy' });
    const output = join(directory, 'output');
    await train(warm, { outputDirectory: output });
    await failAfterIteration(study, 3, output);
    const fresh = await train(withPolicy(study, { mode: 'resume' }), { outputDirectory: output });
    expect(bits(fresh)).toEqual(bits(await train(study)));
  });

  it('goes on by the same call with another mode: also one that began with the cuts of another', async () => {
    const base = join(directory, 'base');
    const study = limited(every(discounted(), 2), 7);
    await train(limited(study, 3), { outputDirectory: base });
    const warm = withPolicy(study, { mode: 'warm_start', path: '../base/policy' });
    const whole = await train(warm, { outputDirectory: join(directory, 'whole') });
    const output = join(directory, 'output');
    for (const iterations of [1, 5]) {
      await failAfterIteration(warm, iterations, output);
      const again = await train(withPolicy(warm, { mode: 'resume' }), { outputDirectory: output });
      expect(again.origin.iterations).toBe(iterations - 1);
      expect(bits(again)).toEqual(bits(whole));
      rmSync(output, { recursive: true });
    }
  });

  it('goes on in another output directory, from where policy.path says', async () => {
    const study = limited(every(discounted(), 2), 7);
    const whole = bits(await train(study));
    await failAfterIteration(study, 5, join(directory, 'first'));
    for (const path of ['../first', '../first/policy']) {
      const output = join(directory, `second${path.length}`);
      const again = await train(resumed(study, path), { outputDirectory: output });
      expect(again.origin.iterations).toBe(4);
      expect(bits(again)).toEqual(whole);
    }
    // A finished policy holds its last state as well.
    const third = await train(resumed(limited(study, 9), '../second8/policy'), {
      outputDirectory: join(directory, 'third'),
    });
    expect(bits(third)).toEqual(bits(await train(limited(study, 9))));
  });
});

describe('checkpoints', () => {
  it('are written at the beginning, every few iterations and at the end, the last three of them kept', async () => {
    const seen: number[][] = [];
    await train(limited(every(discounted(), 5), 22), {
      outputDirectory: directory,
      onProgress: ({ iteration }) => {
        if ((iteration ?? 0) % 5 === 1) seen.push(iterations());
      },
    });
    expect(seen).toEqual([[0], [0, 5], [0, 5, 10], [5, 10, 15], [10, 15, 20]]);
    expect(iterations()).toEqual([15, 20, 22]);
  });

  it('are policies that can be loaded and simulated', async () => {
    const study = limited(every(discounted(), 5), 10);
    await train(study, { outputDirectory: directory });
    const policy = await Policy.load(join(directory, checkpoints()[1]));
    expect(policy.digest()).toBe((await train(limited(study, 5))).policy.digest());
    expect((await simulate(study, policy, { scenarios: 4 })).complete).toBe(true);
  });

  it('say what they belong to: the case, the configuration, the iteration', async () => {
    const study = limited(every(discounted(), 2), 2);
    await train(study, { outputDirectory: directory });
    const below = (output: string) => join(output, checkpoints(output)[1], 'metadata.json');
    const metadata = JSON.parse(readFileSync(below(directory), 'utf8'));
    expect(metadata).toMatchObject({
      completed_iterations: 2,
      max_iterations: 2,
      system_hash: study.hash,
      config_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      warm_start_cuts: 0,
      hydro_ids: study.hydros.map(({ id }) => id),
    });
    const other = join(directory, 'other');
    await train(limited(study, 2, 7), { outputDirectory: other });
    expect(JSON.parse(readFileSync(below(other), 'utf8')).config_hash).not.toBe(metadata.config_hash);
  });

  it('begin where the case says, and are compressed where it says so', async () => {
    const study = limited(discounted(), 9);
    const settings = { firstIteration: 3, interval: 4, compress: true };
    await train(withPolicy(study, { checkpointing: settings }), { outputDirectory: directory });
    expect(iterations()).toEqual([3, 7, 9]);
    expect(readdirSync(join(directory, checkpoints()[0], 'cuts'))[0]).toBe('stage_000.bin.gz');
    rmSync(join(directory, 'policy'), { recursive: true });
    const second = await train(resumed(limited(study, 20)), { outputDirectory: directory });
    expect(bits(second)).toEqual(bits(await train(limited(study, 20))));
  });

  it('are not written where they are turned off, nor without an output directory', async () => {
    const study = limited(withPolicy(discounted(), { checkpointing: { enabled: false } }), 12);
    await train(study, { outputDirectory: directory });
    expect(existsSync(join(directory, 'checkpoints'))).toBe(false);
  });

  it('of an earlier training stay until a run has replaced its results', async () => {
    const study = limited(every(discounted(), 2), 4);
    await train(study, { outputDirectory: directory });
    const before = trainings();
    const during: string[][] = [];
    const onProgress = () => {
      during.push(trainings());
    };
    await train(limited(study, 4, 5), { outputDirectory: directory, onProgress });
    expect(during).toHaveLength(4);
    for (const names of during) expect(names).toEqual([...before, expect.stringMatching(/^0002_/)]);
    expect(trainings()).toEqual([expect.stringMatching(/^0002_/)]);
  });

  it('of trainings that never ended do not pile up', async () => {
    const study = limited(every(discounted(), 2), 4);
    for (let time = 0; time < 4; time++) await failAfterIteration(study, 1);
    expect(trainings().map((name) => name.slice(0, 4))).toEqual(['0002', '0003', '0004']);
  });

  it('that are damaged are passed over, saying so', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const study = limited(every(discounted(), 3), 9);
    await train(study, { outputDirectory: directory });
    const file = join(directory, checkpoints()[2], 'resume', 'bases.bin');
    const bytes = readFileSync(file);
    bytes[0] ^= 1;
    writeFileSync(file, bytes);
    const again = await train(resumed(study), { outputDirectory: directory });
    expect(again.origin.iterations).toBe(6);
    // What was damaged has been written again.
    expect((await Policy.load(join(directory, checkpoints()[2]))).data.completedIterations).toBe(9);
    expect(warning).toHaveBeenCalledWith(expect.stringContaining('bases.bin'), 'CobreWarning');
    expect(bits(again)).toEqual(bits(await train(study)));
  });
});

describe('what cannot be resumed is refused, saying why:', () => {
  const trained = async (study: Study) => {
    await train(study, { outputDirectory: directory });
    return study;
  };
  const refused = async (study: Study, says: RegExp) => {
    const before = readdirSync(directory, { recursive: true }).sort();
    const error = await failureOf(train(resumed(study), { outputDirectory: directory }));
    expect(error.kind).toBe('CheckpointFailed');
    expect(error.message).toMatch(says);
    expect(error.suggestion).toMatch(/fresh/);
    expect(error.context).toMatchObject({ operation: 'read', checkpoint_path: join(directory, 'checkpoints') });
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual(before);
  };

  it('no checkpoint at all', () => refused(limited(discounted(), 5), /no training has begun/));

  it('another number of forward passes', async () => {
    const study = await trained(limited(discounted(), 3));
    await refused(limited(study, 6, 9), /training\.forward_passes was \d+, is 9/);
  });

  it('once, however many checkpoints do not fit, and others where they differ', async () => {
    const study = await trained(limited(every(discounted(), 2), 6));
    const message = async (changed: Study) =>
      (await failureOf(train(resumed(changed), { outputDirectory: directory }))).message;
    const { training } = study.config;
    const other = { ...study, config: { ...study.config, training: { ...training, treeSeed: training.treeSeed + 1 } } };
    const why = `training.tree_seed was ${training.treeSeed}, is ${training.treeSeed + 1}`;
    expect(await message(other)).toBe(`the latest checkpoint does not fit: ${why}`);
    expect(await message(limited(study, 1))).toBe(
      'the latest checkpoint does not fit: its 6 iterations are more than the limit of 1',
    );
    writeFileSync(join(directory, checkpoints()[0], 'metadata.json'), '{');
    expect(await message(other)).toMatch(
      /^the latest checkpoint does not fit: training\.tree_seed .*; an earlier one: /,
    );
  });

  it('another source of scenarios', async () => {
    const study = await trained(limited(discounted(), 3));
    const { training } = limited(study, 6).config;
    const source = { ...training.source, inflow: 'out_of_sample' as const };
    const other = { ...study, config: { ...study.config, training: { ...training, source } } };
    await refused(other, /training\.scenario_source was in_sample, is inflow out_of_sample/);
  });

  it('another case', async () => {
    await trained(limited(discounted(), 3));
    await refused(limited(cascade(), 6), /a case with other data/);
  });

  it('more iterations than the limit, where no checkpoint is of fewer', async () => {
    const study = await trained(limited(every(discounted(), 1), 8));
    await refused(limited(study, 4), /its 8 iterations are more than the limit of 4/);
    // The advice helps: a training that begins anew is the one that is resumed from then on.
    await failAfterIteration(limited(study, 4), 2);
    const again = await train(resumed(limited(study, 4)), { outputDirectory: directory });
    expect(again.origin.iterations).toBe(2);
    expect(bits(again)).toEqual(bits(await train(limited(study, 4))));
  });

  it('nothing but damaged ones', async () => {
    const study = await trained(limited(discounted(), 3));
    for (const below of checkpoints()) writeFileSync(join(directory, below, 'metadata.json'), '{');
    await refused(study, /is not valid JSON/);
  });

  it('without an output directory that its path is relative to', async () => {
    expect((await failureOf(train(resumed(discounted())))).kind).toBe('InvalidArgument');
  });
});

describe('a warm start', () => {
  const warm = (study: Study, path: string, more = {}) => withPolicy(study, { mode: 'warm_start', path, ...more });

  it('begins with the cuts of another policy, and adds its own to them', async () => {
    const study = limited(stochasticStudies[1](), 6);
    const first = await train(study, { outputDirectory: join(directory, 'first') });
    const second = await train(warm(limited(study, 3), '../first/policy'), {
      outputDirectory: join(directory, 'second'),
    });
    expect(second.iterations).toBe(3);
    expect(second.origin).toMatchObject({ mode: 'warm_start', iterations: 0 });
    const [before, after] = [first, second].map(({ policy }) => policy.data.cuts);
    for (const [t, cuts] of after.entries()) {
      expect(cuts.warmStart).toBe(before[t].count);
      expect(cuts.intercept.subarray(0, before[t].count)).toEqual(before[t].intercept);
      if (before[t].count > 0) expect(cuts.count).toBeGreaterThan(before[t].count);
    }
    // The first bound of the second is computed with all cuts of the first.
    expect(second.records[0].lowerBound).toBeGreaterThanOrEqual(first.finalLowerBound * (1 - 1e-9));
    expect((await Policy.load(join(directory, 'second'))).data.cuts).toEqual(after);
  });

  it('says that its bound holds only if cuts of another problem do, and so do those that come after it', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const study = limited(stochasticStudies[1](), 3);
    const dear = { ...study, hash: 'd'.repeat(64) };
    const first = await train(dear, { outputDirectory: join(directory, 'dear') });
    expect([first.origin.foreignCuts, first.policy.data.foreignCuts]).toEqual([false, false]);
    const second = await train(warm(study, '../dear/policy'), { outputDirectory: join(directory, 'second') });
    expect(second.origin.foreignCuts).toBe(true);
    expect(warning).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/holds only if .*other data/),
      'CobreWarning',
    );
    const manifest = JSON.parse(readFileSync(join(directory, 'second/training/_manifest.json'), 'utf8'));
    expect(manifest.convergence.lower_bound_doubts).toEqual(['foreign_cuts']);

    const later = await train(resumed(limited(study, 5)), { outputDirectory: join(directory, 'second') });
    expect(later.origin).toMatchObject({ mode: 'resume', iterations: 3, foreignCuts: true });
    expect(warning).toHaveBeenCalledTimes(1);
    // Of the same case, but not of its cuts alone.
    const third = await train(warm(study, '../second/policy'), { outputDirectory: join(directory, 'third') });
    expect(third.origin.foreignCuts).toBe(true);
    expect(warning).toHaveBeenLastCalledWith(expect.stringContaining('began with such cuts'), 'CobreWarning');
  });

  it('says nothing of cuts of the same problem, but does of other openings and of what is not known', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const study = { ...limited(stochasticStudies[1](), 2), noiseOpenings: null };
    await train(study, { outputDirectory: join(directory, 'first') });
    const { training } = study.config;
    const changed = (changes: Partial<typeof training>) =>
      warm({ ...study, config: { ...study.config, training: { ...training, ...changes } } }, '../first/policy');
    const outputDirectory = join(directory, 'out');
    const same = await train(changed({ forwardPasses: 1, forwardSeed: 5 }), { outputDirectory });
    expect([same.origin.foreignCuts, warning.mock.calls]).toEqual([false, []]);
    expect((await train(changed({ treeSeed: 99 }), { outputDirectory })).origin.foreignCuts).toBe(true);
    expect(warning).toHaveBeenLastCalledWith(expect.stringMatching(/tree_seed .*, not 99/), 'CobreWarning');

    // A policy of an earlier version, which did not say where the cuts came from that it began with.
    const { foreignCuts: _, ...silent } = same.policy.data;
    await new Policy(silent).save(join(directory, 'earlier'));
    const after = await train(warm(study, '../earlier'), { outputDirectory });
    expect(after.origin.foreignCuts).toBe(true);
    const { training: state, ...rest } = (await Policy.load(join(directory, 'first'))).data;
    // A version with other arithmetic may have had another inflow of the same data.
    const other = state && { ...state, course: { ...state.course, version: state.course.version - 1 } };
    await new Policy({ ...rest, training: other }).save(join(directory, 'earlier'));
    expect((await train(warm(study, '../earlier'), { outputDirectory })).origin.foreignCuts).toBe(true);
    const { foreignCuts: __, ...plain } = (await Policy.load(join(directory, 'first'))).data;
    await new Policy(plain).save(join(directory, 'plain'));
    expect((await train(warm(study, '../plain'), { outputDirectory })).origin.foreignCuts).toBe(false);
  });

  it('takes the same course on any number of workers, and is resumed on it', async () => {
    const study = limited(stochasticStudies[1](), 4);
    await train(study, { outputDirectory: join(directory, 'first') });
    const more = warm(limited(study, 12), '../first/policy');
    const whole = await train(more, { outputDirectory: join(directory, 'whole'), numWorkers: 2 });
    await cutOff(more, 5, { outputDirectory: join(directory, 'cut') });
    const again = await train(resumed(limited(study, 12)), { outputDirectory: join(directory, 'cut') });
    expect(bits(again)).toEqual(bits(whole));
  });

  it('is refused from a policy of other hydros, unless that is not to be looked at', async () => {
    const study = limited(cascade(), 2);
    await train(study, { outputDirectory: directory });
    const renamed = { ...study, hash: 'f'.repeat(64), hydros: study.hydros.map((h) => ({ ...h, id: h.id + 100 })) };
    const error = await failureOf(train(warm(renamed, './policy'), { outputDirectory: directory }));
    expect(error).toMatchObject({ kind: 'CheckpointFailed', field: 'policy.path' });
    expect(error.message).toMatch(/ids/);
    cpSync(join(directory, 'policy'), join(directory, 'kept'), { recursive: true });
    const lenient = warm(renamed, './kept', { validateCompatibility: false });
    expect(
      (await train(lenient, { outputDirectory: join(directory, 'out'), numWorkers: 1 }).catch((e) => e)).kind,
    ).toBe('CheckpointFailed');
    const there = withPolicy(lenient, { path: '../kept' });
    expect((await train(there, { outputDirectory: join(directory, 'out') })).iterations).toBe(2);
  });

  it('is refused from the policy of an endless horizon where this one ends', async () => {
    const endless = { ...limited(discounted(), 2), cycleStart: 0 };
    await train(endless, { outputDirectory: join(directory, 'endless') });
    const out = { outputDirectory: join(directory, 'out') };
    const error = await failureOf(train(warm(limited(discounted(), 2), '../endless/policy'), out));
    expect(error).toMatchObject({ kind: 'CheckpointFailed', field: 'policy.path' });
    expect(error.message).toMatch(/cyclic/);
    expect((await train(warm(endless, '../endless/policy'), out)).iterations).toBe(2);
  });

  it('is refused from cuts of single openings of another tree', async () => {
    const single = limited(discounted(), 2);
    const seeded = (treeSeed: number): Study => {
      const training = {
        ...single.config.training,
        treeSeed,
        cuts: { ...DEFAULT_CUTS, formulation: 'multi' as const },
      };
      return { ...single, config: { ...single.config, training } };
    };
    const [study, other] = [seeded(1), seeded(2)];
    await train(study, { outputDirectory: join(directory, 'first') });
    const out = { outputDirectory: join(directory, 'out') };
    const error = await failureOf(train(warm(other, '../first/policy'), out));
    expect(error).toMatchObject({ kind: 'CheckpointFailed', field: 'policy.path' });
    expect(error.message).toMatch(/tree_seed/);
    expect((await train(warm(study, '../first/policy'), out)).iterations).toBe(2);
  });

  it('is refused from a policy with other stages, and from none', async () => {
    await train(limited(cascade(), 2), { outputDirectory: directory });
    const error = await failureOf(
      train(warm(limited(singleReservoir(), 2), './policy'), { outputDirectory: directory }),
    );
    expect(error.kind).toBe('CheckpointFailed');
    expect(error.message).toMatch(/stages|state variables/);
    const none = await failureOf(train(warm(limited(cascade(), 2), './nowhere'), { outputDirectory: directory }));
    expect(none.kind).toBe('CheckpointFailed');
  });
});
