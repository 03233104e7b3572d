import { z } from 'zod';
import { $schema, id, nonNegative, serviceStage, unsupported } from './primitives.js';

export const thermalsSchema = z.strictObject({
  $schema,
  thermals: z.array(
    z.strictObject({
      id,
      name: z.string(),
      bus_id: id,
      generation: z.strictObject({ min_mw: nonNegative, max_mw: nonNegative }),
      cost_per_mwh: nonNegative,
      gnl_config: unsupported('dispatch anticipation (GNL)'),
      entry_stage_id: serviceStage,
      exit_stage_id: serviceStage,
    }),
  ),
});
