import { z } from 'zod';
import { $schema, id, index, nonNegative } from './primitives.js';

export const exchangeFactorsSchema = z.strictObject({
  $schema,
  exchange_factors: z.array(
    z.strictObject({
      line_id: id,
      stage_id: id,
      // A factor of 0 takes the line out of service in its direction.
      block_factors: z.array(
        z.strictObject({ block_id: index, direct_factor: nonNegative, reverse_factor: nonNegative }),
      ),
    }),
  ),
});
