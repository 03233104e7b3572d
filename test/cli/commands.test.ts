import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { boundVerdict, gapText, optimumText } from '#cobre/cli/bound-verdict';
import { runCli } from '#cobre/cli/program';
import { readRunSummary } from '#cobre/cli/read-run-summary';
import { renderResults, terminationText, wrapWords } from '#cobre/cli/result-report';
import { styleFor } from '#cobre/cli/style';
import { CobreError, ValidationError } from '#cobre/errors';
import type { RunSummary } from '../../src/cli/summary.js';
import { DIGEST, fakeLibrary, fakeStudy, LOWER, record, UPPER } from './fake-library.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cobre-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const badConfig = new CobreError('TypeMismatch', 'must be a number', { file: 'config.json', field: 'version' });
const badReference = new CobreError('MissingReference', 'no bus 9', { file: 'system/lines.json', field: 'lines[0]' });

describe('cobre validate', () => {
  test('names the five layers of a valid case', async () => {
    const run = record(fakeLibrary());
    expect(await runCli(['validate', folder], run.environment)).toBe(0);
    expect(run.stdout().match(/^ {2}[1-5] \w+ +ok$/gm)).toHaveLength(5);
    expect(run.stdout()).toContain('fake-case is valid: 3 stages, 1 bus');
  });

  test('judges no layer after the first that fails', async () => {
    const errors = [badReference];
    const run = record(fakeLibrary({ validate: async () => ({ errors, warnings: [], study: null }) }));
    expect(await runCli(['validate', folder], run.environment)).toBe(3);
    expect(run.stdout().match(/ok$/gm)).toHaveLength(2);
    expect(run.stdout()).toMatch(/3 references +1 error$/m);
    expect(run.stderr()).toContain('1 error in 1 file.');
  });

  test('errors in config.json alone end with 2', async () => {
    const errors = [badConfig];
    const run = record(fakeLibrary({ validate: async () => ({ errors, warnings: [], study: null }) }));
    expect(await runCli(['validate', folder], run.environment)).toBe(2);
  });

  test('as JSON gives records, counts and the layers completed', async () => {
    const errors = [badReference];
    const warnings = [
      {
        kind: 'CapacityViolation' as const,
        message: 'a thermal is idle',
        file: 'system/thermals.json',
        suggestion: 'Use it.',
      },
    ];
    const run = record(fakeLibrary({ validate: async () => ({ errors, warnings, study: fakeStudy() }) }));
    expect(await runCli(['validate', folder, '--output-format', 'json-lines'], run.environment)).toBe(3);
    expect(run.stdout().trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(run.stdout())).toMatchObject({
      command: 'validate',
      success: false,
      exit_code: 3,
      errors: [badReference.toJSON()],
      warnings: [
        {
          kind: 'CapacityViolation',
          message: 'a thermal is idle',
          context: { file: 'system/thermals.json' },
          suggestion: 'Use it.',
        },
      ],
      data: { case_directory: folder, layers_completed: 2, entities_validated: 2 },
      summary: { error_count: 1, warning_count: 1 },
    });
  });

  test('calls overrides what they are on the command line, in every format', async () => {
    const error = new CobreError('OutOfRange', 'configOverrides: too small', {
      file: 'config.json',
      field: 'training.forward_passes',
      suggestion: 'Raise it. The value comes from configOverrides.',
      context: { origin: 'configOverrides' },
    });
    for (const command of ['validate', 'run']) {
      for (const format of ['human', 'json']) {
        const run = record(
          fakeLibrary({
            validate: async () => ({ errors: [error], warnings: [], study: null }),
            loadCase: () => Promise.reject(new ValidationError([error])),
          }),
        );
        const args = [command, folder, '--set', 'training.forward_passes=0', '--output-format', format];
        expect(await runCli(args, run.environment)).toBe(2);
        const told = run.stdout() + run.stderr();
        expect(told).toContain('--set: too small');
        expect(told).toContain('The value comes from --set.');
        expect(told).not.toContain('configOverrides');
      }
    }
  });

  test('a case that is not there ends with 3', async () => {
    const run = record(fakeLibrary());
    expect(await runCli(['validate', join(folder, 'nowhere')], run.environment)).toBe(3);
  });
});

