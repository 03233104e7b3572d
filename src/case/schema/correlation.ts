import { z } from 'zod';
import { $schema, id } from './primitives.js';

const entity = z.strictObject({
  type: z.enum(['inflow', 'load', 'ncs']),
  id,
});

const group = z.strictObject({
  name: z.string(),
  entities: z.array(entity).min(1),
  matrix: z.array(z.array(z.number().min(-1).max(1))),
});

export const correlationSchema = z.strictObject({
  $schema,
  method: z.enum(['spectral', 'cholesky']),
  profiles: z.record(z.string(), z.strictObject({ correlation_groups: z.array(group) })),
  schedule: z.array(z.strictObject({ stage_id: id, profile_name: z.string() })).nullish(),
});

export type CorrelationFile = z.output<typeof correlationSchema>;
