import { z } from 'zod';
import { $schema, id, nonNegative, serviceStage } from './primitives.js';

export const nonControllableSourcesSchema = z.strictObject({
  $schema,
  non_controllable_sources: z.array(
    z.strictObject({
      id,
      name: z.string(),
      bus_id: id,
      entry_stage_id: serviceStage,
      exit_stage_id: serviceStage,
      max_generation_mw: nonNegative,
      curtailment_cost: nonNegative.nullish(),
    }),
  ),
});
