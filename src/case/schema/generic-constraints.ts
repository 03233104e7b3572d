import { z } from 'zod';
import { $schema, id } from './primitives.js';

export const genericConstraintsSchema = z.strictObject({
  $schema,
  constraints: z.array(
    z.strictObject({
      id,
      name: z.string(),
      description: z.string().nullish(),
      // Its grammar is that of `generic-expression.ts`.
      expression: z.string(),
      sense: z.enum(['>=', '<=', '==']),
      // A price is needed only where the slack is enabled: see validate/generic.ts.
      slack: z.strictObject({ enabled: z.boolean(), penalty: z.number().nullish() }),
    }),
  ),
});
