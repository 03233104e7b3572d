import type { HydroEntry } from '../schema/hydros.js';
import type { PenaltiesFile } from '../schema/penalties.js';

/** The penalties that a plant may override, each with a value. */
export type HydroPenaltyValues = {
  readonly [K in Exclude<keyof NonNullable<HydroEntry['penalties']>, 'inflow_nonnegativity_cost'>]-?: number;
};

/** A plant's penalties: its own value where it has one, else the case's. */
export function resolvePenalties(own: HydroEntry['penalties'], { hydro }: PenaltiesFile): HydroPenaltyValues {
  const pick = (key: keyof HydroPenaltyValues): number => own?.[key] ?? hydro[key];
  return {
    spillage_cost: pick('spillage_cost'),
    fpha_turbined_cost: pick('fpha_turbined_cost'),
    diversion_cost: pick('diversion_cost'),
    storage_violation_below_cost: pick('storage_violation_below_cost'),
    filling_target_violation_cost: pick('filling_target_violation_cost'),
    turbined_violation_below_cost: pick('turbined_violation_below_cost'),
    outflow_violation_below_cost: pick('outflow_violation_below_cost'),
    outflow_violation_above_cost: pick('outflow_violation_above_cost'),
    generation_violation_below_cost: pick('generation_violation_below_cost'),
    evaporation_violation_cost: pick('evaporation_violation_cost'),
    water_withdrawal_violation_cost: pick('water_withdrawal_violation_cost'),
  };
}
