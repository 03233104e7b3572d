import type { StageSystem } from '../case/stage-system.js';
import type { Study } from '../case/study.js';
import { BOUND_TYPE, ENTITY_TYPE } from './codes.js';
import type { ColumnValues } from './parquet.js';
import { rowLayout } from './row-layout.js';

type Quantity = 'storage' | 'turbined' | 'outflow' | 'generation' | 'flow';
/** Range of a quantity; `null` where it has no greatest value. */
type Range = readonly [quantity: Quantity, lower: number, upper: number | null];

/**
 * `training/dictionaries/bounds.parquet`: values of `BOUND_COLUMNS`. Ordered by kind of entity, entity, stage and bound;
 * stages at which an entity does not exist have no rows.
 */
export function boundValues(study: Study): ColumnValues[] {
  const rows: number[][] = [];
  const add = (
    kind: keyof typeof ENTITY_TYPE,
    entities: readonly { readonly id: number }[],
    rangesOf: (system: StageSystem, entity: number) => readonly Range[],
  ) => {
    entities.forEach(({ id }, e) => {
      rowLayout(study).systems.forEach((system, t) => {
        for (const [quantity, lower, upper] of rangesOf(system, e)) {
          const row = (end: 'min' | 'max') =>
            rows.push([ENTITY_TYPE[kind], id, t, BOUND_TYPE[`${quantity}_${end}`], lower, upper ?? Infinity]);
          row('min');
          if (upper !== null) row('max');
        }
      });
    });
  };
  add('hydro', study.hydros, hydroRanges);
  add('thermal', study.thermals, ({ thermals }, j) => {
    const { exists, minMw, maxMw } = thermals[j];
    return exists ? [['generation', minMw, maxMw]] : [];
  });
  add('line', study.lines, ({ lines }, l) => {
    const { exists, directMw, reverseMw } = lines[l];
    return exists ? [['flow', 0 - reverseMw, directMw]] : [];
  });
  add('pumping_station', study.pumps, ({ pumps }, p) => {
    const { exists, minFlow, maxFlow } = pumps[p];
    return exists ? [['flow', minFlow, maxFlow]] : [];
  });
  add('contract', study.contracts, ({ contracts }, c) => {
    const { exists, minMw, maxMw } = contracts[c];
    return exists ? [['flow', minMw, maxMw]] : [];
  });
  add('non_controllable', study.sources, ({ sources }, r) => {
    const { exists, maxMw, availableMw } = sources[r];
    return exists ? [['generation', 0, Math.max(maxMw, availableMw)]] : [];
  });
  const whole = (column: number) => Int32Array.from(rows, (row) => row[column]);
  const real = (column: number) => Float64Array.from(rows, (row) => row[column]);
  return [whole(0), whole(1), whole(2), whole(3), real(4), real(5)];
}

function hydroRanges({ hydros }: StageSystem, h: number): readonly Range[] {
  const { status, ...plant } = hydros[h];
  if (status === 'absent') return [];
  const outflow: Range = ['outflow', plant.minOutflow, plant.maxOutflow];
  // While its reservoir is filled a plant does not run, and has no least storage yet.
  if (status === 'filling') {
    return [['storage', 0, plant.maxStorage], ['turbined', 0, 0], outflow, ['generation', 0, 0]];
  }
  return [
    ['storage', plant.minStorage, plant.maxStorage],
    ['turbined', plant.minTurbined, plant.maxTurbined],
    outflow,
    ['generation', plant.minGeneration, plant.maxGeneration],
  ];
}
