import type {
  Bus,
  Contract,
  Hydro,
  HydroPenalties,
  Line,
  NonControllableSource,
  PumpingStation,
  Service,
  StageChanges,
  Study,
  Thermal,
} from './study.js';

/** What a plant does at a stage: operates, fills its reservoir, or is not there. */
export type HydroStatus = 'operating' | 'filling' | 'absent';

export interface HydroAtStage extends Hydro {
  readonly status: HydroStatus;
  /** The next plant down the river that is there, or `null` for the sea. */
  readonly downstream: number | null;
  /** Where the channel leads: the target, or the next plant below it that is there; `null` to the sea. */
  readonly diversionTarget: number | null;
  /** 0 without a channel. */
  readonly maxDiversion: number;
  /** Inflow that goes into the filling and nowhere else [m3/s]. */
  readonly fillingInflow: number;
  /** Whether the filling must have reached the least storage by the end of this stage. */
  readonly fillingEnds: boolean;
}

/** An entity of a stage and whether it exists there. */
type AtStage<T> = T & { readonly exists: boolean };

/** The system as it is at one stage: every entity, at its position, with the values that hold there. */
export interface StageSystem {
  readonly hydros: readonly HydroAtStage[];
  readonly buses: readonly Bus[];
  readonly lines: readonly AtStage<Line>[];
  readonly thermals: readonly AtStage<Thermal>[];
  readonly pumps: readonly AtStage<PumpingStation>[];
  readonly contracts: readonly AtStage<Contract>[];
  readonly sources: readonly AtStage<NonControllableSource & { readonly availableMw: number }>[];
  readonly generic: StageChanges['generic'];
}

/** Puts together what entities say for all stages and what changes at stage `t`. */
export function stageSystem(study: Study, t: number): StageSystem {
  const changes = study.changes[t];
  const status = study.hydros.map((hydro) => statusOf(hydro, t));
  const present = ({ from, until }: Service) => t >= from && t < until;
  const hydroChanges = byEntity(changes.hydros);
  const lineChanges = byEntity(changes.lines);
  const busChanges = byEntity(changes.buses);
  const thermalChanges = byEntity(changes.thermals);
  const pumpChanges = byEntity(changes.pumps);
  const contractChanges = byEntity(changes.contracts);
  const sourceChanges = byEntity(changes.sources);
  return {
    hydros: study.hydros.map((hydro, h): HydroAtStage => {
      const { penalties, ...values } = hydroChanges.get(h) ?? {};
      return {
        ...hydro,
        maxDiversion: hydro.diversion?.maxFlow ?? 0,
        fillingInflow: hydro.filling?.inflow ?? 0,
        ...values,
        penalties: penalties === undefined ? hydro.penalties : withPenalties(hydro.penalties, penalties),
        status: status[h],
        downstream: firstPresent(study.hydros, status, hydro.downstream),
        diversionTarget: firstPresent(study.hydros, status, hydro.diversion?.target ?? null),
        fillingEnds: hydro.filling !== null && t === hydro.service.from - 1,
      };
    }),
    buses: study.buses.map((bus, b) => ({ ...bus, ...busChanges.get(b) })),
    lines: study.lines.map((line, l) => ({ ...line, ...lineChanges.get(l), exists: present(line.service) })),
    thermals: study.thermals.map((plant, j) => ({
      ...plant,
      ...thermalChanges.get(j),
      exists: present(plant.service),
    })),
    pumps: study.pumps.map((pump, p) => ({
      ...pump,
      ...pumpChanges.get(p),
      // A station without one of its reservoirs has nothing to pump.
      exists: present(pump.service) && status[pump.source] !== 'absent' && status[pump.target] !== 'absent',
    })),
    contracts: study.contracts.map((contract, c) => ({
      ...contract,
      ...contractChanges.get(c),
      exists: present(contract.service),
    })),
    sources: study.sources.map((source, r) => ({
      ...source,
      availableMw: source.maxMw,
      ...sourceChanges.get(r),
      exists: present(source.service),
    })),
    generic: changes.generic,
  };
}

function byEntity<V>(changes: readonly { readonly entity: number; readonly values: V }[]): Map<number, V> {
  return new Map(changes.map(({ entity, values }) => [entity, values]));
}

function withPenalties(own: HydroPenalties, change: Partial<HydroPenalties>): HydroPenalties {
  return { ...own, ...change };
}

/** Whether a plant operates, fills or is not there at stage `t`. */
function statusOf(hydro: Hydro, t: number): HydroStatus {
  if (t >= hydro.service.from) return t < hydro.service.until ? 'operating' : 'absent';
  return hydro.filling !== null && t >= hydro.filling.from ? 'filling' : 'absent';
}

/** The plant itself, or the first below it that is there: water runs past a place where nothing is built yet. */
function firstPresent(hydros: readonly Hydro[], status: readonly HydroStatus[], start: number | null): number | null {
  let at = start;
  // Validation has made sure that the cascade has no cycle.
  while (at !== null && status[at] === 'absent') at = hydros[at].downstream;
  return at;
}
