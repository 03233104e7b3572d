import { type Finding, findingError, reportTo } from './finding.js';
import type { FphaFit } from './fit-fpha.js';
import type { Plane } from './plane.js';

const FILE = 'system/fpha_hyperplanes.parquet';

/** One row of `system/fpha_hyperplanes.parquet`, and of the file of the same name that a run writes. */
export interface HyperplaneRow {
  readonly hydroId: number;
  /** `null`: all stages that have no rows of their own. */
  readonly stageId: number | null;
  readonly planeId: number;
  /** MW, before the correction by kappa. */
  readonly gamma0: number;
  /** MW per hm3. */
  readonly gammaV: number;
  /** MW per m3/s. */
  readonly gammaQ: number;
  /** MW per m3/s. */
  readonly gammaS: number;
  /** Corrects gamma0 only: the file's format has the slopes as the LP takes them. 1 where the file has none. */
  readonly kappa: number;
  /** Range that the plane was made for; informative, no LP row depends on it. */
  readonly validVMinHm3: number | null;
  readonly validVMaxHm3: number | null;
  readonly validQMaxM3s: number | null;
}

function compareRows(a: HyperplaneRow, b: HyperplaneRow): number {
  return (
    a.planeId - b.planeId || a.gamma0 - b.gamma0 || a.gammaV - b.gammaV || a.gammaQ - b.gammaQ || a.gammaS - b.gammaS
  );
}

/**
 * The planes of a plant in a stage as the LP takes them: the rows of the stage, or those for all stages. By plane id,
 * whatever the order of the rows.
 * @throws CobreError `CoverageMismatch` if there are none
 */
export function planesOfStage(rows: readonly HyperplaneRow[], hydroId: number, stageId: number): Plane[] {
  const own = rows.filter((row) => row.hydroId === hydroId && row.stageId === stageId);
  const chosen = own.length > 0 ? own : rows.filter((row) => row.hydroId === hydroId && row.stageId === null);
  if (chosen.length === 0) throw findingError(missingPlanes(hydroId, stageId));
  return chosen.sort(compareRows).map(({ gamma0, kappa, gammaV, gammaQ, gammaS }) => ({
    gamma0: gamma0 * kappa,
    gammaV,
    gammaQ,
    gammaS,
  }));
}

/** That a stage of a plant has no planes. */
export function missingPlanes(hydroId: number, stageId: number): Finding {
  return {
    severity: 'error',
    kind: 'CoverageMismatch',
    file: FILE,
    field: 'stage_id',
    value: stageId,
    message: `hydro ${hydroId}: stage ${stageId} is to use precomputed planes and there are none for it, nor for all stages`,
    suggestion: `Add rows for the stage, or rows without a stage_id, to ${FILE}.`,
  };
}

/** Fitted planes as rows that give the same planes back, to the last bit, when read as precomputed ones. */
export function hyperplaneRows(hydroId: number, stageId: number | null, fit: FphaFit): HyperplaneRow[] {
  return fit.planes.map(({ gamma0 }, planeId) => {
    const { gammaV, gammaQ, gammaS } = fit.correctedPlanes[planeId];
    return {
      hydroId,
      stageId,
      planeId,
      gamma0,
      gammaV,
      gammaQ,
      gammaS,
      kappa: fit.kappa,
      validVMinHm3: fit.validVMin,
      validVMaxHm3: fit.validVMax,
      validQMaxM3s: fit.validQMax,
    };
  });
}

/** What is wrong with precomputed planes, row by row. One plane is enough for a plant of constant head. */
export function checkHyperplanes(rows: readonly HyperplaneRow[]): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const row of [...rows].sort(compareAll)) {
    const stage = row.stageId === null ? 'all stages' : `stage ${row.stageId}`;
    const label = `hydro ${row.hydroId}, ${stage}, plane ${row.planeId}`;
    const fault = reportTo(findings, FILE, label);
    const doubt = reportTo(findings, FILE, label, 'warning');
    const coefficients = [
      ['gamma_0', row.gamma0],
      ['gamma_v', row.gammaV],
      ['gamma_q', row.gammaQ],
      ['gamma_s', row.gammaS],
    ] as const;
    for (const [column, value] of coefficients) {
      if (!Number.isFinite(value)) {
        fault('OutOfRange', column, value, `${column} is ${value}`, 'Give a finite number.');
      }
    }
    if (row.gammaV < 0) {
      const message = `gamma_v is ${row.gammaV}: a fuller reservoir would give less power`;
      fault('PhysicalConstraint', 'gamma_v', row.gammaV, message, 'Give 0 (constant head) or more.');
    }
    if (row.gammaQ <= 0) {
      const message = `gamma_q is ${row.gammaQ}: turbined water would give no power`;
      fault('PhysicalConstraint', 'gamma_q', row.gammaQ, message, 'Give a value above 0.');
    }
    if (row.gammaS > 0) {
      const message = `gamma_s is ${row.gammaS}: spilled water would give power`;
      fault('PhysicalConstraint', 'gamma_s', row.gammaS, message, 'Give 0 or less.');
    }
    if (!(row.kappa > 0 && row.kappa <= 1)) {
      const message = `kappa is ${row.kappa}, not above 0 and at most 1`;
      fault('OutOfRange', 'kappa', row.kappa, message, 'Leave it out, or give a factor in this range.');
    }
    if (row.validVMinHm3 !== null && row.validVMaxHm3 !== null && row.validVMinHm3 > row.validVMaxHm3) {
      const message = 'valid_v_min_hm3 exceeds valid_v_max_hm3';
      doubt('IncompatibleSettings', 'valid_v_min_hm3', row.validVMinHm3, message, 'Exchange the two.');
    }
    const key = `${row.hydroId}/${row.stageId}/${row.planeId}`;
    if (seen.has(key)) {
      doubt('DuplicateId', 'plane_id', row.planeId, 'the plane comes twice', 'Number the planes from 0.');
    }
    seen.add(key);
  }
  return findings;
}

function compareAll(a: HyperplaneRow, b: HyperplaneRow): number {
  const stage = (row: HyperplaneRow) => row.stageId ?? Number.NEGATIVE_INFINITY;
  const [x, y] = [stage(a), stage(b)];
  return a.hydroId - b.hydroId || (x < y ? -1 : x > y ? 1 : 0) || compareRows(a, b);
}
