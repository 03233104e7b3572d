import { z } from 'zod';
import { $schema, id, positive } from './primitives.js';

/** One step of the deficit cost curve; a depth of `null` is unbounded. */
export const deficitSegment = z.strictObject({
  depth_mw: positive.nullish(),
  cost: positive,
});

export const busesSchema = z.strictObject({
  $schema,
  buses: z.array(
    z.strictObject({
      id,
      name: z.string(),
      deficit_segments: z.array(deficitSegment).min(1).nullish(),
    }),
  ),
});

export type BusesFile = z.output<typeof busesSchema>;
