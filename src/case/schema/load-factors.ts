import { z } from 'zod';
import { $schema, id, index, positive } from './primitives.js';

export const loadFactorsSchema = z.strictObject({
  $schema,
  load_factors: z.array(
    z.strictObject({
      bus_id: id,
      stage_id: id,
      block_factors: z.array(z.strictObject({ block_id: index, factor: positive })),
    }),
  ),
});
