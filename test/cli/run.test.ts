import type { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '#cobre/cli/program';
import { CobreError, SolverError, ValidationError } from '#cobre/errors';
import type { Study } from '../../src/case/study.js';
import type { ProgressEvent, RunOptions } from '../../src/options.js';
import {
  DIGEST,
  fakeLibrary,
  fakeStudy,
  record,
  simulationResult,
  trainingEvent,
  trainingResult,
} from './fake-library.js';

const ESCAPE = String.fromCharCode(27);
let caseDirectory: string;

beforeAll(async () => {
  caseDirectory = await mkdtemp(join(tmpdir(), 'cobre-cli-'));
});
afterAll(async () => {
  await rm(caseDirectory, { recursive: true, force: true });
});

const badConfig = new CobreError('OutOfRange', 'too small', { file: 'config.json', field: 'training.forward_passes' });
const badHydro = new CobreError('OutOfRange', 'too small', { file: 'system/hydros.json', field: 'hydros[0].x' });
const fails = (error: unknown) => async () => {
  throw error;
};

/** Trains until it is told to stop, and then at once returns what it has. */
function trainUntilStopped(started: () => void, iterations = 3) {
  return async (_study: unknown, options: RunOptions = {}) => {
    for (let i = 1; i <= iterations; i++) options.onProgress?.(trainingEvent(i));
    await new Promise<void>((resolve) => {
      options.signal?.addEventListener('abort', () => resolve());
      started();
    });
    return trainingResult(iterations, 'interrupted', options.outputDirectory ?? null);
  };
}

describe('cobre run for a person', () => {
  test('tells what runs, how it went and where the results are, in 80 columns and 24 rows', async () => {
    const run = record(fakeLibrary());
    expect(await runCli(['run', caseDirectory, '--workers', '2'], run.environment)).toBe(0);
    const [banner, results] = run.stdout().split('\n\n') as [string, string];
    expect(banner).toContain('cobre 9.8.7  fake-case');
    expect(banner).toContain('1 bus, 0 hydro plants, 1 thermal plant, 0 lines');
    expect(banner).toContain('3 stages, 2024-01-01 to 2024-04-01, 20 openings a stage');
    expect(banner).toContain('4 paths an iteration, ends after 5 iterations; seed 42');
    expect(banner).toMatch(/Workers +2\n?/);
    expect(results).toContain('Training ended after 5 iterations: the limit of 5 was reached.');
    expect(results).toContain('$ 3.050 M   (3,050,000.00)');
    // Of the upper bound's standard error of 20 k, 1.96 times.
    expect(results).toContain('$ 3.080 M ± $ 39.20 k at 95 %');
    // mean 3.06 M, std 0.2 M, 100 scenarios: 1.96 * 0.2 M / 10 = 39.2 k to either side.
    expect(results).toContain('$ 3.021 M to $ 3.099 M');
    expect(results).toContain('standard deviation $ 200.0 k');
    expect(results).toContain('The lower bound lies inside, but ± 1.28 % is wide');
    expect(results).toContain(`sha256 ${DIGEST.slice(0, 12)}`);
    expect(results).toContain(join(caseDirectory, 'output'));
    const lines = results.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(24);
    for (const line of lines.slice(0, -1)) expect([...line].length).toBeLessThanOrEqual(80);
  });

  test('shows each iteration once, whatever the number of workers, and no control characters in a pipe', async () => {
    const run = record(fakeLibrary());
    await runCli(['run', caseDirectory, '--workers', '2'], run.environment);
    const lines = run
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('iteration'));
    expect(lines).toHaveLength(5);
    expect(run.stderr()).toContain('simulated 100 of 100 scenarios');
    expect(run.stdout() + run.stderr()).not.toContain(ESCAPE);
  });

  test('writes about ten lines for a long training', async () => {
    const study = fakeStudy({ simulation: false });
    const rules = [{ type: 'iteration_limit', limit: 500 }] as const;
    const long = {
      ...study,
      config: { ...study.config, training: { ...study.config.training, stoppingRules: rules } },
    };
    const run = record(
      fakeLibrary({
        loadCase: async () => long,
        async train(_study, options = {}) {
          for (let i = 1; i <= 500; i++) options.onProgress?.({ ...trainingEvent(1), iteration: i });
          return trainingResult();
        },
      }),
    );
    await runCli(['run', caseDirectory], run.environment);
    const lines = run.stderr().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(8);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.at(-1)).toContain('iteration 500');
  });

  test('draws a bar on a terminal, in colour unless NO_COLOR is set', async () => {
    const colour = record(fakeLibrary(), { tty: true });
    await runCli(['run', caseDirectory], colour.environment);
    expect(colour.stderr()).toContain('5/5');
    expect(colour.stderr()).toContain(`${ESCAPE}[?25h`);
    expect(colour.stdout()).toContain(`${ESCAPE}[1m`);
    const plain = record(fakeLibrary(), { tty: true, env: { NO_COLOR: '1' } });
    await runCli(['run', caseDirectory], plain.environment);
    expect(plain.stdout()).not.toContain(ESCAPE);
  });

  test('says nothing with --quiet, except errors', async () => {
    const good = record(fakeLibrary(), { tty: true });
    expect(await runCli(['run', caseDirectory, '--quiet'], good.environment)).toBe(0);
    expect(good.stdout() + good.stderr()).toBe('');
    const bad = record(fakeLibrary({ loadCase: fails(new ValidationError([badHydro])) }));
    expect(await runCli(['run', caseDirectory, '--quiet'], bad.environment)).toBe(3);
    expect(bad.stdout()).toBe('');
    expect(bad.stderr()).toContain('system/hydros.json › hydros[0].x');
  });

  test('more workers than cores are worth a note, as many are not', async () => {
    const noted = record(fakeLibrary(), { cores: 2 });
    expect(await runCli(['run', caseDirectory, '--workers', '3'], noted.environment)).toBe(0);
    expect(noted.stderr()).toContain('3 workers share 2 cores');
    for (const args of [
      ['--workers', '2'],
      ['--workers', '3', '--quiet'],
      ['--workers', '3', '--output-format', 'json'],
    ]) {
      const silent = record(fakeLibrary(), { cores: 2 });
      await runCli(['run', caseDirectory, ...args], silent.environment);
      expect(silent.stderr()).not.toContain('share');
    }
  });

  test('a negative gap is not shown while training runs', async () => {
    const run = record(
      fakeLibrary({
        async train(_study, options = {}) {
          options.onProgress?.({ ...trainingEvent(1), gap: -0.07 });
          options.onProgress?.({ ...trainingEvent(2), gap: -1e-12 });
          return trainingResult(2);
        },
      }),
    );
    await runCli(['run', caseDirectory], run.environment);
    expect(run.stderr()).toMatch(/iteration 1 .* gap - {2}/);
    expect(run.stderr()).toMatch(/iteration 2 .* gap 0\.00 %/);
  });

  test('costs that are no upper bound are not called one while training runs, and have no gap', async () => {
    const told = async (changes: Partial<Study>, event: Partial<ProgressEvent>) => {
      const run = record(
        fakeLibrary({
          loadCase: async () => ({ ...fakeStudy(), ...changes }),
          async train(_study, options = {}) {
            options.onProgress?.({ ...trainingEvent(1), ...event });
            return trainingResult(1);
          },
        }),
      );
      await runCli(['run', caseDirectory], run.environment);
      return { line: run.stderr().split('\n')[0], banner: run.stdout().split('\n\n')[0] };
    };
    const { stages } = fakeStudy();
    const averse = stages.map((stage) => ({ ...stage, cvar: { alpha: 0.5, lambda: 0.5 } }));
    expect((await told({}, {})).line).toMatch(/LB \$ 1\.000 M {2}UB \$ 9\.000 M ± 39\.20 k {2}gap 1\.00 %/);
    expect((await told({ stages: averse }, { gap: null })).line).toMatch(
      / {2}mean cost \$ 9\.000 M ± 39\.20 k {2}100 ms/,
    );
    const endless = await told({ cycleStart: 1 }, { gap: null });
    expect(endless.line).toMatch(/ {2}mean cost \$ 9\.000 M ± 39\.20 k {2}100 ms/);
    expect(endless.banner).toContain('2 stages without end: stage 2 leads back to stage 1');
    const single = await told({}, { gap: null, upperBoundStdError: null });
    expect(single.line).toMatch(/ {2}last path \$ 9\.000 M {2}100 ms/);
  });

  test('seeds of openings and of paths are told apart where they differ', async () => {
    const study = fakeStudy();
    const training = { ...study.config.training, forwardSeed: 7 };
    const other = { ...study, config: { ...study.config, training } };
    const run = record(fakeLibrary({ loadCase: async () => other }));
    await runCli(['run', caseDirectory], run.environment);
    expect(run.stdout()).toContain('ends after 5 iterations; seed 42 of the openings, 7 of the paths');
  });

  test('warnings of the case go to stderr', async () => {
    const warnings = [
      {
        kind: 'CapacityViolation' as const,
        message: 'a thermal is idle',
        file: 'system/thermals.json',
        suggestion: 'Use it.',
      },
    ];
    const run = record(fakeLibrary({ loadCase: async () => fakeStudy({ warnings }) }));
    await runCli(['run', caseDirectory], run.environment);
    expect(run.stderr()).toContain('warning  system/thermals.json: a thermal is idle\n    to do    Use it.\n');
    expect(run.stdout()).not.toContain('a thermal is idle');
  });
});

