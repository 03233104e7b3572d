import type { ParsedCase } from '../parsed-case.js';
import type { Report } from './report.js';

const FILE = 'initial_conditions.json';

/** Initial storage lies within the reservoir, and every reservoir has one where it may not be empty. */
export function checkInitialStorage(data: ParsedCase, report: Report): void {
  const { hydros, initialConditions } = data;
  if (!hydros || !initialConditions) return;
  const byId = new Map(hydros.hydros.map((hydro) => [hydro.id, hydro]));
  for (const list of ['storage', 'filling_storage'] as const) {
    for (const [i, { hydro_id, value_hm3 }] of initialConditions[list].entries()) {
      const hydro = byId.get(hydro_id);
      if (hydro === undefined) continue;
      const { min_storage_hm3: least, max_storage_hm3: max } = hydro.reservoir;
      // A reservoir that is being filled begins below its least storage.
      const min = list === 'storage' && !hydro.filling ? least : 0;
      if (list === 'filling_storage' && !hydro.filling) {
        const message = `filling_storage[${i}]: hydro ${hydro_id} is not filled; the value is its initial storage`;
        report.warn('IncompatibleSettings', message, {
          file: FILE,
          field: `filling_storage[${i}].hydro_id`,
          value: hydro_id,
          suggestion: 'Move the entry to storage.',
        });
      }
      // Contradictory bounds have been reported where they stand.
      if (min > max || (value_hm3 >= min && value_hm3 <= max)) continue;
      report.error(
        'PhysicalConstraint',
        `${list}[${i}]: ${value_hm3} hm3 is outside the reservoir of hydro ${hydro_id}`,
        {
          file: FILE,
          field: `${list}[${i}].value_hm3`,
          value: value_hm3,
          context: { hydro_id, min_storage_hm3: min, max_storage_hm3: max },
          suggestion: `Choose a value between ${min} and ${max} hm3.`,
        },
      );
    }
  }
  const filled = new Map(initialConditions.filling_storage.map((entry, i) => [entry.hydro_id, i]));
  for (const [i, { hydro_id }] of initialConditions.storage.entries()) {
    const other = filled.get(hydro_id);
    if (other === undefined) continue;
    report.error('DuplicateId', `filling_storage[${other}] repeats hydro ${hydro_id} of storage[${i}]`, {
      file: FILE,
      field: `filling_storage[${other}].hydro_id`,
      value: hydro_id,
      suggestion: 'Name a hydro in filling_storage if it is being filled, else in storage.',
    });
  }
  const given = new Set(
    [...initialConditions.storage, ...initialConditions.filling_storage].map((one) => one.hydro_id),
  );
  for (const { id, reservoir, filling } of hydros.hydros) {
    const { min_storage_hm3: min, max_storage_hm3: max } = reservoir;
    if (given.has(id) || max === 0) continue;
    if (min <= 0 || filling) {
      const list = filling ? 'filling_storage' : 'storage';
      report.warn('CoverageMismatch', `hydro ${id} has no entry in ${list} and starts with 0 hm3`, {
        file: FILE,
        field: list,
        suggestion: `Add { "hydro_id": ${id}, "value_hm3": ... } to ${list}, be it 0.`,
      });
    } else if (min <= max && report.clean(FILE, 'system/hydros.json')) {
      // Where a file is faulty already, an entry with a wrong id may have been meant for this hydro.
      report.error('CoverageMismatch', `hydro ${id} has no entry in storage and may not start below ${min} hm3`, {
        file: FILE,
        field: 'storage',
        value: initialConditions.storage,
        context: { hydro_id: id, min_storage_hm3: min, max_storage_hm3: max },
        suggestion: `Add an entry with hydro_id ${id} and a value_hm3 between ${min} and ${max}.`,
      });
    }
  }
}
