import { z } from 'zod';
import { $schema, count, date, id, index, nonNegative, positive } from './primitives.js';

const cvar = z.strictObject({ cvar: z.strictObject({ alpha: positive.max(1), lambda: nonNegative.max(1) }) });

/**
 * `"expectation"`, in any case, becomes `null`; else the parameters of `(1 - lambda) E + lambda CVaR_alpha`. Small and
 * large letters one by one: a JSON Schema has no flag for it.
 */
const riskMeasure = z
  .union([
    z.string().regex(/^[eE][xX][pP][eE][cC][tT][aA][tT][iI][oO][nN]$/, '"expectation", or an object with cvar'),
    cvar,
  ])
  .nullish()
  .transform((measure) => (typeof measure === 'string' ? null : (measure ?? null)));

const block = z.strictObject({ id: index, name: z.string(), hours: positive });

const stage = z.strictObject({
  id: id.min(0),
  start_date: date,
  end_date: date,
  season_id: index.nullish(),
  blocks: z.array(block).min(1),
  block_mode: z.enum(['parallel', 'chronological']).default('parallel'),
  // Storage and the inflow lags that matter are states whatever is said here: see validate/stages.ts.
  state_variables: z
    .strictObject({ storage: z.boolean().default(true), inflow_lags: z.boolean().default(false) })
    .nullish(),
  risk_measure: riskMeasure,
  num_scenarios: count,
  sampling_method: z
    .enum(['saa', 'lhs', 'qmc_sobol', 'qmc_halton', 'selective', 'historical_residuals'])
    .default('saa'),
});

const preStudyStage = z.strictObject({
  id: id.max(-1),
  start_date: date,
  end_date: date,
  season_id: index.nullish(),
});

const month = z.int().min(1).max(12);
const dayOfMonth = z.int().min(1).max(31);

const seasonDefinitions = z.strictObject({
  cycle_type: z.enum(['monthly', 'weekly', 'custom']),
  seasons: z.array(
    z.strictObject({
      id: index,
      label: z.string(),
      month_start: month,
      day_start: dayOfMonth.nullish(),
      month_end: month.nullish(),
      day_end: dayOfMonth.nullish(),
    }),
  ),
});

export const stagesSchema = z.strictObject({
  $schema,
  season_definitions: seasonDefinitions.nullish(),
  policy_graph: z.strictObject({
    type: z.enum(['finite_horizon', 'cyclic']),
    annual_discount_rate: nonNegative,
    transitions: z
      .array(
        z.strictObject({
          source_id: id,
          target_id: id,
          probability: z.number().min(0).max(1),
          annual_discount_rate_override: nonNegative.nullish(),
        }),
      )
      .default([]),
  }),
  pre_study_stages: z.array(preStudyStage).default([]),
  stages: z.array(stage).min(1),
});

export type StagesFile = z.output<typeof stagesSchema>;
export type StageEntry = StagesFile['stages'][number];
