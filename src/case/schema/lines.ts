import { z } from 'zod';
import { $schema, id, nonNegative, serviceStage } from './primitives.js';

/** Losses of the whole flow leave nothing to deliver. */
const lossesPercent = nonNegative.lt(100);

export const linesSchema = z.strictObject({
  $schema,
  lines: z.array(
    z.strictObject({
      id,
      name: z.string(),
      source_bus_id: id,
      target_bus_id: id,
      capacity: z.strictObject({ direct_mw: nonNegative, reverse_mw: nonNegative }),
      exchange_cost: nonNegative.nullish(),
      losses_percent: lossesPercent.default(0),
      entry_stage_id: serviceStage,
      exit_stage_id: serviceStage,
    }),
  ),
});
