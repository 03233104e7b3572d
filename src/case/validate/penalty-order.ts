import type { ParsedCase } from '../parsed-case.js';
import { type HydroPenaltyValues, resolvePenalties } from '../resolve/penalties.js';
import type { Report } from './report.js';

const FILE = 'penalties.json';

/**
 * Warns of penalties whose order lets the program prefer what should be the last resort: filling target above
 * storage, storage above deficit, deficit above other violations, violations above spillage.
 */
export function checkPenaltyOrder(data: ParsedCase, report: Report): void {
  const { penalties, hydros, buses } = data;
  if (!penalties || !hydros || !buses || hydros.hydros.length === 0) return;
  const plants = hydros.hydros.map((hydro) => ({ id: hydro.id, ...resolvePenalties(hydro.penalties, penalties) }));
  const deficit = Math.max(
    0,
    ...buses.buses.flatMap((bus) => (bus.deficit_segments ?? penalties.bus.deficit_segments).map(({ cost }) => cost)),
  );
  const violations = (plant: HydroPenaltyValues) => [
    plant.turbined_violation_below_cost,
    plant.outflow_violation_below_cost,
    plant.outflow_violation_above_cost,
    plant.generation_violation_below_cost,
    plant.evaporation_violation_cost,
    plant.water_withdrawal_violation_cost,
  ];
  const resources = (plant: HydroPenaltyValues) => [plant.spillage_cost, plant.diversion_cost];

  const filling = plants.filter((plant) => plant.filling_target_violation_cost <= plant.storage_violation_below_cost);
  warnOrder(report, filling, 'filling_target_violation_cost', 'storage_violation_below_cost');
  const storage = plants.filter((plant) => plant.storage_violation_below_cost <= deficit);
  warnOrder(report, storage, 'storage_violation_below_cost', `the dearest deficit (${deficit})`);
  const constraint = plants.filter((plant) => Math.max(...violations(plant)) >= deficit);
  if (constraint.length > 0) {
    const ids = constraint.map((plant) => plant.id).join(', ');
    report.warn(
      'PenaltyConsistency',
      `the dearest deficit (${deficit}) should cost more than the violations of hydros ${ids}`,
      {
        file: FILE,
        suggestion: 'x',
      },
    );
  }
  const dearestResource = Math.max(...plants.flatMap(resources));
  const cheap = plants.filter((plant) => Math.min(...violations(plant)) <= dearestResource);
  warnOrder(report, cheap, 'every violation cost', `spillage and diversion (${dearestResource})`);
  const free = plants.filter((plant) => Math.min(...resources(plant)) <= 0);
  warnOrder(report, free, 'spillage_cost and diversion_cost', '0');
}

function warnOrder(report: Report, plants: readonly { id: number }[], higher: string, lower: string): void {
  if (plants.length === 0) return;
  const ids = plants.map((plant) => plant.id).join(', ');
  report.warn('PenaltyConsistency', `${higher} should be above ${lower}, but is not for hydros ${ids}`, {
    file: FILE,
    suggestion: 'x',
  });
}
