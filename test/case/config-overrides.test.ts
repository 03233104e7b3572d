import { describe, expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import type { ErrorKind } from '#cobre/errors';
import { CONFIG, set } from '../support/broken-case.js';
import { makeCase } from '../support/case-builder.js';

describe('faults in overrides of the configuration', () => {
  it.each<[string, Record<string, unknown>, ErrorKind, string]>([
    ['a wrong type', { training: { forward_passes: 'two' } }, 'TypeMismatch', 'training.forward_passes'],
    [
      'a number that is not finite',
      { training: { forward_passes: Number.NaN } },
      'OutOfRange',
      'training.forward_passes',
    ],
    ['an unknown key', { trainings: {} }, 'SchemaViolation', 'trainings'],
    [
      'an element of an array',
      { training: { stopping_rules: [{ type: 'gap' }] } },
      'InvalidEnum',
      'training.stopping_rules[0].type',
    ],
    [
      'what is not supported',
      { training: { forward_pass: { type: 'alternative' } } },
      'NotSupported',
      'training.forward_pass.type',
    ],
    [
      'rules that contradict',
      { training: { stopping_rules: [{ type: 'time_limit', seconds: 1 }] } },
      'IncompatibleSettings',
      'training.stopping_rules',
    ],
    ['a section that is no object', { training: null }, 'TypeMismatch', 'training'],
    ['a key of the prototype', JSON.parse('{"__proto__": {"enabled": false}}'), 'SchemaViolation', '__proto__'],
  ])('are named as such: %s', async (_, configOverrides, kind, field) => {
    const { errors } = await validateCase(await makeCase(), { configOverrides });
    expect(errors.map((error) => [error.kind, error.file, error.field])).toEqual([[kind, CONFIG, field]]);
    expect(errors[0].message).toContain('configOverrides');
  });

  it.each([[{}], [{ training: { forward_passes: 3 } }]])(
    'are not blamed for a config.json that is missing: %j',
    async (configOverrides) => {
      const { errors } = await validateCase(await makeCase({ [CONFIG]: null }), { configOverrides });
      expect(errors.map((error) => error.kind)).toEqual(['MissingFile']);
      expect(JSON.stringify(errors)).not.toContain('configOverrides');
    },
  );

  it('are told apart from faults of the file', async () => {
    const directory = await makeCase(set(CONFIG, 'training.stopping_mode', 'both'));
    const { errors } = await validateCase(directory, { configOverrides: { training: { forward_passes: 0 } } });
    const inOverrides = errors.filter((error) => error.message.includes('configOverrides'));
    expect(errors).toHaveLength(2);
    expect(inOverrides.map((error) => error.field)).toEqual(['training.forward_passes']);
  });
});
