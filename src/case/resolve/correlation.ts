import { CORRELATION } from '../parsed-case.js';
import type { CorrelationFile } from '../schema/correlation.js';
import type { Correlation, CorrelationGroup, Stage } from '../study.js';

type Index = ReadonlyMap<number, number>;

/**
 * Correlation by position in the noise vector: hydros first, then the buses with random load. A bus whose load is not
 * random has no noise; it is left out of its group with a warning.
 */
export function buildCorrelation(
  file: CorrelationFile | null,
  stages: readonly Stage[],
  hydroIndex: Index,
  busIndex: Index,
  randomBuses: readonly number[],
  warn: (file: string, message: string) => void,
): Correlation {
  if (file === null) return { method: 'spectral', profiles: [], profileOfStage: stages.map(() => -1) };
  const names = Object.keys(file.profiles).sort();
  const positionOf = (type: string, id: number): number => {
    if (type === 'inflow') return hydroIndex.get(id) as number;
    const random = randomBuses.indexOf(busIndex.get(id) as number);
    if (random < 0) {
      warn(CORRELATION, `the load of bus ${id} is not random, so its correlations have no effect`);
      return -1;
    }
    return hydroIndex.size + random;
  };
  const profiles = names.map((name) =>
    file.profiles[name].correlation_groups.flatMap((group): CorrelationGroup[] => {
      const positions = group.entities.map((entity) => positionOf(entity.type, entity.id));
      const members = positions.flatMap((position, i) => (position < 0 ? [] : [i]));
      if (members.length === 0) return [];
      return [{ entities: members.map((i) => positions[i]), matrix: submatrix(group.matrix, members) }];
    }),
  );
  const byDefault = names.includes('default') ? names.indexOf('default') : 0;
  const scheduled = new Map((file.schedule ?? []).map((entry) => [entry.stage_id, names.indexOf(entry.profile_name)]));
  const profileOfStage = stages.map((stage) => scheduled.get(stage.id) ?? byDefault);
  return { method: file.method, profiles, profileOfStage };
}

/** Rows and columns of the members, made exactly symmetric with a diagonal of exactly 1. */
function submatrix(matrix: readonly (readonly number[])[], members: readonly number[]): Float64Array {
  const size = members.length;
  const values = new Float64Array(size * size);
  for (let r = 0; r < size; r++) {
    values[r * size + r] = 1;
    for (let c = r + 1; c < size; c++) {
      const value = matrix[members[r]][members[c]];
      values[r * size + c] = value;
      values[c * size + r] = value;
    }
  }
  return values;
}
