import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASE_TABLES } from '#cobre/case/case-tables';
import { parseExpression, STAGE_WIDE } from '#cobre/case/generic-expression';
import { FIELD_DESCRIPTIONS } from '#cobre/case/schema/descriptions';
import { caseSchemas } from '#cobre/case/schema/index';
import { CASE_FILES, caseFileNamed, JSON_FILES, schemaFileName, schemaOf } from '#cobre/case/schema/json-schema';
import { GENERIC_VARIABLES } from '#cobre/case/study-system';
import { fullCase } from '../support/full-case.js';

// What is no date is told by the pattern; the format says the same.
const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>(JSON_FILES.map((file) => [file, ajv.compile(schemaOf(file))]));
const content = fullCase();

/** Whether a value has the form that the reader wants; what is of that form but not supported yet counts as right. */
function isRead(file: (typeof JSON_FILES)[number], value: unknown): boolean {
  const { success, error } = caseSchemas[file].safeParse(value);
  return success || error.issues.every((issue) => issue.code === 'custom');
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as never)[key], [...path, key]))];
}

const REMOVE = Symbol('remove');
const replacement = fc.oneof(
  fc.constant(REMOVE),
  fc.constantFrom<unknown>(null, true, '', [], {}, [[]], 0, -0, -1, 0.5, 1, 1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53),
  fc.constantFrom<unknown>('2024-02-29', '2023-02-29', '2024-1-1', '9999-12-31', 'fpha', 'cyclic', 'expectation'),
  fc.integer({ min: -3, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue(),
);

/** The document with the value at a path replaced, or with an unknown key beside it. */
function mutate(document: unknown, path: readonly (string | number)[], value: unknown, beside: boolean): unknown {
  if (path.length === 0) return value === REMOVE ? {} : value;
  const copy = structuredClone(document);
  let target = copy as never;
  for (const key of path.slice(0, -1)) target = target[key];
  const key = (beside ? 'beside' : path.at(-1)) as never;
  if (value !== REMOVE) (target as Record<string, unknown>)[key] = value;
  else if (Array.isArray(target)) (target as unknown[]).splice(key, 1);
  else delete (target as Record<string, unknown>)[key];
  // Only what JSON can hold reaches a reader.
  return JSON.parse(JSON.stringify(copy)) as unknown;
}

describe('the JSON Schema of each file', () => {
  it.each(JSON_FILES)('%s accepts the file of the full case', (file) => {
    const validate = validators.get(file) as ValidateFunction;
    expect(validate(content[file]), JSON.stringify(validate.errors)).toBe(true);
    expect(schemaOf(file)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: file,
      type: 'object',
      additionalProperties: false,
    });
  });

  it.each(JSON_FILES)('%s accepts and refuses what the reader does', (file) => {
    const validate = validators.get(file) as ValidateFunction;
    const verdicts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(content[file])), replacement, fc.boolean(), (path, value, beside) => {
        const document = mutate(content[file], path, value, beside);
        const read = isRead(file, document);
        verdicts[read ? 'accepted' : 'refused'] += 1;
        expect(validate(document), JSON.stringify(document)).toBe(read);
      }),
      { numRuns: 400 },
    );
    expect(verdicts.accepted).toBeGreaterThan(0);
    expect(verdicts.refused).toBeGreaterThan(0);
  });
});

/** Every property of a schema, at any depth. */
function propertiesOf(schema: unknown): [string, { description?: unknown }][] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' ? [...Object.entries(value as object), ...propertiesOf(value)] : propertiesOf(value),
  );
}

describe('descriptions', () => {
  it('stand at every quantity and every reference', () => {
    const measured = /_(mw|m3s|hm3|m|mm|cost|id|ids|mwh|percent|rate)$/;
    const properties = JSON_FILES.flatMap((file) => propertiesOf(schemaOf(file)));
    const bare = properties.filter(([name, { description }]) => measured.test(name) && typeof description !== 'string');
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it('say in which unit the slope of the cost-to-go is given', () => {
    const [[, { description }]] = propertiesOf(schemaOf('config.json')).filter(([name]) => name === 'fallback_value');
    expect(description).toMatch(/\$\/hm3 of storage.*\$\/\(m3\/s\) of remembered inflow/);
  });

  it('are of fields that there are', () => {
    const names = new Set(CASE_FILES.flatMap((file) => propertiesOf(schemaOf(file)).map(([name]) => name)));
    expect(Object.keys(FIELD_DESCRIPTIONS).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('the description of an expression', () => {
  const [, text] = /Variables: (.*)\.$/.exec(FIELD_DESCRIPTIONS.expression) as unknown as [string, string];
  const entries = text.split('; ').map((entry) => /^(\w+), (.*)$/.exec(entry)?.slice(1) as [string, string]);

  it('names the variables that the parser knows, each with its unit', () => {
    expect(entries.map(([name]) => name)).toEqual([...GENERIC_VARIABLES]);
    for (const [, meaning] of entries) expect(meaning).toMatch(/ \[(?:hm3|m3\/s|MW)\]/);
  });

  it.each(entries)('%s takes a block unless it says otherwise', (name, meaning) => {
    expect(parseExpression(`2.5 * ${name}(0)`).ok).toBe(true);
    expect(parseExpression(`${name}(0, 1)`).ok).toBe(!meaning.endsWith('(of the stage: no block)'));
    expect(STAGE_WIDE.map(String).includes(name)).toBe(meaning.endsWith('(of the stage: no block)'));
  });
});

describe('names', () => {
  it('are those that cobre-rs gives its schemas', () => {
    expect(JSON_FILES.map(schemaFileName).sort()).toEqual(
      [
        'buses',
        'config',
        'correlation',
        'energy_contracts',
        'exchange_factors',
        'generic_constraints',
        'hydros',
        'initial_conditions',
        'lines',
        'load_factors',
        'non_controllable_factors',
        'non_controllable_sources',
        'penalties',
        'production_models',
        'pumping_stations',
        'stages',
        'thermals',
      ].map((name) => `${name}.schema.json`),
    );
  });

  it('are different for all files, those of tables included', () => {
    expect(CASE_FILES).toHaveLength(JSON_FILES.length + Object.keys(CASE_TABLES).length);
    expect(new Set(CASE_FILES.map(schemaFileName)).size).toBe(CASE_FILES.length);
    for (const file of CASE_FILES) expect(caseFileNamed(schemaFileName(file))).toBe(file);
  });

  it.each([
    ['system/hydros.json', 'system/hydros.json'],
    ['./system/hydros.json', 'system/hydros.json'],
    ['hydros.json', 'system/hydros.json'],
    ['hydros', 'system/hydros.json'],
    ['hydros.schema.json', 'system/hydros.json'],
    ['production_models', 'system/hydro_production_models.json'],
    ['hydro_production_models', 'system/hydro_production_models.json'],
    ['scenarios/inflow_history.parquet', 'scenarios/inflow_history.parquet'],
    ['./scenarios/inflow_history.parquet', 'scenarios/inflow_history.parquet'],
    ['inflow_history.parquet', 'scenarios/inflow_history.parquet'],
    ['inflow_history', 'scenarios/inflow_history.parquet'],
    ['inflow_history.schema.json', 'scenarios/inflow_history.parquet'],
    ['hydro', null],
    ['', null],
  ])('%j is %s', (name, file) => {
    expect(caseFileNamed(name)).toBe(file);
  });
});