describe('cobre init', () => {
  let packageRoot: string;
  beforeEach(async () => {
    packageRoot = join(folder, 'package');
    for (const name of ['small', 'large']) {
      await mkdir(join(packageRoot, 'examples', name, 'system'), { recursive: true });
      await writeFile(join(packageRoot, 'examples', name, 'config.json'), `{"name":"${name}"}`);
      await writeFile(join(packageRoot, 'examples', name, 'system', 'buses.json'), '[]');
      await writeFile(
        join(packageRoot, 'examples', name, 'README.md'),
        `# ${name}\n\nThe ${name} case,\nfor a start.\n\nMore.\n`,
      );
    }
    await mkdir(join(packageRoot, 'examples', 'small', 'output'));
    await writeFile(join(packageRoot, 'examples', 'small', 'output', 'result'), 'x');
    await mkdir(join(packageRoot, 'examples', 'not-a-case'));
  });

  test('--list names every example that is a case, with the start of its README', async () => {
    const run = record(fakeLibrary(), { packageRoot });
    expect(await runCli(['init', '--list'], run.environment)).toBe(0);
    expect(run.stdout()).toBe('large  The large case, for a start.\nsmall  The small case, for a start.\n');
  });

  test('copies the case, byte by byte, without results left in it', async () => {
    const target = join(folder, 'new', 'case');
    const run = record(fakeLibrary(), { packageRoot });
    expect(await runCli(['init', '--template', 'small', target], run.environment)).toBe(0);
    expect((await readdir(target, { recursive: true })).sort()).toEqual([
      'README.md',
      'config.json',
      'system',
      join('system', 'buses.json'),
    ]);
    expect(await readFile(join(target, 'config.json'), 'utf8')).toBe('{"name":"small"}');
    expect(run.stdout()).toContain('cobre run');
  });

  test('copies also when the package itself lies in a folder named output', async () => {
    const moved = join(folder, 'output');
    await cp(packageRoot, moved, { recursive: true });
    const run = record(fakeLibrary(), { packageRoot: moved });
    expect(await runCli(['init', '--template', 'small', join(folder, 'x')], run.environment)).toBe(0);
    expect(await readdir(join(folder, 'x'))).toContain('config.json');
  });

  test('refuses a directory that is not empty, and leaves it as it is', async () => {
    const target = join(folder, 'mine');
    await mkdir(target);
    await writeFile(join(target, 'notes'), 'mine');
    const run = record(fakeLibrary(), { packageRoot });
    expect(await runCli(['init', '--template', 'small', target], run.environment)).toBe(1);
    expect(run.stderr()).toContain('is not empty');
    expect(await readdir(target)).toEqual(['notes']);
  });

  test('refuses a file as the new directory, and calls it one', async () => {
    const target = join(folder, 'file');
    await writeFile(target, 'mine');
    const run = record(fakeLibrary(), { packageRoot });
    expect(await runCli(['init', '--template', 'small', target], run.environment)).toBe(1);
    expect(run.stderr()).toContain(`'${target}' is a file`);
    expect(await readFile(target, 'utf8')).toBe('mine');
  });

  test.each([[['extra']], [['--template', 'small']]])('--list stands alone, without %j', async (more) => {
    const run = record(fakeLibrary(), { packageRoot });
    expect(await runCli(['init', '--list', ...more], run.environment)).toBe(1);
    expect(run.stdout()).toBe('');
    expect(run.stderr()).toContain('--list stands alone');
  });

  test('refuses an unknown template, names those there are, and creates nothing', async () => {
    for (const name of ['medium', '../examples/small', 'not-a-case']) {
      const run = record(fakeLibrary(), { packageRoot });
      expect(await runCli(['init', '--template', name, join(folder, 'x')], run.environment)).toBe(1);
      expect(run.stderr()).toContain('large, small');
    }
    expect(await readdir(folder)).toEqual(['package']);
  });

  test('without a template or a directory, says how to write it', async () => {
    for (const args of [['init'], ['init', '--template', 'small'], ['init', join(folder, 'x')]]) {
      const run = record(fakeLibrary(), { packageRoot });
      expect(await runCli(args, run.environment)).toBe(1);
      expect(run.stderr()).toContain('cobre init --template');
    }
  });

  test('as JSON', async () => {
    const run = record(fakeLibrary(), { packageRoot });
    await runCli(['init', '--list', '--output-format', 'json'], run.environment);
    const { data } = JSON.parse(run.stdout());
    expect(data.templates.map((template: { name: string }) => template.name)).toEqual(['large', 'small']);
  });
});

