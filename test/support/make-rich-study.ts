import type {
  Change,
  Contract,
  GenericConstraint,
  GenericTerm,
  GenericVariable,
  NonControllableSource,
  PumpingStation,
  StageChanges,
  Study,
} from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import { noChanges } from './plain-study.js';
import { makeStages, makeStudy, type StudyParts } from './small-study.js';

/** What a study may have beyond the parts of a small one. */
export interface RichParts extends StudyParts {
  readonly sources?: readonly NonControllableSource[];
  readonly pumps?: readonly PumpingStation[];
  readonly contracts?: readonly Contract[];
  readonly genericConstraints?: readonly GenericConstraint[];
  /** What changes by stage; stages that are left out change nothing. */
  readonly changes?: readonly Partial<StageChanges>[];
  /** Factors of line capacities by line and block, the same at all stages. */
  readonly lineFactors?: {
    readonly direct?: readonly (readonly number[])[];
    readonly reverse?: readonly (readonly number[])[];
  };
  /** Factors of available generation by source and block, the same at all stages. */
  readonly sourceFactors?: readonly (readonly number[])[];
  /** Availability as a share of the capacity by source, the same at all stages; without it, it is certain. */
  readonly availability?: readonly { readonly mean: number; readonly std: number }[];
}

/** A complete study from the parts that matter to a test. */
export function makeRichStudy(parts: RichParts): Study {
  const stages = parts.stages ?? makeStages(2);
  const sources = parts.sources ?? [];
  const factors = (rows: readonly (readonly number[])[] | undefined, entities: number) =>
    stages.map(({ blocks }) => {
      const values = new Float64Array(entities * blocks.length).fill(1);
      rows?.forEach((row, e) => {
        values.set(row, e * blocks.length);
      });
      return values;
    });
  const everyStage = (value: (source: number) => number) =>
    Float64Array.from({ length: stages.length * sources.length }, (_, at) => value(at % sources.length));
  const lines = parts.lines?.length ?? 0;
  return makeStudy({
    ...parts,
    stages,
    extras: {
      sources,
      pumps: parts.pumps ?? [],
      contracts: parts.contracts ?? [],
      genericConstraints: parts.genericConstraints ?? [],
      changes: stages.map((_, t) => ({ ...noChanges(), ...parts.changes?.[t] })),
      lineFactors: {
        direct: factors(parts.lineFactors?.direct, lines),
        reverse: factors(parts.lineFactors?.reverse, lines),
      },
      sourceFactors: factors(parts.sourceFactors, sources.length),
      availability: {
        mean: everyStage((r) => parts.availability?.[r].mean ?? NaN),
        std: everyStage((r) => parts.availability?.[r].std ?? NaN),
      },
      stochasticSources: sources.flatMap((_, r) => ((parts.availability?.[r].std ?? 0) > 0 ? [r] : [])),
      ...parts.extras,
    },
  });
}

export function makeSource(parts: Partial<NonControllableSource> = {}): NonControllableSource {
  return {
    id: 0,
    name: `R${parts.id ?? 0}`,
    service: ALWAYS,
    bus: 0,
    maxMw: 30,
    curtailmentCost: 0.005,
    ...parts,
  };
}

export function makePump(parts: Partial<PumpingStation> = {}): PumpingStation {
  return {
    id: 0,
    name: `P${parts.id ?? 0}`,
    service: ALWAYS,
    bus: 0,
    source: 1,
    target: 0,
    consumption: 0.5,
    minFlow: 0,
    maxFlow: 20,
    ...parts,
  };
}

export function makeContract(parts: Partial<Contract> = {}): Contract {
  return {
    id: 0,
    name: `C${parts.id ?? 0}`,
    service: ALWAYS,
    bus: 0,
    type: 'import',
    price: 100,
    minMw: 0,
    maxMw: 10,
    ...parts,
  };
}

/** One term of a generic constraint. */
export function term(variable: GenericVariable, entity = 0, coefficient = 1, block: number | null = null): GenericTerm {
  return { coefficient, variable, entity, block };
}

export function makeGeneric(
  terms: readonly GenericTerm[],
  sense: GenericConstraint['sense'],
  parts: Partial<GenericConstraint> = {},
): GenericConstraint {
  return { id: 0, name: `G${parts.id ?? 0}`, constant: 0, slackPenalty: null, ...parts, terms, sense };
}

/** Changes of one entity at a stage, for `StageChanges`. */
export function change<V>(values: Partial<V>, entity = 0): readonly Change<V>[] {
  return [{ entity, values }];
}

/** A bound of a generic constraint at a stage, for `StageChanges`. */
export function bounded(bound: number, constraint = 0, block: number | null = null): StageChanges['generic'] {
  return [{ constraint, block, bound }];
}
