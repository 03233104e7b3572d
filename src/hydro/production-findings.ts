import { type Finding, plantLabel } from './finding.js';
import type { HydroPlant } from './plant.js';

const MODELS = 'system/hydro_production_models.json';

/** A plant whose generation model is `fpha` and that has no entry that says where its planes come from. */
export function unconfiguredFpha(plant: HydroPlant): Finding {
  return {
    severity: 'error',
    kind: 'MissingReference',
    file: 'system/hydros.json',
    field: 'generation.model',
    value: 'fpha',
    message: `${plantLabel(plant)}: the generation model is fpha and ${MODELS} does not say where its planes come from`,
    suggestion: `Add an entry for the plant to ${MODELS}, or use the model constant_productivity.`,
  };
}

/** A stage that is to generate at a constant productivity that is stated nowhere. */
export function missingProductivity(plant: HydroPlant, stageId: number): Finding {
  return {
    severity: 'error',
    kind: 'CoverageMismatch',
    file: MODELS,
    field: 'stage_ranges',
    value: stageId,
    message: `${plantLabel(plant)}: stage ${stageId} needs a productivity, and the generation model fpha states none`,
    suggestion: `Let ${MODELS} choose fpha for the stage, or give it a productivity_override.`,
  };
}