const summary: RunSummary = {
  caseName: 'fake-case',
  status: 'complete',
  startedAt: '2026-01-02T03:04:05Z',
  completedAt: '2026-01-02T03:05:05Z',
  policyDigest: DIGEST,
  creditsSources: false,
  training: {
    iterations: 5,
    iterationsBefore: null,
    terminationReason: 'bound_stalling',
    lowerBound: 3_050_000,
    upperBound: 3_080_000,
    upperBoundStdError: 20_000,
    costToGo: null,
    paths: 8,
    deterministicUpperBound: 3_100_000,
    gap: 0.0098,
    riskAverse: false,
    cyclic: false,
    comparesWithBound: true,
    lowerBoundDoubts: [],
    totalCuts: 40,
    workers: 2,
    wallTimeMs: 1500,
    history: { lowerBound: LOWER, upperBound: UPPER },
  },
  simulation: { scenarios: 100, meanCost: 3_200_000, costToGo: null, stdCost: 200_000, wallTimeMs: 100 },
};

describe('cobre summary', () => {
  test('takes no sampled cost for a bound under a risk measure', async () => {
    const averse = {
      ...summary,
      training: { ...summary.training!, riskAverse: true, comparesWithBound: false, deterministicUpperBound: null },
    };
    const run = record(fakeLibrary({ readSummary: async () => averse }));
    expect(await runCli(['summary', folder], run.environment)).toBe(0);
    expect(run.stdout()).toContain('Expected cost');
    expect(run.stdout()).toContain('none: the lower bound is of the risk-adjusted cost');
    for (const claim of ['upper bound', 'Upper bound', 'above the lower bound', 'Optimum', 'optimal']) {
      expect(run.stdout()).not.toContain(claim);
    }
  });

  test('takes no cost that the policy itself says for a verdict on it', async () => {
    const endless = {
      ...summary,
      training: {
        ...summary.training!,
        cyclic: true,
        comparesWithBound: false,
        gap: null,
        costToGo: 1_540_000,
        deterministicUpperBound: null,
      },
      simulation: { ...summary.simulation!, meanCost: 3_060_000, costToGo: 2_998_800 },
    };
    const told = async (one: RunSummary) => {
      const run = record(fakeLibrary({ readSummary: async () => one }), { columns: 200 });
      await runCli(['summary', folder], run.environment);
      return run.stdout().replaceAll(/\s+/g, ' ');
    };
    const text = await told(endless);
    expect(text).toContain("$ 2.999 M of it (98.00 %) is the policy's own cost-to-go after the last stage: no verdict");
    expect(text).toContain("$ 1.540 M of it (50.00 %) is the policy's own cost-to-go after the last stage Gap none:");
    for (const claim of ['pper bound', 'optimal', 'told apart', 'above the lower bound']) {
      expect(text).not.toContain(claim);
    }
    const averse = await told({ ...endless, training: { ...endless.training, riskAverse: true } });
    expect(averse).toContain('after the last stage, which is risk-adjusted: no verdict on the policy.');
    expect(averse).toContain('Mean cost');
  });

  test('takes no cost of other scenarios for a bound', async () => {
    const others = { ...summary, training: { ...summary.training!, comparesWithBound: false, gap: null } };
    const run = record(fakeLibrary({ readSummary: async () => others }));
    await runCli(['summary', folder], run.environment);
    expect(run.stdout()).toContain('Mean cost      $ 3.080 M');
    expect(run.stdout()).toContain("none: the paths' scenarios are not those of the lower bound");
    expect(run.stdout()).not.toContain('pper bound');
  });

  test('says what there is to doubt about the lower bound, in text and in JSON', async () => {
    const doubtful = {
      ...summary,
      training: { ...summary.training!, lowerBoundDoubts: ['truncation_with_memory', 'foreign_cuts'] as const },
    };
    const library = fakeLibrary({ readSummary: async () => doubtful });
    const run = record(library, { columns: 200 });
    await runCli(['summary', folder], run.environment);
    const text = run.stdout().replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      '(3,050,000.00) An estimate, no bound: inflow that depends on earlier inflow is cut off at 0.',
    );
    expect(text).toContain('It holds only if the cuts that the training began with do');
    const json = record(library);
    await runCli(['summary', folder, '--output-format', 'json'], json.environment);
    expect(JSON.parse(json.stdout()).data.training.lower_bound_doubts).toEqual([
      'truncation_with_memory',
      'foreign_cuts',
    ]);
  });

  test('takes the cost of a single path for no bound', async () => {
    const single = { ...summary, training: { ...summary.training!, paths: 1, upperBoundStdError: null, gap: null } };
    const run = record(fakeLibrary({ readSummary: async () => single }));
    await runCli(['summary', folder], run.environment);
    expect(run.stdout()).toMatch(/Last path +\$ 3\.080 M {3}\(3,080,000\.00\)/);
    expect(run.stdout()).toContain("• cost of the iteration's path");
    expect(run.stdout()).toContain('not to be told from a single path');
    expect(run.stdout()).not.toContain('pper bound');
  });

  test('says why costs may be below 0 where sources earn what they generate', async () => {
    const run = record(fakeLibrary({ readSummary: async () => ({ ...summary, creditsSources: true }) }));
    await runCli(['summary', folder], run.environment);
    expect(run.stdout()).toContain('count what sources generate as minus its curtailment price');
  });

  test('tells the results of a run again', async () => {
    const run = record(fakeLibrary({ readSummary: async () => summary }));
    expect(await runCli(['summary', folder], run.environment)).toBe(0);
    expect(run.stdout()).toContain('fake-case, complete, finished 2026-01-02T03:05:05Z');
    expect(run.stdout()).toContain('Training ended after 5 iterations: the lower bound stalled.');
    expect(run.stdout()).toContain('within the sampling error of 8 paths; 40 cuts');
    expect(run.stdout()).toContain('Mean 4.92 % above the lower bound');
    expect(run.stdout()).toContain('at most $ 3.100 M for certain, 1.64 % above the lower bound');
    expect(run.stdout()).toContain('training 1.5 s, simulation 100 ms on 2 workers');
  });

  test('as JSON', async () => {
    const run = record(fakeLibrary({ readSummary: async () => summary }));
    expect(await runCli(['summary', folder, '--output-format', 'json'], run.environment)).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({
      command: 'summary',
      data: {
        output_directory: folder,
        status: 'complete',
        policy_digest: DIGEST,
        training: {
          iterations: 5,
          final_lower_bound: 3_050_000,
          final_upper_bound_std_error: 20_000,
          deterministic_upper_bound: 3_100_000,
          risk_averse: false,
          cyclic: false,
          compares_with_bound: true,
          lower_bound_doubts: [],
          final_cost_to_go: null,
          ranks: 2,
        },
        simulation: { scenarios: 100, mean_cost: 3_200_000, ci_95: 39_200, compares_with_bound: true },
      },
    });
  });

  test('a training without simulation is told without one', async () => {
    const run = record(fakeLibrary({ readSummary: async () => ({ ...summary, simulation: null }) }));
    expect(await runCli(['summary', folder], run.environment)).toBe(0);
    expect(run.stdout()).not.toContain('Simulated');
  });

  test.each([40, 59])('fits a terminal of %i columns, all but the path', async (columns) => {
    const run = record(fakeLibrary({ readSummary: async () => summary }), { columns });
    await runCli(['summary', folder], run.environment);
    const lines = run.stdout().trimEnd().split('\n');
    for (const line of lines.slice(0, -1)) expect([...line].length).toBeLessThanOrEqual(columns);
    expect(run.stdout().replaceAll(/\s+/g, ' ')).toContain(
      'Mean 4.92 % above the lower bound: more iterations or more',
    );
  });

  test('what the policy costs comes before the bounds', async () => {
    const run = record(fakeLibrary({ readSummary: async () => summary }));
    await runCli(['summary', folder], run.environment);
    const names = ['Simulated ', '95 % interval', 'Lower bound ', 'Upper bound ', 'Gap '];
    const places = names.map((name) => run.stdout().search(new RegExp(`^  ${name}`, 'm')));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  test('a directory that is not there, or holds no results, ends with 3', async () => {
    const nowhere = record(fakeLibrary({ readSummary: async () => summary }));
    expect(await runCli(['summary', join(folder, 'nowhere')], nowhere.environment)).toBe(3);
    expect(nowhere.stderr()).toContain('a run leaves its results in CASE/output');
    expect(nowhere.stderr()).not.toContain('init');
    const missing = new CobreError('MissingFile', 'no manifest', { file: 'training/_manifest.json' });
    const empty = record(fakeLibrary({ readSummary: () => Promise.reject(missing) }));
    expect(await runCli(['summary', folder], empty.environment)).toBe(3);
  });
});

describe('reading the results of a run', () => {
  const missing = () => Promise.reject(new CobreError('MissingFile', 'not there'));
  const nothing = { training: missing, convergence: missing, simulation: missing, policy: missing };
  const simulation = async () => ({
    status: 'complete',
    scenariosTotal: 10,
    scenariosCompleted: 10,
    meanCost: 5,
    meanCostToGo: null,
    stdCost: 1,
    comparesWithBound: true,
    durationSeconds: 2,
    backend: 'local',
    workers: 1,
  });

  test('parts that are not there are left out', async () => {
    const read = await readRunSummary(folder, { ...nothing, simulation });
    expect(read).toMatchObject({ status: 'complete', training: null, policyDigest: null });
    expect(read.simulation).toEqual({ scenarios: 10, meanCost: 5, costToGo: null, stdCost: 1, wallTimeMs: 2000 });
  });

  test('what a manifest of an earlier version leaves out comes from the convergence history', async () => {
    const manifest = {
      status: 'complete',
      startedAt: null,
      completedAt: null,
      maxIterations: 2,
      iterations: 2,
      terminationReason: 'iteration_limit',
      finalGapPercent: 1,
      riskAverse: false,
      cyclic: false,
      costToGo: null,
      comparesWithBound: true,
      lowerBoundDoubts: [],
      creditsSources: false,
      deterministicUpperBound: null,
      cutsGenerated: 4,
      cutsActive: 4,
      backend: 'local',
      workers: 1,
    };
    const rows = [1, 2].map((iteration) => ({
      iteration,
      lowerBound: 10,
      upperBoundMean: 11,
      upperBoundStd: 6,
      gapPercent: 10,
      cutsAdded: 1,
      cutsRemoved: 0,
      cutsActive: iteration,
      lpSolves: 1,
      timeForwardMs: 1,
      timeBackwardMs: 1,
      timeTotalMs: 7,
    }));
    const told = async (forwardPasses: number, upperBoundStdError: number | null | undefined, seconds: number | null) =>
      (
        await readRunSummary(folder, {
          ...nothing,
          training: async () => ({ ...manifest, upperBoundStdError, durationSeconds: seconds }),
          convergence: async () => rows.map((row) => ({ ...row, forwardPasses })),
        })
      ).training;
    expect(await told(9, undefined, null)).toMatchObject({ upperBoundStdError: 2, wallTimeMs: 14 });
    expect(await told(1, undefined, null)).toMatchObject({ upperBoundStdError: null });
    // Without randomness one path has an error, of 0.
    expect(await told(1, 0, 0.5)).toMatchObject({ upperBoundStdError: 0, wallTimeMs: 500 });
  });

  test('a directory without results is an error, as is a part that cannot be read', async () => {
    await expect(readRunSummary(folder, nothing)).rejects.toMatchObject({ kind: 'MissingFile' });
    const broken = () => Promise.reject(new CobreError('ParseError', 'not JSON'));
    await expect(readRunSummary(folder, { ...nothing, simulation, training: broken })).rejects.toMatchObject({
      kind: 'ParseError',
    });
  });
});

describe('the words for results', () => {
  const PLAIN = { riskAverse: false, cyclic: false, comparesWithBound: true };

  test('a lower bound inside a narrow interval of the mean counts as optimal, one outside does not', () => {
    // 1.96 * 100 / sqrt(10,000) = 1.96
    expect(boundVerdict(998.1, 1000, 100, 10_000)).toBe(
      'The lower bound lies inside: optimal, as far as ± 0.20 % can tell.',
    );
    // 1.96 * 100 / sqrt(100) = 19.6
    expect(boundVerdict(980, 1000, 100, 100)).toContain('Mean 2.04 % above');
    expect(boundVerdict(1020, 1000, 100, 100)).toContain('Mean 1.96 % below');
    expect(boundVerdict(0, 1000, 100, 100)).toContain('Mean above');
  });

  test('a mean below the bound is called chance only where chance explains it, else by what may be the reason', () => {
    const verdict = (bound: number, doubts: Parameters<typeof boundVerdict>[4] = []) =>
      boundVerdict(bound, 1000, 100, 100, doubts);
    for (const doubts of [[], ['foreign_cuts']] as const) {
      expect(verdict(1029, doubts)).toBe('Mean 2.82 % below the lower bound: a kind draw; simulate more.');
    }
    // From three standard errors on it is unlikely, but samples of costs with a long tail may lack the tail.
    expect(verdict(1031)).toMatch(
      /^Mean 3\.01 % below the lower bound, which chance hardly explains, unless .*more\.$/,
    );
    expect(verdict(1061)).toMatch(/^Mean 5\.75 % below the lower bound, which chance does not explain: the solver /);
    for (const [bound, how] of [
      [1031, 'hardly explains'],
      [1061, 'does not explain'],
    ] as const) {
      const of = (...doubts: Parameters<typeof boundVerdict>[4] & {}) => verdict(bound, doubts);
      expect(of('truncation_with_memory')).toMatch(/explains?: the bound is an estimate, .* cut off at 0\.$/);
      expect(of('foreign_cuts')).toMatch(/explains?: the cuts of another problem .* do not hold here\.$/);
      expect(of('truncation_with_memory', 'foreign_cuts')).toMatch(/cut off at 0, or the cuts of another/);
      expect(of('foreign_cuts')).toContain(`chance ${how}`);
      expect(of('foreign_cuts')).not.toContain('simulate more');
    }
    // Without spread there is no chance.
    expect(boundVerdict(1001, 1000, 0, 100)).toContain('chance does not explain');
  });

  test('a doubtful bound proves nothing optimal', () => {
    expect(boundVerdict(998.1, 1000, 100, 10_000, ['foreign_cuts'])).toMatch(/can tell, if the bound holds\.$/);
    expect(boundVerdict(1000, 1000, 0, 100, ['truncation_with_memory'])).toBe(
      'The lower bound is equal: optimal, if the bound holds.',
    );
  });

  test('an upper bound by inner approximation below the lower bound contradicts it', () => {
    expect(optimumText(3_100_000, 3_050_000, [])).toBe('at most $ 3.100 M for certain, 1.64 % above the lower bound');
    expect(optimumText(3_100_000, 3_050_000, ['truncation_with_memory'])).not.toContain('for certain');
    // Rounding is no contradiction.
    expect(optimumText(3_050_000 - 1e-3, 3_050_000, [])).toContain('for certain, 0.00 % above');
    const text = optimumText(2_457_000, 3_050_000, []);
    expect(text).toMatch(/\$ 2\.457 M lies 19\.44 % below the lower bound.*lipschitz\.fallback_value/);
    for (const claim of ['for certain', 'above', 'does not hold']) expect(text).not.toContain(claim);
    expect(optimumText(2_457_000, 3_050_000, ['foreign_cuts'])).toContain('or the lower bound does not hold');
  });

  test('an interval of more than 1 % to either side tells nothing of optimality', () => {
    expect(boundVerdict(981, 1000, 100, 100)).toBe(
      'The lower bound lies inside, but ± 1.96 % is wide: the two cannot be told apart. More scenarios would narrow it.',
    );
    expect(boundVerdict(0, 0, 100, 100)).toContain('± $ 19.60 is wide');
    expect(boundVerdict(-981, -1000, 100, 100)).toContain('± 1.96 % is wide');
  });

  test('rounding is no distance, from above or from below', () => {
    for (const mean of [2_628_358.52, 2_628_358.52 + 1e-6, 2_628_358.52 - 0.5]) {
      for (const std of [0, 1e-6]) {
        expect(boundVerdict(2_628_358.52, mean, std, 100)).toBe('The lower bound is equal: optimal.');
      }
    }
    expect(boundVerdict(0, 0, 0, 100)).toBe('The lower bound is equal: optimal.');
    expect(boundVerdict(1000, 1000.01, 0, 100)).toContain('above');
    // That a mean of wide spread comes out equal is chance.
    expect(boundVerdict(1000, 1000, 300, 100)).toContain('cannot be told apart');
  });

  test('a mean over other scenarios than those of the training is not held against the bound', () => {
    const summary = {
      caseName: 'x',
      status: 'complete',
      startedAt: null,
      completedAt: null,
      policyDigest: null,
      creditsSources: false,
      training: {
        iterations: 1,
        iterationsBefore: 0,
        terminationReason: 'iteration_limit',
        lowerBound: 1000,
        upperBound: 1010,
        upperBoundStdError: 1,
        costToGo: null,
        paths: 4,
        deterministicUpperBound: null,
        gap: 0.01,
        riskAverse: false,
        cyclic: false,
        comparesWithBound: true,
        lowerBoundDoubts: [],
        totalCuts: 4,
        workers: 1,
        wallTimeMs: 1,
        history: { lowerBound: [], upperBound: [] },
      },
      simulation: { scenarios: 100, meanCost: 500, costToGo: null, stdCost: 1, wallTimeMs: 1 },
    };
    const text = (comparesWithBound: boolean, scenarios = 100) =>
      renderResults(
        { ...summary, simulation: { ...summary.simulation, comparesWithBound, scenarios } },
        'out',
        styleFor({ isTTY: false } as never, {}),
      );
    expect(text(true)).toContain('below the lower bound');
    expect(text(false)).not.toContain('below the lower bound');
    expect(text(false)).toContain('Not to be compared');
    expect(text(false, 1)).toContain('Not to be compared');
    expect(text(true, 1)).not.toContain('the lower bound');
  });

  test('a gap is relative to the size of the lower bound, below 0 as well, and in dollars where that is 0', () => {
    const gap = (lowerBound: number, upperBound: number) =>
      gapText({ ...PLAIN, lowerBound, upperBound, upperBoundStdError: 1, paths: 8 });
    expect(gap(-1000, -900)).toBe("10.00 % in the last iteration's sample");
    expect(gap(1000, 1100)).toBe("10.00 % in the last iteration's sample");
    expect(gap(-50, 50)).toBe("200.00 % in the last iteration's sample");
    expect(gap(0, 2500)).toBe("$ 2.500 k in the last iteration's sample");
    expect(gap(-1000, -1100)).toBe('none: 8 paths cost less than the lower bound');
    expect(gap(-1000, -999.5)).toBe('within the sampling error of 8 paths');
    expect(gapText({ ...PLAIN, lowerBound: 0, upperBound: 0, upperBoundStdError: 0, paths: 8 })).toBe(
      "0.00 % in the last iteration's sample",
    );
  });

  test('a gap is a percentage only where it stands out from the sampling error, and never negative', () => {
    const text = (upperBound: number, upperBoundStdError: number | null, paths: number | null = 4) =>
      gapText({ ...PLAIN, lowerBound: 1000, upperBound, upperBoundStdError, paths });
    expect(text(1041, 20)).toBe("4.10 % in the last iteration's sample");
    expect(text(1040, 20)).toBe('within the sampling error of 4 paths');
    expect(text(960, 20)).toBe('within the sampling error of 4 paths');
    expect(text(959, 20)).toBe('none: 4 paths cost less than the lower bound');
    expect(text(1041, null, 1)).toBe('not to be told from a single path');
    // Without randomness one path is all there is.
    expect(text(1041, 0, 1)).toBe("4.10 % in the last iteration's sample");
    // Without randomness the paths cost the same, up to rounding.
    expect(text(1000 - 1e-9, 0)).toBe("0.00 % in the last iteration's sample");
    expect(text(1000 - 1e-9, 1e-8)).toBe("0.00 % in the last iteration's sample");
    expect(text(1000, 20)).toBe('within the sampling error of 4 paths');
    expect(text(Number.NaN, null, null)).toBe('-');
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2000 }), fc.double({ min: 0, max: 500 }), (upper, error) => {
        expect(text(upper, error)).not.toMatch(/-\d/);
      }),
    );
  });

  test('wrapping keeps every word, in lines that fit wherever the words do', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z.%]{1,12}$/)), fc.integer({ min: 12, max: 90 }), (words, width) => {
        const lines = wrapWords(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
    expect(wrapWords('a  verylongword b', 5)).toEqual(['a', 'verylongword', 'b']);
  });

  test('every reason to end has words of its own', () => {
    const reasons = ['iteration_limit', 'time_limit', 'bound_stalling', 'all_rules', 'interrupted'];
    const texts = reasons.map((reason) => terminationText(reason));
    expect(new Set(texts).size).toBe(reasons.length);
    expect(texts.some((text) => text.includes('_'))).toBe(false);
  });

  test('a stalling tolerance is shown however small', () => {
    const rule = { type: 'bound_stalling', iterations: 10, tolerance: 1e-6 } as const;
    expect(terminationText('bound_stalling', [rule])).toBe(
      'the lower bound moved less than 0.0001 % over 10 iterations',
    );
  });
});

test('cobre version names program, Node and solver', async () => {
  const run = record(fakeLibrary());
  expect(await runCli(['version'], run.environment)).toBe(0);
  expect(run.stdout()).toContain('cobre 9.8.7\n');
  expect(run.stdout()).toContain(process.versions.node);
  expect(run.stdout()).toContain('1.2.3');
});
