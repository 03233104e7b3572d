import { z } from 'zod';
import { $schema, id, type NotSupportedParams, nonNegative, serviceStage, unsupported } from './primitives.js';

const constantProductivity = z.strictObject({
  model: z.literal('constant_productivity'),
  productivity_mw_per_m3s: nonNegative,
  min_turbined_m3s: nonNegative,
  max_turbined_m3s: nonNegative,
  min_generation_mw: nonNegative,
  max_generation_mw: nonNegative,
});

/** Known to the format, refused here by name; its other fields are not looked at. */
const headDependent = z
  .looseObject({ model: z.enum(['linearized_head', 'fpha']) })
  .superRefine(({ model }, context) => {
    const params: NotSupportedParams = {
      kind: 'NotSupported',
      suggestion: 'Use the model constant_productivity with productivity_mw_per_m3s.',
    };
    context.addIssue({
      code: 'custom',
      path: ['model'],
      message: `the generation model ${model} is not supported yet`,
      params: { ...params },
    });
  });

/** Overrides of the penalties of `penalties.json` for one plant. */
export const hydroPenaltyOverrides = z.strictObject({
  spillage_cost: nonNegative.nullish(),
  fpha_turbined_cost: nonNegative.nullish(),
  diversion_cost: nonNegative.nullish(),
  storage_violation_below_cost: nonNegative.nullish(),
  filling_target_violation_cost: nonNegative.nullish(),
  turbined_violation_below_cost: nonNegative.nullish(),
  outflow_violation_below_cost: nonNegative.nullish(),
  outflow_violation_above_cost: nonNegative.nullish(),
  generation_violation_below_cost: nonNegative.nullish(),
  evaporation_violation_cost: nonNegative.nullish(),
  water_withdrawal_violation_cost: nonNegative.nullish(),
  inflow_nonnegativity_cost: nonNegative.nullish(),
});

const hydro = z.strictObject({
  id,
  name: z.string(),
  bus_id: id,
  downstream_id: id.nullish(),
  reservoir: z.strictObject({ min_storage_hm3: nonNegative, max_storage_hm3: nonNegative }),
  outflow: z.strictObject({ min_outflow_m3s: nonNegative, max_outflow_m3s: nonNegative.nullish() }),
  generation: z.discriminatedUnion('model', [constantProductivity, headDependent]),
  penalties: hydroPenaltyOverrides.nullish(),
  tailrace: unsupported('a tailrace curve'),
  hydraulic_losses: unsupported('hydraulic losses'),
  efficiency: unsupported('turbine efficiency'),
  evaporation: unsupported('evaporation'),
  diversion: unsupported('a diversion channel'),
  filling: unsupported('filling of a reservoir'),
  entry_stage_id: serviceStage,
  exit_stage_id: serviceStage,
});

export const hydrosSchema = z.strictObject({ $schema, hydros: z.array(hydro) });

export type HydrosFile = z.output<typeof hydrosSchema>;
export type HydroEntry = HydrosFile['hydros'][number];
