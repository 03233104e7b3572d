import { z } from 'zod';
import { $schema, id, nonNegative, positive, serviceStage } from './primitives.js';

const limits = {
  min_turbined_m3s: nonNegative,
  max_turbined_m3s: nonNegative,
  min_generation_mw: nonNegative,
  max_generation_mw: nonNegative,
};

const generation = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('constant_productivity'), productivity_mw_per_m3s: nonNegative, ...limits }),
  z.strictObject({ model: z.literal('linearized_head'), productivity_mw_per_m3s: nonNegative, ...limits }),
  z.strictObject({ model: z.literal('fpha'), ...limits }),
]);

const tailrace = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('polynomial'), coefficients: z.array(z.number()).min(1) }),
  z.strictObject({
    type: z.literal('piecewise'),
    points: z.array(z.strictObject({ outflow_m3s: nonNegative, height_m: z.number() })).min(1),
  }),
]);

const hydraulicLosses = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('factor'), value: nonNegative.lt(1) }),
  z.strictObject({ type: z.literal('constant'), value_m: nonNegative }),
]);

const efficiency = z.strictObject({ type: z.literal('constant'), value: positive.max(1) });

/** One value for each calendar month, January first. */
const MONTHS = 12;
const monthly = <T extends z.ZodType>(value: T) => z.array(value).length(MONTHS);

const evaporation = z.strictObject({
  coefficients_mm: monthly(z.number()),
  reference_volumes_hm3: monthly(nonNegative).nullish(),
});

/** Overrides of the penalties of `penalties.json` for one plant. */
const hydroPenaltyOverrides = z.strictObject({
  spillage_cost: nonNegative.nullish(),
  fpha_turbined_cost: nonNegative.nullish(),
  diversion_cost: nonNegative.nullish(),
  storage_violation_below_cost: nonNegative.nullish(),
  filling_target_violation_cost: nonNegative.nullish(),
  turbined_violation_below_cost: nonNegative.nullish(),
  outflow_violation_below_cost: nonNegative.nullish(),
  outflow_violation_above_cost: nonNegative.nullish(),
  generation_violation_below_cost: nonNegative.nullish(),
  // The cost in one direction: `pos` of more than there should be, `neg` of less. Without it the cost of both holds.
  evaporation_violation_cost: nonNegative.nullish(),
  evaporation_violation_pos_cost: nonNegative.nullish(),
  evaporation_violation_neg_cost: nonNegative.nullish(),
  water_withdrawal_violation_cost: nonNegative.nullish(),
  water_withdrawal_violation_pos_cost: nonNegative.nullish(),
  water_withdrawal_violation_neg_cost: nonNegative.nullish(),
  inflow_nonnegativity_cost: nonNegative.nullish(),
});

const hydro = z.strictObject({
  id,
  name: z.string(),
  bus_id: id,
  downstream_id: id.nullish(),
  reservoir: z.strictObject({ min_storage_hm3: nonNegative, max_storage_hm3: nonNegative }),
  outflow: z.strictObject({ min_outflow_m3s: nonNegative, max_outflow_m3s: nonNegative.nullish() }),
  generation,
  penalties: hydroPenaltyOverrides.nullish(),
  tailrace: tailrace.nullish(),
  hydraulic_losses: hydraulicLosses.nullish(),
  efficiency: efficiency.nullish(),
  evaporation: evaporation.nullish(),
  diversion: z.strictObject({ downstream_id: id, max_flow_m3s: nonNegative }).nullish(),
  filling: z.strictObject({ start_stage_id: id, filling_inflow_m3s: nonNegative.default(0) }).nullish(),
  entry_stage_id: serviceStage,
  exit_stage_id: serviceStage,
});

export const hydrosSchema = z.strictObject({ $schema, hydros: z.array(hydro) });

type HydrosFile = z.output<typeof hydrosSchema>;
export type HydroEntry = HydrosFile['hydros'][number];
