import { describe, expect, test } from 'vitest';
import { errorsIn, renderErrors } from '#cobre/cli/error-report';
import { exitCodeOf } from '#cobre/cli/exit-code';
import { parseOverrides, renderOverrides } from '#cobre/cli/overrides';
import { plainStyle } from '#cobre/cli/style';
import { CobreError, type ErrorKind, SolverError, ValidationError, WorkerError } from '#cobre/errors';

const config = new CobreError('OutOfRange', 'must be positive', {
  file: 'config.json',
  field: 'training.x',
  value: -1,
});
const hydro = new CobreError('MissingReference', 'there is no bus 9', {
  file: 'system/hydros.json',
  field: 'hydros[2].bus_id',
  value: 9,
  suggestion: 'Add bus 9 to system/buses.json or choose another.',
});
const place = { stage: 1, iteration: 2, scenario: 0, opening: 3, status: 'Infeasible' };

describe('exit codes', () => {
  test.each<[string, number, unknown]>([
    ['a wrong argument', 1, new CobreError('InvalidArgument', 'x')],
    ['errors in config.json alone', 2, new ValidationError([config, config])],
    ['incompatible options', 2, new CobreError('IncompatibleSettings', 'x')],
    ['incompatible settings of another file', 3, new CobreError('IncompatibleSettings', 'x', { file: 'stages.json' })],
    ['errors in config.json and elsewhere', 3, new ValidationError([config, hydro])],
    ['a missing file', 3, new CobreError('MissingFile', 'x', { file: 'stages.json' })],
    ['a part of the format not supported yet', 3, new CobreError('NotSupported', 'x', { file: 'system/pumps.json' })],
    ['a solver failure', 4, new SolverError('x', place)],
    ['a lost worker', 4, new WorkerError(1, { exitCode: 1 })],
    ['a lost worker with a case error inside', 4, new WorkerError(1, { inner: hydro })],
    ['a file that cannot be written', 4, new CobreError('IoError', 'x', { file: 'config.json' })],
    ['a policy of another case', 5, new CobreError('PolicyMismatch', 'x')],
    ['a checkpoint of another case', 5, new CobreError('CheckpointFailed', 'x')],
    ['a fault of the program', 4, new TypeError('x')],
    ['an interrupt', 130, new CobreError('Cancelled', 'x')],
  ])('%s ends with %i', (_what, code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  test('every kind of runtime error ends with 4', () => {
    const kinds: ErrorKind[] = ['SolverError', 'IoError', 'WorkerError', 'CommError', 'MpiError'];
    for (const kind of kinds) expect(exitCodeOf(new CobreError(kind, 'x'))).toBe(4);
  });
});

describe('errors for a person', () => {
  const text = renderErrors(errorsIn(new ValidationError([hydro, config])), plainStyle);

  test('name file, field, value, what is wrong and what to do', () => {
    expect(text).toContain('✖ system/hydros.json › hydros[2].bus_id');
    expect(text).toContain('problem  there is no bus 9');
    expect(text).toContain('value    9');
    expect(text).toContain('to do    Add bus 9');
  });

  test('are sorted by file and counted', () => {
    expect(text.indexOf('config.json')).toBeLessThan(text.indexOf('system/hydros.json'));
    expect(text).toMatch(/2 errors in 2 files\.\n$/);
  });

  test('show the stack of what was not expected, and only of that', () => {
    expect(renderErrors(errorsIn(new TypeError('boom')), plainStyle)).toContain('errors.test');
    expect(renderErrors(errorsIn(new SolverError('infeasible', place)), plainStyle)).not.toContain('    at ');
  });

  test('show numbers that are not finite as they are, and never as null', () => {
    for (const [value, shown] of [
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
    ] as const) {
      const error = new CobreError('OutOfRange', 'x', { file: 'a.parquet', value });
      expect(renderErrors([error], plainStyle)).toContain(`value    ${shown}\n`);
      expect(JSON.parse(JSON.stringify(error)).context.value).toBe(shown);
    }
  });

  test('of the case as a whole name no file', () => {
    const error = new CobreError('MissingFile', '/x is not a case directory', { file: '.', suggestion: 'Look.' });
    expect(renderErrors([error], plainStyle)).toBe('✖ /x is not a case directory\n    to do    Look.\n');
  });

  test('cut very long values', () => {
    const long = new CobreError('TypeMismatch', 'x', { file: 'a.json', value: 'y'.repeat(5000) });
    expect(renderErrors([long], plainStyle).length).toBeLessThan(400);
  });
});

describe('--set', () => {
  test('nests keys and reads values as JSON, else as text', () => {
    expect(parseOverrides(['a.b=20', 'a.c=true', 'd=[1,2]', 'e=any', 'f=x=y'])).toEqual({
      a: { b: 20, c: true },
      d: [1, 2],
      e: 'any',
      f: 'x=y',
    });
  });

  test.each([['novalue'], ['=1'], ['a..b=1'], ['__proto__.x=1']])('refuses %s', (text) => {
    expect(() => parseOverrides([text])).toThrow(expect.objectContaining({ kind: 'InvalidArgument' }));
  });

  test.each(['a=[1,', 'a={"b":1', 'a="x', 'a= [1 2]'])('refuses %s, which was meant as JSON', (text) => {
    expect(() => parseOverrides([text])).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', message: `--set ${text}: the value is not valid JSON` }),
    );
  });

  test.each([
    ['', []],
    [' --set a.b=20 --set a.c=true --set e=any', ['a.b=20', 'a.c=true', 'e=any']],
    [` --set 'd=[{"x":1}]' --set 'e=two words' --set 'f="12"'`, ['d=[{"x":1}]', 'e=two words', 'f="12"']],
  ])('is given again as it was:%s', (options, assignments) => {
    expect(renderOverrides(parseOverrides(assignments))).toBe(options);
  });

  test('refuses a path through a value', () => {
    expect(() => parseOverrides(['a=1', 'a.b=2'])).toThrow(expect.objectContaining({ kind: 'InvalidArgument' }));
  });
});
