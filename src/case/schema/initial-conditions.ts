import { z } from 'zod';
import { $schema, date, id, index, nonNegative } from './primitives.js';

const hydroStorage = z.strictObject({ hydro_id: id, value_hm3: nonNegative });

export const initialConditionsSchema = z.strictObject({
  $schema,
  storage: z.array(hydroStorage),
  filling_storage: z.array(hydroStorage),
  past_inflows: z
    .array(
      z.strictObject({
        hydro_id: id,
        values_m3s: z.array(z.number()),
        season_ids: z.array(index).nullish(),
      }),
    )
    .default([]),
  recent_observations: z
    .array(z.strictObject({ hydro_id: id, start_date: date, end_date: date, value_m3s: nonNegative }))
    .default([]),
});
