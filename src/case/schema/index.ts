import type { z } from 'zod';
import { busesSchema } from './buses.js';
import { configSchema } from './config.js';
import { correlationSchema } from './correlation.js';
import { energyContractsSchema } from './energy-contracts.js';
import { exchangeFactorsSchema } from './exchange-factors.js';
import { genericConstraintsSchema } from './generic-constraints.js';
import { hydrosSchema } from './hydros.js';
import { initialConditionsSchema } from './initial-conditions.js';
import { linesSchema } from './lines.js';
import { loadFactorsSchema } from './load-factors.js';
import { nonControllableFactorsSchema } from './non-controllable-factors.js';
import { nonControllableSourcesSchema } from './non-controllable-sources.js';
import { penaltiesSchema } from './penalties.js';
import { productionModelsSchema } from './production-models.js';
import { pumpingStationsSchema } from './pumping-stations.js';
import { stagesSchema } from './stages.js';
import { thermalsSchema } from './thermals.js';

/** JSON files that every case has, by their path in the case directory. */
const requiredSchemas = {
  'config.json': configSchema,
  'penalties.json': penaltiesSchema,
  'stages.json': stagesSchema,
  'initial_conditions.json': initialConditionsSchema,
  'system/buses.json': busesSchema,
  'system/lines.json': linesSchema,
  'system/hydros.json': hydrosSchema,
  'system/thermals.json': thermalsSchema,
} as const satisfies Record<string, z.ZodType>;

/** JSON files that a case may have. */
const optionalSchemas = {
  'system/non_controllable_sources.json': nonControllableSourcesSchema,
  'system/pumping_stations.json': pumpingStationsSchema,
  'system/energy_contracts.json': energyContractsSchema,
  'system/hydro_production_models.json': productionModelsSchema,
  'scenarios/load_factors.json': loadFactorsSchema,
  'scenarios/non_controllable_factors.json': nonControllableFactorsSchema,
  'scenarios/correlation.json': correlationSchema,
  'constraints/exchange_factors.json': exchangeFactorsSchema,
  'constraints/generic_constraints.json': genericConstraintsSchema,
} as const satisfies Record<string, z.ZodType>;

/** The schema of each JSON file of a case, by its path in the case directory. */
export const caseSchemas = { ...requiredSchemas, ...optionalSchemas };

export type CaseSchemas = typeof caseSchemas;
export type JsonFileName = keyof CaseSchemas;
