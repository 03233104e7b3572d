import { z } from 'zod';
import { deficitSegment } from './buses.js';
import { $schema, nonNegative, positive } from './primitives.js';

/** Case-wide defaults. What a plant says itself comes before them. */
export const penaltiesSchema = z.strictObject({
  $schema,
  version: z.string().nullish(),
  bus: z.strictObject({ deficit_segments: z.array(deficitSegment).min(1), excess_cost: positive }),
  line: z.strictObject({ exchange_cost: positive }),
  hydro: z.strictObject({
    spillage_cost: positive,
    fpha_turbined_cost: nonNegative,
    diversion_cost: positive,
    storage_violation_below_cost: positive,
    filling_target_violation_cost: positive,
    turbined_violation_below_cost: positive,
    outflow_violation_below_cost: positive,
    outflow_violation_above_cost: positive,
    generation_violation_below_cost: positive,
    evaporation_violation_cost: positive,
    evaporation_violation_pos_cost: nonNegative.nullish(),
    evaporation_violation_neg_cost: nonNegative.nullish(),
    water_withdrawal_violation_cost: positive,
    water_withdrawal_violation_pos_cost: nonNegative.nullish(),
    water_withdrawal_violation_neg_cost: nonNegative.nullish(),
    inflow_nonnegativity_cost: nonNegative.nullish(),
  }),
  non_controllable_source: z.strictObject({ curtailment_cost: positive }),
});

export type PenaltiesFile = z.output<typeof penaltiesSchema>;
