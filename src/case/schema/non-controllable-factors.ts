import { z } from 'zod';
import { $schema, id, index, nonNegative } from './primitives.js';

export const nonControllableFactorsSchema = z.strictObject({
  $schema,
  non_controllable_factors: z.array(
    z.strictObject({
      ncs_id: id,
      stage_id: id,
      // A factor of 0 is a block without wind or sun.
      block_factors: z.array(z.strictObject({ block_id: index, factor: nonNegative })),
    }),
  ),
});
