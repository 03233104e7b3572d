import type { z } from 'zod';
import { busesSchema } from './buses.js';
import { configSchema } from './config.js';
import { correlationSchema } from './correlation.js';
import { hydrosSchema } from './hydros.js';
import { initialConditionsSchema } from './initial-conditions.js';
import { linesSchema } from './lines.js';
import { loadFactorsSchema } from './load-factors.js';
import { penaltiesSchema } from './penalties.js';
import { stagesSchema } from './stages.js';
import { thermalsSchema } from './thermals.js';

/** The schema of each JSON file of a case that this version reads, by its path in the case directory. */
export const caseSchemas = {
  'config.json': configSchema,
  'penalties.json': penaltiesSchema,
  'stages.json': stagesSchema,
  'initial_conditions.json': initialConditionsSchema,
  'system/buses.json': busesSchema,
  'system/lines.json': linesSchema,
  'system/hydros.json': hydrosSchema,
  'system/thermals.json': thermalsSchema,
  'scenarios/load_factors.json': loadFactorsSchema,
  'scenarios/correlation.json': correlationSchema,
} as const satisfies Record<string, z.ZodType>;

export type CaseSchemas = typeof caseSchemas;
export type JsonFileName = keyof CaseSchemas;
