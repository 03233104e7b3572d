import { CobreError } from '../../errors.js';
import { invertPar, type LagMemory, type PhysicalPar } from '../par-inversion.js';

/** The values of an `external_*_scenarios` table for E entities of one class. */
export interface ExternalTable {
  /** File, for errors. */
  readonly file: string;
  readonly entities: number;
  /** Value of entity e in scenario s at `values[t][s * E + e]`: m3/s, MW, or a share of the capacity. At least one each. */
  readonly values: readonly Float64Array[];
}

/** The noise of external scenarios, for E entities. */
export interface ExternalNoise {
  /** Scenarios, the most that a stage has. */
  readonly scenarios: number;
  /** How many the table has at each stage. Where these are fewer they repeat: scenario s is the table's s mod this. */
  readonly countOfStage: readonly number[];
  /** `noise[t][s * E + e]` for s below `scenarios`. */
  readonly noise: readonly Float64Array[];
  /** Values unlike the mean whose standard deviation is 0: they have no effect. Worth a warning. */
  readonly ignored: number;
}

/**
 * The noise with which the inflow model gives each scenario, from the study's own lags.
 * @param initialLags Inflows before the study [m3/s], `initialLags[h * L + l]`, lag 1 first.
 * @throws CobreError `CoverageMismatch` when the table does not fit the model, `PhysicalConstraint` when a value cannot
 * come from it: a standard deviation of 0 beside another inflow.
 */
export function externalInflowNoise(
  table: ExternalTable,
  model: PhysicalPar,
  initialLags: Float64Array,
  memory: LagMemory | null = null,
): ExternalNoise {
  const { scenarios, countOfStage } = countScenarios(table, model.stages);
  const { hydros } = model;
  const noise = countOfStage.map(() => new Float64Array(scenarios * hydros));
  const inflow = new Float64Array(model.stages * hydros);
  for (let s = 0; s < scenarios; s += 1) {
    // Where a stage repeats its scenarios, the lags of each repetition are those of its own earlier stages.
    table.values.forEach((values, t) => {
      const from = (s % countOfStage[t]) * hydros;
      inflow.set(values.subarray(from, from + hydros), t * hydros);
    });
    const name = { series: `scenario ${s}`, file: table.file };
    invertPar(model, inflow, initialLags, memory, name, (t, h, value) => {
      noise[t][s * hydros + h] = value;
    });
  }
  return { scenarios, countOfStage, noise, ignored: 0 };
}

/**
 * The noise of load or availability, which have no memory: (value - mean) / std; 0 where std is 0.
 * @param mean `mean[t * E + e]`, and `std` likewise, in the units of the table.
 * @throws CobreError `CoverageMismatch` when the table does not fit them.
 */
export function externalNoise(table: ExternalTable, mean: Float64Array, std: Float64Array): ExternalNoise {
  const { entities } = table;
  const { scenarios, countOfStage } = countScenarios(
    table,
    entities === 0 ? table.values.length : mean.length / entities,
  );
  let ignored = 0;
  const noise = table.values.map((values, t) => {
    const stage = new Float64Array(scenarios * entities);
    for (let s = 0; s < scenarios; s += 1) {
      for (let e = 0; e < entities; e += 1) {
        const i = t * entities + e;
        const residual = values[(s % countOfStage[t]) * entities + e] - mean[i];
        if (std[i] > 0) stage[s * entities + e] = residual / std[i];
        else if (residual !== 0 && s < countOfStage[t]) ignored += 1;
      }
    }
    return stage;
  });
  return { scenarios, countOfStage, noise, ignored };
}

function countScenarios(
  { file, entities, values }: ExternalTable,
  stages: number,
): { scenarios: number; countOfStage: readonly number[] } {
  if (values.length !== stages) {
    throw new CobreError('CoverageMismatch', `${file} has ${values.length} stages instead of ${stages}`, {
      file,
      field: 'stage_id',
      value: values.length,
      suggestion: 'Give the scenarios of every stage of the study.',
    });
  }
  const countOfStage = values.map((table, t) => {
    const count = entities === 0 ? 1 : table.length / entities;
    if (Number.isInteger(count) && count >= 1) return count;
    throw new CobreError(
      'CoverageMismatch',
      `${file} has ${table.length} values at stage ${t} for ${entities} entities`,
      {
        file,
        field: 'stage_id',
        value: table.length,
        suggestion: 'Give every entity one value in each scenario, and every stage at least one scenario.',
        context: { stage: t },
      },
    );
  });
  return { scenarios: countOfStage.reduce((most, count) => Math.max(most, count), 1), countOfStage };
}
