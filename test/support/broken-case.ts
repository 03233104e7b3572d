import { expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import { CobreError, type ErrorKind } from '#cobre/errors';
import { type CaseContent, type CasePatch, makeCase } from './case-builder.js';
import { warningTexts } from './warning-text.js';

export interface Expected {
  readonly kind: ErrorKind;
  readonly file: string;
  readonly field?: string;
  /** What the error says the value is, where that is worth a check. */
  readonly value?: unknown;
  /** A word that the message or the suggestion must hold. */
  readonly says: string;
  /** How many errors the fault causes; more than one would be noise, unless it says otherwise here. */
  readonly errors?: number;
}

export type Broken = readonly [name: string, patch: CasePatch, expected: Expected];

export const CONFIG = 'config.json';
export const STAGES = 'stages.json';
export const PENALTIES = 'penalties.json';
export const INITIAL = 'initial_conditions.json';
export const BUSES = 'system/buses.json';
export const LINES = 'system/lines.json';
export const HYDROS = 'system/hydros.json';
export const THERMALS = 'system/thermals.json';
export const INFLOW = 'scenarios/inflow_seasonal_stats.parquet';
export const LOAD = 'scenarios/load_seasonal_stats.parquet';
export const FACTORS = 'scenarios/load_factors.json';
export const CORRELATION = 'scenarios/correlation.json';
export const OPENINGS = 'scenarios/noise_openings.parquet';
export const SOURCES = 'system/non_controllable_sources.json';
export const PUMPS = 'system/pumping_stations.json';
export const CONTRACTS = 'system/energy_contracts.json';
export const GEOMETRY = 'system/hydro_geometry.parquet';
export const MODELS = 'system/hydro_production_models.json';
export const PLANES = 'system/fpha_hyperplanes.parquet';
export const COEFFICIENTS = 'scenarios/inflow_ar_coefficients.parquet';
export const ANNUAL = 'scenarios/inflow_annual_component.parquet';
export const HISTORY = 'scenarios/inflow_history.parquet';
export const EXTERNAL_INFLOW = 'scenarios/external_inflow_scenarios.parquet';
export const EXTERNAL_LOAD = 'scenarios/external_load_scenarios.parquet';
export const SOURCE_STATS = 'scenarios/non_controllable_stats.parquet';
export const SOURCE_FACTORS = 'scenarios/non_controllable_factors.json';
export const THERMAL_BOUNDS = 'constraints/thermal_bounds.parquet';
export const HYDRO_BOUNDS = 'constraints/hydro_bounds.parquet';
export const PUMP_BOUNDS = 'constraints/pumping_bounds.parquet';
export const CONTRACT_BOUNDS = 'constraints/contract_bounds.parquet';
export const SOURCE_BOUNDS = 'constraints/ncs_bounds.parquet';
export const EXCHANGE_FACTORS = 'constraints/exchange_factors.json';
export const GENERIC = 'constraints/generic_constraints.json';
export const GENERIC_BOUNDS = 'constraints/generic_constraint_bounds.parquet';

/** A patch that sets one field of a JSON file, given by its path; `undefined` removes it. */
export function set(file: string, path: string, value: unknown): CasePatch {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop() as string;
  return {
    [file]: (content) => {
      let target = content;
      for (const key of keys) {
        target[key] ??= {};
        target = target[key];
      }
      if (value === undefined) delete target[last];
      else target[last] = value;
    },
  };
}

/** A patch that sets one cell of a table. */
export function cell(file: string, column: string, row: number, value: unknown): CasePatch {
  return {
    [file]: (content) => {
      content.columns[column].data[row] = value;
    },
  };
}

/** A patch that changes a column's type. */
export function retype(file: string, column: string, type: string): CasePatch {
  return {
    [file]: (content) => {
      content.columns[column].type = type;
      if (type === 'INT64') content.columns[column].data = content.columns[column].data.map(BigInt);
      if (type === 'STRING') content.columns[column].data = content.columns[column].data.map(String);
    },
  };
}

export async function expectError(patch: CasePatch, expected: Expected, content?: CaseContent): Promise<void> {
  const { errors, study } = await validateCase(await makeCase(patch, content));
  expect(study).toBeNull();
  for (const error of errors) expect(error).toBeInstanceOf(CobreError);
  const { kind, file, field } = expected;
  const match = errors.find((error) => error.kind === kind && error.file === file && error.field === field);
  expect(match, `among ${JSON.stringify(errors, null, 1)}`).toBeDefined();
  expect(`${match?.message} ${match?.suggestion}`).toContain(expected.says);
  expect(match?.suggestion).toMatch(/\.$/);
  if ('value' in expected) expect(match?.value).toEqual(expected.value);
  expect(errors, JSON.stringify(errors, null, 1)).toHaveLength(expected.errors ?? 1);
}

/** One test for each broken case; they are made from the small case where no other is given. */
export function expectErrors(cases: readonly Broken[], content?: () => CaseContent): void {
  it.each(cases.map((each) => [...each] as [string, CasePatch, Expected]))('%s', async (_name, patch, expected) => {
    await expectError(patch, expected, content?.());
  });
}

/** One test for each case that is valid, but earns a warning with the given words. */
export function expectWarnings(
  cases: readonly (readonly [name: string, patch: CasePatch, says: string])[],
  content?: () => CaseContent,
): void {
  it.each(cases.map((each) => [...each] as [string, CasePatch, string]))('%s', async (_name, patch, says) => {
    const { errors, warnings } = await validateCase(await makeCase(patch, content?.()));
    expect(errors).toEqual([]);
    const texts = warningTexts(warnings);
    expect(
      texts.filter((text) => text.includes(says)),
      texts.join('\n'),
    ).toHaveLength(1);
    for (const { suggestion } of warnings) expect(suggestion).toMatch(/\.$/);
  });
}
