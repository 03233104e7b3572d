import type { HydroEntry } from '../schema/hydros.js';
import type { PenaltiesFile } from '../schema/penalties.js';

/** The penalties that a plant may override, each with a value. */
export type HydroPenaltyValues = {
  readonly [K in Exclude<keyof NonNullable<HydroEntry['penalties']>, 'inflow_nonnegativity_cost'>]-?: number;
};

/**
 * A plant's penalties: its own value where it has one, else the case's. The cost in one direction is that of both
 * directions where it is not given by itself.
 */
export function resolvePenalties(own: HydroEntry['penalties'], { hydro }: PenaltiesFile): HydroPenaltyValues {
  const pick = (key: Symmetric): number => own?.[key] ?? hydro[key];
  const directed = (direction: Directed, both: Symmetric): number =>
    own?.[direction] ?? own?.[both] ?? hydro[direction] ?? hydro[both];
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
    evaporation_violation_pos_cost: directed('evaporation_violation_pos_cost', 'evaporation_violation_cost'),
    evaporation_violation_neg_cost: directed('evaporation_violation_neg_cost', 'evaporation_violation_cost'),
    water_withdrawal_violation_cost: pick('water_withdrawal_violation_cost'),
    water_withdrawal_violation_pos_cost: directed(
      'water_withdrawal_violation_pos_cost',
      'water_withdrawal_violation_cost',
    ),
    water_withdrawal_violation_neg_cost: directed(
      'water_withdrawal_violation_neg_cost',
      'water_withdrawal_violation_cost',
    ),
  };
}

type Directed = Extract<keyof HydroPenaltyValues, `${string}_pos_cost` | `${string}_neg_cost`>;
type Symmetric = Exclude<keyof HydroPenaltyValues, Directed>;
