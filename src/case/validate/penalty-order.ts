import type { ParsedCase } from '../parsed-case.js';
import { type HydroPenaltyValues, resolvePenalties } from '../resolve/penalties.js';
import type { HydroEntry } from '../schema/hydros.js';
import type { Report } from './report.js';

const PENALTIES = 'penalties.json';
const HYDROS = 'system/hydros.json';
const BUSES = 'system/buses.json';

type Penalty = keyof HydroPenaltyValues;

/** Prices of breaking a rule on flows, in the unit of the price of spilling [$/(m3/s h)]. */
const FLOW_VIOLATIONS = [
  'turbined_violation_below_cost',
  'outflow_violation_below_cost',
  'outflow_violation_above_cost',
  'evaporation_violation_cost',
  'water_withdrawal_violation_cost',
] as const satisfies readonly Penalty[];

interface Plant {
  readonly position: number;
  readonly hydro: HydroEntry;
  readonly cost: HydroPenaltyValues;
}

/** A price that a penalty is to lie above. */
interface Limit {
  readonly name: string;
  readonly value: number;
}

/**
 * Warns of penalties whose order lets the program prefer what should be the last resort, where the plant has what they
 * are the price of: filling target above storage, storage above deficit, rules on flows above spillage and diversion.
 * Deficit and rules on flows have no order of their own: which of them gives way is a matter of the case.
 */
export function checkPenaltyOrder(data: ParsedCase, report: Report): void {
  const { penalties, hydros, buses } = data;
  if (!penalties || !hydros || !buses || hydros.hydros.length === 0) return;
  const plants = hydros.hydros
    .map((hydro, position): Plant => ({ position, hydro, cost: resolvePenalties(hydro.penalties, penalties) }))
    .sort((a, b) => a.hydro.id - b.hydro.id);
  const deficit = dearestDeficit(buses, penalties);

  warnOrder(
    report,
    plants.filter(({ hydro }) => hydro.filling),
    'filling_target_violation_cost',
    ({ cost }) => ({ name: 'storage_violation_below_cost', value: cost.storage_violation_below_cost }),
  );
  const bounded = plants.filter(({ hydro }) => hydro.reservoir.min_storage_hm3 > 0);
  warnOrder(report, bounded, 'storage_violation_below_cost', () => deficit);
  for (const violation of FLOW_VIOLATIONS) warnOrder(report, plants, violation, dearestWayOut);
  warnFree(report, plants, 'spillage_cost');
  warnFree(
    report,
    plants.filter(({ hydro }) => hydro.diversion),
    'diversion_cost',
  );
}

function dearestDeficit(
  { buses }: NonNullable<ParsedCase['buses']>,
  penalties: NonNullable<ParsedCase['penalties']>,
): Limit {
  let dearest: Limit = { name: 'dearest deficit', value: 0 };
  // By id: of equal costs the same bus is named, whichever comes first in the file.
  for (const { id, deficit_segments: own } of [...buses].sort((a, b) => a.id - b.id)) {
    const where = own ? `bus ${id} in ${BUSES}` : PENALTIES;
    for (const { cost } of own ?? penalties.bus.deficit_segments) {
      if (cost > dearest.value) dearest = { name: `dearest deficit, of ${where}`, value: cost };
    }
  }
  return dearest;
}

/** What lets water go without a rule being broken. */
function dearestWayOut({ hydro, cost }: Plant): Limit {
  return hydro.diversion && cost.diversion_cost > cost.spillage_cost
    ? { name: 'diversion_cost', value: cost.diversion_cost }
    : { name: 'spillage_cost', value: cost.spillage_cost };
}

/** One warning for all plants whose penalty is not above a limit. */
function warnOrder(report: Report, plants: readonly Plant[], penalty: Penalty, limitOf: (plant: Plant) => Limit): void {
  const wrong = plants.filter((plant) => plant.cost[penalty] <= limitOf(plant).value);
  if (wrong.length === 0) return;
  const [first] = wrong;
  const limit = limitOf(first);
  const message = `${penalty} is ${first.cost[penalty]}, not above the ${limit.name} (${limit.value}), at ${hydrosInWords(wrong)}`;
  report.warn('PenaltyConsistency', message, {
    ...placeOf(first, penalty),
    value: first.cost[penalty],
    suggestion: `Raise ${penalty} above ${limit.value}: the dearer of two ways is the last resort.`,
  });
}

function warnFree(report: Report, plants: readonly Plant[], penalty: Penalty): void {
  const free = plants.filter(({ cost }) => cost[penalty] <= 0);
  if (free.length === 0) return;
  report.warn('PenaltyConsistency', `${penalty} is 0 at ${hydrosInWords(free)}, so that water may be let go at will`, {
    ...placeOf(free[0], penalty),
    value: free[0].cost[penalty],
    suggestion: 'Give a small price above 0.',
  });
}

function hydrosInWords(plants: readonly Plant[]): string {
  const rest = plants.length > 1 ? ` and ${plants.length - 1} more (${plants.slice(1).map(idOf).join(', ')})` : '';
  return `hydro ${idOf(plants[0])}${rest}`;
}

function idOf({ hydro }: Plant): number {
  return hydro.id;
}

/** Where a plant's penalty stands: with the plant, or with the defaults of the case. */
function placeOf({ position, hydro }: Plant, penalty: Penalty): { file: string; field: string } {
  return typeof hydro.penalties?.[penalty] === 'number'
    ? { file: HYDROS, field: `hydros[${position}].penalties.${penalty}` }
    : { file: PENALTIES, field: `hydro.${penalty}` };
}
