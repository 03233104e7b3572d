import type { Correlation } from '../case/study.js';
import type { HyperplaneRow } from '../hydro/hyperplane-rows.js';
import type { OpeningTree } from '../stochastic/opening-tree.js';
import type { ColumnValues } from './parquet.js';

/** A value, or what is given in place of it, by id of the entity and of the stage. */
export interface StatisticsRow {
  readonly entityId: number;
  readonly stageId: number;
  readonly mean: number;
  readonly std: number;
}

/** The autoregressive part of a hydro's inflow at a stage; `coefficients[l]` is that of lag l + 1, standardised. */
export interface CoefficientRow {
  readonly hydroId: number;
  readonly stageId: number;
  readonly coefficients: ArrayLike<number>;
  readonly residualStdRatio: number;
}

export interface AnnualRow {
  readonly hydroId: number;
  readonly stageId: number;
  readonly coefficient: number;
  readonly mean: number;
  readonly std: number;
}

function int32<T>(rows: readonly T[], value: (row: T) => number): Int32Array {
  return Int32Array.from(rows, value);
}

function float64<T>(rows: readonly T[], value: (row: T) => number): Float64Array {
  return Float64Array.from(rows, value);
}

/** By id, then stage. */
function byEntity<T extends { readonly stageId: number }>(rows: readonly T[], id: (row: T) => number): T[] {
  return [...rows].sort((a, b) => id(a) - id(b) || a.stageId - b.stageId);
}

/** Values of `INFLOW_STATS_COLUMNS` and `LOAD_STATS_COLUMNS`: m3/s or MW. */
export function statisticsValues(rows: readonly StatisticsRow[]): ColumnValues[] {
  const sorted = byEntity(rows, ({ entityId }) => entityId);
  return [
    int32(sorted, ({ entityId }) => entityId),
    int32(sorted, ({ stageId }) => stageId),
    float64(sorted, ({ mean }) => mean),
    float64(sorted, ({ std }) => std),
  ];
}

/** Values of `AR_COEFFICIENT_COLUMNS`: a row a lag, none for models without lags. */
export function coefficientValues(rows: readonly CoefficientRow[]): ColumnValues[] {
  const lags = byEntity(rows, ({ hydroId }) => hydroId).flatMap((row) =>
    Array.from(row.coefficients, (coefficient, l) => ({ ...row, lag: l + 1, coefficient })),
  );
  return [
    int32(lags, ({ hydroId }) => hydroId),
    int32(lags, ({ stageId }) => stageId),
    int32(lags, ({ lag }) => lag),
    float64(lags, ({ coefficient }) => coefficient),
    float64(lags, ({ residualStdRatio }) => residualStdRatio),
  ];
}

/** Values of `ANNUAL_COMPONENT_COLUMNS`. */
export function annualValues(rows: readonly AnnualRow[]): ColumnValues[] {
  const sorted = byEntity(rows, ({ hydroId }) => hydroId);
  return [
    int32(sorted, ({ hydroId }) => hydroId),
    int32(sorted, ({ stageId }) => stageId),
    float64(sorted, ({ coefficient }) => coefficient),
    float64(sorted, ({ mean }) => mean),
    float64(sorted, ({ std }) => std),
  ];
}

/** Values of `NOISE_OPENING_COLUMNS`: a row a stage, opening and entry of the noise vector. */
export function noiseOpeningValues(
  { dimension, openings, noise }: Pick<OpeningTree, 'dimension' | 'openings' | 'noise'>,
  stageIds: readonly number[],
): ColumnValues[] {
  const count = dimension * openings.reduce((all, n) => all + n, 0);
  const stage = new Int32Array(count);
  const opening = new Int32Array(count);
  const entity = new Int32Array(count);
  const value = new Float64Array(count);
  let row = 0;
  openings.forEach((n, t) => {
    for (let i = 0; i < n; i++) {
      for (let e = 0; e < dimension; e++, row++) {
        stage[row] = stageIds[t];
        opening[row] = i;
        entity[row] = e;
        value[row] = noise[t][i * dimension + e];
      }
    }
  });
  return [stage, opening, entity, value];
}

/** Values of `PLANE_COLUMNS`, by hydro, then stage (those of all stages first), then plane. */
export function planeValues(rows: readonly HyperplaneRow[]): ColumnValues[] {
  const stage = ({ stageId }: HyperplaneRow) => stageId ?? Number.NEGATIVE_INFINITY;
  const sorted = [...rows].sort(
    (a, b) =>
      a.hydroId - b.hydroId || (stage(a) < stage(b) ? -1 : stage(a) > stage(b) ? 1 : 0) || a.planeId - b.planeId,
  );
  return [
    int32(sorted, ({ hydroId }) => hydroId),
    sorted.map(({ stageId }) => stageId),
    int32(sorted, ({ planeId }) => planeId),
    float64(sorted, ({ gamma0 }) => gamma0),
    float64(sorted, ({ gammaV }) => gammaV),
    float64(sorted, ({ gammaQ }) => gammaQ),
    float64(sorted, ({ gammaS }) => gammaS),
    sorted.map(({ kappa }) => kappa),
    sorted.map(({ validVMinHm3 }) => validVMinHm3),
    sorted.map(({ validVMaxHm3 }) => validVMaxHm3),
    sorted.map(({ validQMaxM3s }) => validQMaxM3s),
  ];
}

/** What has noise, in the order of the noise vector: `inflow` of a hydro, `load` of a bus, or `ncs`, a source. */
export interface NoiseEntity {
  readonly type: 'inflow' | 'load' | 'ncs';
  readonly id: number;
}

/**
 * `correlation.json` as a case may have it. Stages of independent noise have a profile without groups; that of the first
 * stage is named `default`, for the format wants one of this name.
 */
export function correlationFile(
  { method, profiles, profileOfStage }: Correlation,
  entities: readonly NoiseEntity[],
  stageIds: readonly number[],
): unknown {
  const first = profileOfStage[0] ?? -1;
  const nameOf = (profile: number) =>
    profile === first ? 'default' : profile < 0 ? 'independent' : `profile_${profile}`;
  const used = [...new Set([first, ...profileOfStage, ...profiles.keys()])];
  const groupsOf = (profile: number) =>
    (profiles[profile] ?? []).map(({ entities: members, matrix }, g) => ({
      name: `group_${g}`,
      entities: members.map((member) => entities[member]),
      matrix: members.map((_, r) => [...matrix.subarray(r * members.length, (r + 1) * members.length)]),
    }));
  return {
    method,
    profiles: Object.fromEntries(used.map((each) => [nameOf(each), { correlation_groups: groupsOf(each) }])),
    schedule: stageIds.map((id, t) => ({ stage_id: id, profile_name: nameOf(profileOfStage[t]) })),
  };
}
