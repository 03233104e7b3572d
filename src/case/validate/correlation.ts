import { CORRELATION, type ParsedCase } from '../parsed-case.js';
import { formatPath } from '../read/field-path.js';
import type { CorrelationFile } from '../schema/correlation.js';
import type { Report } from './report.js';

/** Entries farther apart than this are not the same number. */
const SYMMETRY_TOLERANCE = 1e-10;
/** Rounding in a matrix written with few digits can push an eigenvalue of 0 this far below it. */
const DEFINITENESS_TOLERANCE = 1e-10;

type Group = CorrelationFile['profiles'][string]['correlation_groups'][number];

/** Whether each matrix is a correlation matrix, and whether groups and profiles are told apart. */
export function checkCorrelation(data: ParsedCase, report: Report): void {
  if (!data.correlation) return;
  const { profiles, method } = data.correlation;
  const names = Object.keys(profiles);
  if (!names.includes('default') && names.length !== 1) {
    const message =
      names.length === 0 ? 'there is no profile' : `none of the ${names.length} profiles is named default`;
    report.error('IncompatibleSettings', `${CORRELATION}: ${message}`, {
      file: CORRELATION,
      field: 'profiles',
      value: names,
      suggestion: 'Name the profile of the stages that are not in the schedule "default".',
    });
  }
  for (const [name, profile] of Object.entries(profiles)) {
    const taken = new Map<string, number>();
    for (const [g, group] of profile.correlation_groups.entries()) {
      const path = ['profiles', name, 'correlation_groups', g];
      checkMembers(report, path, g, group, taken);
      checkMatrix(report, [...path, 'matrix'], group, method);
    }
  }
}

function checkMembers(report: Report, path: PropertyKey[], g: number, group: Group, taken: Map<string, number>): void {
  for (const [i, { type, id }] of group.entities.entries()) {
    const other = taken.get(`${type} ${id}`);
    if (other !== undefined) {
      const field = formatPath([...path, 'entities', i]);
      report.error('DuplicateId', `${field}: ${type} ${id} is in correlation_groups[${other}] already`, {
        file: CORRELATION,
        field,
        value: { type, id },
        suggestion: 'Name each entity once in a profile.',
      });
    }
    taken.set(`${type} ${id}`, g);
  }
  const mixed = group.entities.findIndex((entity) => entity.type !== group.entities[0].type);
  if (mixed < 0) return;
  const field = formatPath([...path, 'entities', mixed, 'type']);
  report.error('IncompatibleSettings', `${field}: a group correlates entities of one type only`, {
    file: CORRELATION,
    field,
    value: group.entities[mixed].type,
    suggestion: `Keep to the type ${group.entities[0].type} in this group, or make a group of its own.`,
  });
}

function checkMatrix(report: Report, path: PropertyKey[], group: Group, method: string): void {
  const { matrix, entities } = group;
  const size = entities.length;
  if (matrix.length !== size || matrix.some((row) => row.length !== size)) return;
  const fail = (r: number, c: number, message: string, suggestion: string) => {
    const field = formatPath([...path, r, c]);
    report.error('PhysicalConstraint', `${field} ${message}`, {
      file: CORRELATION,
      field,
      value: matrix[r][c],
      suggestion,
    });
  };
  let isCorrelation = true;
  for (let r = 0; r < size; r++) {
    if (Math.abs(matrix[r][r] - 1) > SYMMETRY_TOLERANCE) {
      isCorrelation = false;
      fail(r, r, `is ${matrix[r][r]}, but stands on the diagonal`, 'The diagonal of a correlation matrix is 1.');
    }
    for (let c = r + 1; c < size; c++) {
      if (Math.abs(matrix[r][c] - matrix[c][r]) <= SYMMETRY_TOLERANCE) continue;
      isCorrelation = false;
      const mirror = matrix[c][r];
      fail(r, c, `is ${matrix[r][c]}, its mirror image ${mirror}`, 'A correlation matrix is symmetric.');
    }
  }
  // In the order of ids: at the edge of the tolerance the order of elimination would decide.
  const order = entities.map((_, i) => i).sort((a, b) => entities[a].id - entities[b].id);
  if (!isCorrelation || isPositiveSemidefinite(order.map((r) => order.map((c) => matrix[r][c])))) return;
  const field = formatPath(path);
  if (method === 'spectral') {
    report.warn('PhysicalConstraint', `${field} is not positive semidefinite; its negative eigenvalues count as 0`, {
      file: CORRELATION,
      field,
      suggestion: 'Correct the correlations: no series can be correlated like that.',
    });
    return;
  }
  report.error('PhysicalConstraint', `${field} is not positive semidefinite, so it has no Cholesky factor`, {
    file: CORRELATION,
    field,
    suggestion: 'Correct the correlations, or use the method "spectral", which sets negative eigenvalues to 0.',
  });
}

/** By elimination without pivoting: no negative pivot, and a pivot of 0 only where the rest of its row is 0. */
export function isPositiveSemidefinite(matrix: readonly (readonly number[])[]): boolean {
  const rest = matrix.map((row) => [...row]);
  for (let p = 0; p < rest.length; p++) {
    const pivot = rest[p][p];
    if (pivot < -DEFINITENESS_TOLERANCE) return false;
    if (pivot <= DEFINITENESS_TOLERANCE) {
      if (rest[p].some((value, c) => c > p && Math.abs(value) > Math.sqrt(DEFINITENESS_TOLERANCE))) return false;
      continue;
    }
    for (let r = p + 1; r < rest.length; r++) {
      const factor = rest[r][p] / pivot;
      for (let c = p + 1; c < rest.length; c++) rest[r][c] -= factor * rest[p][c];
    }
  }
  return true;
}