describe('what the library is asked for', () => {
  test('workers, directory and overrides reach it', async () => {
    const seen: unknown[] = [];
    const library = fakeLibrary();
    const run = record({
      ...library,
      loadCase: (directory, options) => {
        seen.push(directory, options);
        return library.loadCase(directory, options);
      },
      train: (study, options) => {
        seen.push(options?.numWorkers, options?.outputDirectory);
        return library.train(study, options);
      },
    });
    const output = join(caseDirectory, 'elsewhere');
    const args = ['run', caseDirectory, '--workers', '3', '--output', output, '--set', 'training.tree_seed=5'];
    expect(await runCli([...args, '--no-simulation'], run.environment)).toBe(0);
    expect(seen).toEqual([
      caseDirectory,
      { configOverrides: { training: { tree_seed: 5 }, simulation: { enabled: false } } },
      3,
      output,
    ]);
  });

  test('simulation is left out where the case says so', async () => {
    const library = fakeLibrary({
      loadCase: async () => fakeStudy({ simulation: false }),
      simulate: fails(new Error('must not be called')),
    });
    const run = record(library);
    expect(await runCli(['run', caseDirectory, '--output-format', 'json'], run.environment)).toBe(0);
    expect(JSON.parse(run.stdout()).data.simulation).toBeNull();
  });

  test('without training, the policy of an earlier run is simulated', async () => {
    const library = fakeLibrary({
      loadCase: async () => fakeStudy({ training: false }),
      train: fails(new Error('must not be called')),
    });
    const run = record(library);
    expect(await runCli(['run', caseDirectory, '--output-format', 'json'], run.environment)).toBe(0);
    const { data } = JSON.parse(run.stdout());
    expect(data.training).toBeNull();
    expect(data.simulation.mean_cost).toBe(3_060_000);
  });

  test('nothing to do is an error of the configuration', async () => {
    const run = record(fakeLibrary({ loadCase: async () => fakeStudy({ training: false, simulation: false }) }));
    expect(await runCli(['run', caseDirectory], run.environment)).toBe(2);
  });
});

