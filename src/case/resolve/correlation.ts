import { CORRELATION } from '../parsed-case.js';
import type { CorrelationFile } from '../schema/correlation.js';
import type { Correlation, CorrelationGroup, Stage } from '../study.js';
import type { Report } from '../validate/report.js';
import { at, type Index } from './positions.js';

/** What has noise: every hydro, then the buses with random load, then the sources with random availability. */
interface NoiseEntities {
  readonly hydros: Index;
  readonly buses: Index;
  readonly sources: Index;
  /** By position, ascending. */
  readonly randomBuses: readonly number[];
  readonly randomSources: readonly number[];
}

/**
 * Correlation by position in the noise vector: members of a group ascending, groups by their first member, so that the
 * order of the file leaves no trace in the rounding of a root. A bus whose load is not random, or a source whose
 * availability is not, has no noise; it is left out of its group with a warning.
 */
export function buildCorrelation(
  file: CorrelationFile | null,
  stages: readonly Stage[],
  { hydros, buses, sources, randomBuses, randomSources }: NoiseEntities,
  report: Report,
): Correlation {
  if (file === null) return { method: 'spectral', profiles: [], profileOfStage: stages.map(() => -1) };
  const names = Object.keys(file.profiles).sort();
  const positionOf = (type: 'inflow' | 'load' | 'ncs', id: number): number => {
    if (type === 'inflow') return at(hydros, id);
    const random = type === 'load' ? randomBuses.indexOf(at(buses, id)) : randomSources.indexOf(at(sources, id));
    if (random < 0) {
      const what = type === 'load' ? `the load of bus ${id}` : `the availability of source ${id}`;
      report.warn('IncompatibleSettings', `${what} is not random, so its correlations have no effect`, {
        file: CORRELATION,
        field: 'profiles',
        value: { type, id },
        suggestion: 'Take it out of its group, or give it a standard deviation above 0.',
      });
      return -1;
    }
    return hydros.size + random + (type === 'load' ? 0 : randomBuses.length);
  };
  const profiles = names.map((name) =>
    file.profiles[name].correlation_groups.flatMap((group): CorrelationGroup[] => {
      const positions = group.entities.map((entity) => positionOf(entity.type, entity.id));
      const members = positions.flatMap((position, i) => (position < 0 ? [] : [i]));
      if (members.length === 0) return [];
      members.sort((a, b) => positions[a] - positions[b]);
      return [{ entities: members.map((i) => positions[i]), matrix: submatrix(group.matrix, members) }];
    }),
  );
  for (const groups of profiles) groups.sort((a, b) => a.entities[0] - b.entities[0]);
  const byDefault = names.includes('default') ? names.indexOf('default') : 0;
  const scheduled = new Map((file.schedule ?? []).map((entry) => [entry.stage_id, names.indexOf(entry.profile_name)]));
  const profileOfStage = stages.map((stage) => scheduled.get(stage.id) ?? byDefault);
  return { method: file.method, profiles, profileOfStage };
}

/**
 * Rows and columns of the members, made exactly symmetric with a diagonal of exactly 1. Entries that are not quite those of
 * their mirror image give way to the mean of both, which is the same whichever of them stands above the diagonal.
 */
function submatrix(matrix: readonly (readonly number[])[], members: readonly number[]): Float64Array {
  const size = members.length;
  const values = new Float64Array(size * size);
  for (let r = 0; r < size; r++) {
    values[r * size + r] = 1;
    for (let c = r + 1; c < size; c++) {
      const value = (matrix[members[r]][members[c]] + matrix[members[c]][members[r]]) / 2;
      values[r * size + c] = value;
      values[c * size + r] = value;
    }
  }
  return values;
}
