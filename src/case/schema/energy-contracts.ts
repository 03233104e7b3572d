import { z } from 'zod';
import { $schema, id, nonNegative, serviceStage } from './primitives.js';

export const energyContractsSchema = z.strictObject({
  $schema,
  contracts: z.array(
    z.strictObject({
      id,
      name: z.string(),
      bus_id: id,
      type: z.enum(['import', 'export']),
      entry_stage_id: serviceStage,
      exit_stage_id: serviceStage,
      // Below 0 it is revenue, as exports usually are.
      price_per_mwh: z.number(),
      limits: z.strictObject({ min_mw: nonNegative, max_mw: nonNegative }),
    }),
  ),
});
