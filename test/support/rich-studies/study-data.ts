import type { ProductionChoice, ProductionModelChoice, Stage, Study, SuppliedPlane } from '#cobre/case/study';
import type { Plane } from '../deterministic-equivalent.js';
import { noExtras } from '../plain-study.js';
import { makeStages } from '../small-study.js';

/** Planes as the case brings them, of one hydro for all stages. */
export function supplied(planes: readonly Plane[]): SuppliedPlane[] {
  return planes.map((plane, at) => ({
    stage: null,
    plane: at,
    ...plane,
    kappa: 1,
    validVMin: null,
    validVMax: null,
    validQMax: null,
  }));
}

export const SUPPLIED: ProductionModelChoice = {
  model: 'fpha',
  fpha: {
    source: 'precomputed',
    volumePoints: null,
    turbinedPoints: null,
    spilledPoints: null,
    maxPlanes: null,
    window: null,
  },
  productivity: null,
};

export const ranges = (
  ...list: readonly (ProductionModelChoice & { from: number; to: number | null })[]
): ProductionChoice => ({
  mode: 'stage_ranges',
  ranges: list,
});

export const PLANES: readonly Plane[] = [
  { gamma0: 1, gammaV: 0.06, gammaQ: 0.75, gammaS: -0.2 },
  { gamma0: 7, gammaV: 0.04, gammaQ: 0.5, gammaS: -0.2 },
  { gamma0: 15, gammaV: 0.02, gammaQ: 0.2, gammaS: -0.3 },
];

/** The middle stage of these has parallel blocks, the others follow each other. */
export function chronologicalStages(openings: number, hours: readonly number[]): Stage[] {
  return makeStages(3, openings, hours).map((stage, t) => ({
    ...stage,
    blockMode: t === 1 ? 'parallel' : 'chronological',
  }));
}

/** Inflow data of a study of two hydros that remember two months and one, with statistics of the months before. */
export function remembering(stages: readonly Stage[], hydros: number): Partial<Study> {
  const rows = stages
    .flatMap((_, stage) => [
      { hydro: 0, stage, lag: 1, coefficient: 0.5 + 0.1 * (stage % 2), residualStdRatio: 0.8 },
      { hydro: 0, stage, lag: 2, coefficient: 0.2, residualStdRatio: 0.8 },
      { hydro: 1, stage, lag: 1, coefficient: 0.7, residualStdRatio: 0.7 },
    ])
    .sort((a, b) => a.hydro - b.hydro);
  const { inflowModel } = noExtras(stages, hydros, 0);
  return {
    inflowModel: {
      ...inflowModel,
      preStudyStages: [
        { id: -2, startDate: '2023-11-01', endDate: '2023-12-01', season: 10 },
        { id: -1, startDate: '2023-12-01', endDate: '2024-01-01', season: 11 },
      ],
      preStudyMean: Float64Array.from(
        [12, 6, 16, 7].flatMap((mean, at) => [mean, ...(at % 2 === 1 ? Array(hydros - 2).fill(3) : [])]),
      ),
      preStudyStd: Float64Array.from(
        [5, 3, 7, 4].flatMap((std, at) => [std, ...(at % 2 === 1 ? Array(hydros - 2).fill(1) : [])]),
      ),
      autoregressive: {
        hydro: Int32Array.from(rows, ({ hydro }) => hydro),
        stage: Int32Array.from(rows, ({ stage }) => stage),
        lag: Int32Array.from(rows, ({ lag }) => lag),
        coefficient: Float64Array.from(rows, ({ coefficient }) => coefficient),
        residualStdRatio: Float64Array.from(rows, ({ residualStdRatio }) => residualStdRatio),
      },
      pastInflows: [
        { values: Float64Array.of(24, 20), seasons: null },
        { values: Float64Array.of(3), seasons: null },
        ...Array.from({ length: hydros - 2 }, () => ({ values: new Float64Array(0), seasons: null })),
      ],
    },
  };
}