describe('cobre run for a program', () => {
  test('json is one envelope with exact numbers, and nothing else is written', async () => {
    const run = record(fakeLibrary());
    expect(await runCli(['run', caseDirectory, '--workers', '2', '--output-format', 'json'], run.environment)).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({
      $schema: 'urn:cobre:response:v1',
      command: 'run',
      success: true,
      exit_code: 0,
      cobre_version: '9.8.7',
      errors: [],
      warnings: [],
      data: {
        output_directory: join(caseDirectory, 'output'),
        workers: 2,
        policy_digest: DIGEST,
        training: {
          iterations: 5,
          final_lower_bound: 3_050_000,
          final_upper_bound: 3_080_000,
          termination_reason: 'iteration_limit',
          total_cuts: 40,
          wall_time_ms: 512,
        },
        simulation: { scenarios: 100, mean_cost: 3_060_000, std_cost: 200_000, wall_time_ms: 89 },
      },
      summary: { status: 'completed', total_time_ms: 601 },
    });
    expect(run.stderr()).toBe('');
  });

  test('json-lines streams started, progress, terminated, result: one object a line, type first', async () => {
    const run = record(fakeLibrary());
    await runCli(['run', caseDirectory, '--workers', '2', '--output-format', 'json-lines'], run.environment);
    const lines = run.stdout().trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\{"type":"/);
    const events = lines.map((line) => JSON.parse(line));
    expect(events.map((event) => event.type)).toEqual([
      'started',
      ...Array(5).fill('progress'),
      'terminated',
      ...Array(4).fill('progress'),
      'result',
    ]);
    expect(events[0]).toMatchObject({
      stages: 3,
      thermals: 1,
      ranks: 2,
      risk_averse: false,
      cyclic: false,
      compares_with_bound: true,
    });
    expect(events[3]).toMatchObject({ iteration: 3, lower_bound: 2_900_000, ci_95: 39_200, iteration_time_ms: 100 });
    expect(events[6]).toMatchObject({ reason: 'iteration_limit', iterations: 5, final_lb: 3_050_000 });
    expect(events.slice(7, 11).map((event) => event.scenarios_complete)).toEqual([25, 50, 75, 100]);
    expect(events.at(-1)).toMatchObject({ command: 'run', success: true, exit_code: 0 });
  });

  test('files of the results are counted, not listed', async () => {
    const outputFiles = Array.from({ length: 1000 }, (_unused, i) => `simulation/costs/scenario_id=${i}/data.parquet`);
    const outputDirectory = join(caseDirectory, 'output');
    const run = record(fakeLibrary({ simulate: async () => simulationResult({ outputFiles, outputDirectory }) }));
    await runCli(['run', caseDirectory, '--output-format', 'json'], run.environment);
    expect(run.stdout()).not.toContain('data.parquet');
    expect(JSON.parse(run.stdout()).data.simulation).toMatchObject({
      output_directory: join(outputDirectory, 'simulation'),
      output_file_count: 1000,
    });
  });

  test('--quiet leaves the result alone', async () => {
    const run = record(fakeLibrary());
    const args = ['run', caseDirectory, '--quiet', '--output-format', 'json-lines'];
    expect(await runCli(args, run.environment)).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({ type: 'result', success: true });
  });

  test('after a bad case the check to run again has the overrides of the run', async () => {
    const run = record(fakeLibrary({ loadCase: fails(new ValidationError([badConfig])) }));
    await runCli(['run', caseDirectory, '--set', 'training.forward_passes=0', '--no-simulation'], run.environment);
    expect(run.stderr()).toContain(
      `cobre validate ${caseDirectory} --set training.forward_passes=0 --set simulation.enabled=false\n`,
    );
  });

  test('errors are records with file, field and suggestion', async () => {
    const run = record(fakeLibrary({ loadCase: fails(new ValidationError([badConfig, badHydro])) }));
    expect(await runCli(['run', caseDirectory, '--output-format', 'json'], run.environment)).toBe(3);
    const response = JSON.parse(run.stdout());
    expect(response).toMatchObject({ success: false, exit_code: 3, data: null });
    expect(response.errors).toEqual([badConfig.toJSON(), badHydro.toJSON()]);
  });
});

describe('failures', () => {
  const place = { stage: 4, iteration: 2, scenario: 1, opening: 0, status: 'Infeasible' };
  test.each<[string, number, Parameters<typeof fakeLibrary>[0]]>([
    ['a bad configuration', 2, { loadCase: fails(new ValidationError([badConfig])) }],
    ['bad input', 3, { loadCase: fails(new ValidationError([badConfig, badHydro])) }],
    ['a solver failure', 4, { train: fails(new SolverError('stage 4 is infeasible', place)) }],
    ['a failed simulation', 4, { simulate: fails(new CobreError('IoError', 'disk full')) }],
    ['a fault of the program', 4, { train: fails(new TypeError('x is undefined')) }],
  ])('%s ends with %i in every format', async (_what, code, changes) => {
    for (const format of ['human', 'json', 'json-lines']) {
      const run = record(fakeLibrary(changes));
      expect(await runCli(['run', caseDirectory, '--output-format', format], run.environment)).toBe(code);
      const told = format === 'human' ? run.stderr() : run.stdout();
      expect(told).not.toBe('');
      if (format !== 'human') {
        const last = JSON.parse(format === 'json' ? told : told.trimEnd().split('\n').at(-1)!);
        expect(last).toMatchObject({ success: false, exit_code: code });
        expect(last.errors.length).toBeGreaterThan(0);
      }
      expect(run.signals.eventNames()).toEqual([]);
    }
  });

  test('the option that asked to resume is named where there is nothing to resume from', async () => {
    const nothing = new CobreError('CheckpointFailed', 'the checkpoint does not fit: x was 1, is 2', {
      file: 'config.json',
      field: 'policy.mode',
      value: 'resume',
      suggestion: 'Set back what has changed.',
    });
    const told = async (...more: string[]) => {
      const run = record(fakeLibrary({ train: fails(nothing) }));
      expect(await runCli(['run', caseDirectory, ...more], run.environment)).toBe(5);
      return run.stderr();
    };
    expect(await told('--resume')).toContain('✖ --resume\n    problem  the checkpoint does not fit: x was 1, is 2');
    expect(await told('--set', 'policy.mode=resume')).toContain('✖ --set policy.mode\n');
    expect(await told()).toContain('✖ config.json › policy.mode\n');
  });

  test('a case that is not there ends with 3', async () => {
    const run = record(fakeLibrary());
    expect(await runCli(['run', join(caseDirectory, 'nowhere')], run.environment)).toBe(3);
    expect(run.stderr()).toContain('does not exist');
  });

  test('what was trained is still told when the simulation fails', async () => {
    const run = record(fakeLibrary({ simulate: fails(new CobreError('IoError', 'disk full')) }));
    await runCli(['run', caseDirectory, '--output-format', 'json'], run.environment);
    expect(JSON.parse(run.stdout())).toMatchObject({ data: { training: { iterations: 5 }, simulation: null } });
  });
});

describe('wrong arguments', () => {
  test.each([
    [['run']],
    [['run', '.', '--workers', '0']],
    [['run', '.', '--workers', '-2']],
    [['run', '.', '--workers', '1.5']],
    [['run', '.', '--workers', '257']],
    [['run', '.', '--workers', 'two']],
    [['run', '.', '--output-format', 'xml']],
    [['run', '.', '--set', 'nothing']],
    [['run', '.', '--no-such-option']],
    [['run', '.', 'extra']],
    [['run', '.', '--set', 'a=[1,']],
    [['nope']],
    [['help', 'nope']],
    [[]],
  ])('%j ends with 1 and touches nothing', async (args) => {
    const run = record(fakeLibrary({ loadCase: fails(new Error('must not be called')) }));
    expect(await runCli(args, run.environment)).toBe(1);
    expect(run.stdout()).toBe('');
    expect(run.stderr()).not.toBe('');
  });

  test('are told as JSON where JSON was asked for', async () => {
    const run = record(fakeLibrary());
    expect(await runCli(['run', '--output-format=json'], run.environment)).toBe(1);
    expect(JSON.parse(run.stdout())).toMatchObject({
      command: 'run',
      success: false,
      exit_code: 1,
      errors: [{ kind: 'InvalidArgument' }],
    });
  });

  test.each([[['run', '--help']], [['help', 'run']]])('help is no error: %j', async (args) => {
    const run = record(fakeLibrary());
    expect(await runCli(args, run.environment)).toBe(0);
    expect(run.stdout()).toContain('Usage: cobre run');
    expect(run.stdout()).toContain('Examples:');
    expect(run.stderr()).toBe('');
  });

  test('help for no command in particular names all; for a misspelt one, what may have been meant', async () => {
    const all = record(fakeLibrary());
    expect(await runCli(['help'], all.environment)).toBe(0);
    for (const name of ['run', 'validate', 'init', 'summary', 'version', 'help']) {
      expect(all.stdout()).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    const misspelt = record(fakeLibrary());
    expect(await runCli(['help', 'validat'], misspelt.environment)).toBe(1);
    expect(misspelt.stderr()).toContain('Did you mean validate?');
  });

  test('too many workers are refused with the reason', async () => {
    const run = record(fakeLibrary());
    await runCli(['run', '.', '--workers', '257'], run.environment);
    expect(run.stderr()).toContain('More than 256 would only wait for each other');
  });
});

describe('an interrupt', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends cleanly with 130 and says where the policy is', async (name) => {
    const run = record(fakeLibrary({ train: trainUntilStopped(() => run.signals.emit(name)) }));
    expect(await runCli(['run', caseDirectory], run.environment)).toBe(130);
    expect(run.stdout()).toContain('Training ended after 3 iterations: it was interrupted.');
    expect(run.stderr()).toContain('interrupted after 3 complete iterations');
    expect(run.stderr()).toContain(join(caseDirectory, 'output', 'policy'));
    expect(run.exits).toEqual([]);
    expect(run.signals.eventNames()).toEqual([]);
  });

  test('leaves out the simulation and is told as JSON', async () => {
    const run = record(
      fakeLibrary({
        train: trainUntilStopped(() => run.signals.emit('SIGINT')),
        simulate: fails(new Error('must not be called')),
      }),
    );
    expect(await runCli(['run', caseDirectory, '--output-format', 'json'], run.environment)).toBe(130);
    expect(JSON.parse(run.stdout())).toMatchObject({
      success: false,
      exit_code: 130,
      errors: [{ kind: 'Cancelled' }],
      data: { training: { iterations: 3, termination_reason: 'interrupted' }, simulation: null },
      summary: { status: 'interrupted' },
    });
  });

  test('during the simulation ends with 130 as well', async () => {
    const run = record(
      fakeLibrary({
        async simulate() {
          run.signals.emit('SIGINT');
          return simulationResult({ complete: false });
        },
      }),
    );
    expect(await runCli(['run', caseDirectory], run.environment)).toBe(130);
    expect(run.stderr()).toContain('interrupted before the simulation was complete');
  });

  test('before the first iteration ends with 130, whichever way the library tells it', async () => {
    for (const train of [fails(new CobreError('Cancelled', 'x')), async () => trainingResult(0, 'interrupted')]) {
      const run = record(fakeLibrary({ train }));
      expect(await runCli(['run', caseDirectory], run.environment)).toBe(130);
      expect(run.stderr()).toContain('before the first iteration');
    }
  });

  test('a second one later ends the process at once, the same keypress seen twice does not', async () => {
    const { watchInterrupts } = await import('#cobre/cli/interrupt');
    const { signals } = record(fakeLibrary());
    let now = 1000;
    const told: string[] = [];
    const unwatch = watchInterrupts(
      signals,
      { onFirst: () => told.push('first'), exitNow: (code: number) => told.push(`exit ${code}`) },
      () => now,
    );
    signals.emit('SIGINT');
    now += 5;
    signals.emit('SIGINT');
    expect(told).toEqual(['first']);
    now += 500;
    signals.emit('SIGTERM');
    expect(told).toEqual(['first', 'exit 130']);
    unwatch();
  });

  test('the second one says what was saved, after training and before its end', async () => {
    const directory = join(caseDirectory, 'output');
    const twice = async (signals: EventEmitter) => {
      signals.emit('SIGINT');
      // Longer than one keypress can take to arrive twice.
      await setTimeout(150);
      signals.emit('SIGINT');
    };
    const training = record(
      fakeLibrary({
        async train(_study, options = {}) {
          await twice(training.signals);
          return trainingResult(1, 'interrupted', options.outputDirectory ?? null);
        },
      }),
    );
    await runCli(['run', caseDirectory], training.environment);
    expect(training.exits).toEqual([130]);
    expect(training.stderr()).toContain('Ended at once: nothing of this run was saved.\n');
    const simulation = record(
      fakeLibrary({
        async simulate() {
          await twice(simulation.signals);
          return simulationResult({ complete: false });
        },
      }),
    );
    await runCli(['run', caseDirectory], simulation.environment);
    expect(simulation.exits).toEqual([130]);
    expect(simulation.stderr()).toContain(
      `Ended at once: the policy is in ${join(directory, 'policy')}, nothing of the simulation was saved.\n`,
    );
  });

  test('a reader of stdout that leaves ends the run without a word, as a success', async () => {
    const run = record(fakeLibrary({ train: trainUntilStopped(() => run.outputClosed.abort()) }));
    expect(await runCli(['run', caseDirectory, '--output-format', 'json-lines'], run.environment)).toBe(0);
    expect(run.stderr()).toBe('');
    expect(run.stdout()).not.toContain('"result"');
  });

  test('counts as one where the reader has left as well, and a failure as a failure', async () => {
    const run = record(
      fakeLibrary({
        train: trainUntilStopped(() => {
          run.outputClosed.abort();
          run.signals.emit('SIGINT');
        }),
      }),
    );
    const args = ['run', caseDirectory, '--output-format', 'json-lines'];
    // Both happen before the run has a chance to end.
    expect(await runCli(args, run.environment)).toBe(130);
    const failed = record(
      fakeLibrary({
        async train() {
          failed.outputClosed.abort();
          throw new CobreError('IoError', 'disk full');
        },
      }),
    );
    expect(await runCli(args, failed.environment)).toBe(4);
  });
});
