import type { Hydro, Stage, StageChanges, Study } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';

/** What a plant has beside its reservoir and turbines where a test does not say: nothing. */
export const PLAIN_HYDRO = {
  service: ALWAYS,
  diversion: null,
  filling: null,
  model: 'constant_productivity',
  withdrawal: 0,
  head: { tailrace: null, losses: null, efficiency: null },
  evaporation: null,
} as const satisfies Partial<Hydro>;

export const PLAIN_STAGE = { blockMode: 'parallel', sampling: 'saa' } as const satisfies Partial<Stage>;

export const IN_SAMPLE = {
  inflow: 'in_sample',
  load: 'in_sample',
  sources: 'in_sample',
  historicalYears: null,
} as const;

export function noChanges(): StageChanges {
  return { hydros: [], thermals: [], lines: [], buses: [], pumps: [], contracts: [], sources: [], generic: [] };
}

export type Extras = Pick<
  Study,
  | 'sources'
  | 'pumps'
  | 'contracts'
  | 'genericConstraints'
  | 'changes'
  | 'geometry'
  | 'productionChoices'
  | 'suppliedPlanes'
  | 'inflowModel'
  | 'lineFactors'
  | 'sourceFactors'
  | 'availability'
  | 'stochasticSources'
  | 'externalInflow'
  | 'externalLoad'
  | 'externalAvailability'
>;

/** All that a study of buses, lines, hydros and thermals without memory does not have. */
export function noExtras(stages: readonly Stage[], hydros: number, lines: number): Extras {
  const ones = (entities: number) => stages.map(({ blocks }) => new Float64Array(entities * blocks.length).fill(1));
  return {
    sources: [],
    pumps: [],
    contracts: [],
    genericConstraints: [],
    changes: stages.map(noChanges),
    geometry: Array.from({ length: hydros }, () => null),
    productionChoices: Array.from({ length: hydros }, () => null),
    suppliedPlanes: Array.from({ length: hydros }, () => []),
    inflowModel: {
      seasons: null,
      preStudyStages: [],
      preStudyMean: new Float64Array(0),
      preStudyStd: new Float64Array(0),
      autoregressive: null,
      annual: null,
      history: null,
      estimateStatistics: false,
      estimateCoefficients: false,
      estimation: { maxOrder: 6, orderSelection: 'pacf', minObservationsPerSeason: 30, maxCoefficient: null },
      pastInflows: Array.from({ length: hydros }, () => ({ values: new Float64Array(0), seasons: null })),
      recentObservations: [],
    },
    lineFactors: { direct: ones(lines), reverse: ones(lines) },
    sourceFactors: ones(0),
    availability: { mean: new Float64Array(0), std: new Float64Array(0) },
    stochasticSources: [],
    externalInflow: null,
    externalLoad: null,
    externalAvailability: null,
  };
}
