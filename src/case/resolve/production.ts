import type { CompleteCase } from '../parsed-case.js';
import type { ProductionModelEntry } from '../schema/production-models.js';
import type {
  FphaConfig,
  ProductionChoice,
  ProductionModelChoice,
  ReservoirGeometry,
  Stage,
  SuppliedPlane,
} from '../study.js';
import { firstStageFrom, type Index } from './positions.js';

/** The curves of each hydro, by ascending volume, or `null`. */
export function buildGeometry({ geometry }: CompleteCase, hydros: Index): (ReservoirGeometry | null)[] {
  const rowsOf: number[][] = Array.from({ length: hydros.size }, () => []);
  const columns = geometry?.columns;
  for (let row = 0; row < (geometry?.rows ?? 0); row++) {
    const h = hydros.get((columns as NonNullable<typeof columns>).hydro_id[row]);
    if (h !== undefined) rowsOf[h].push(row);
  }
  return rowsOf.map((rows) => {
    if (columns === undefined || rows.length === 0) return null;
    const { volume_hm3, height_m, area_km2 } = columns;
    rows.sort((a, b) => volume_hm3[a] - volume_hm3[b]);
    const take = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
    return { volume: take(volume_hm3), height: take(height_m), area: take(area_km2) };
  });
}

/** How each hydro's production function is chosen, or `null` where `hydros.json` alone says it. */
export function buildProductionChoices(
  { productionModels }: CompleteCase,
  stages: readonly Stage[],
  hydros: Index,
): (ProductionChoice | null)[] {
  const choices: (ProductionChoice | null)[] = Array.from({ length: hydros.size }, () => null);
  for (const entry of productionModels?.production_models ?? []) {
    choices[hydros.get(entry.hydro_id) as number] = choiceOf(entry, stages);
  }
  return choices;
}

/** Seasons by id, ranges by their first stage. Only ranges that share a stage keep the order of the file: the first decides. */
function choiceOf(entry: ProductionModelEntry, stages: readonly Stage[]): ProductionChoice {
  if (entry.selection_mode === 'seasonal') {
    const seasons = entry.seasons.map((season) => ({ season: season.season_id, ...modelOf(season) }));
    return { mode: 'seasonal', default: entry.default_model, seasons: seasons.sort((a, b) => a.season - b.season) };
  }
  const ranges = entry.stage_ranges.map((range) => ({
    from: firstStageFrom(stages, range.start_stage_id),
    // The last stage that does not come after the end.
    to: typeof range.end_stage_id === 'number' ? firstStageFrom(stages, range.end_stage_id + 1) - 1 : null,
    ...modelOf(range),
  }));
  const end = ({ to }: { to: number | null }) => to ?? Number.POSITIVE_INFINITY;
  const sorted = [...ranges].sort((a, b) => a.from - b.from || end(a) - end(b));
  const isDisjoint = sorted.every((range, i) => i === 0 || end(sorted[i - 1]) < range.from);
  return { mode: 'stage_ranges', ranges: isDisjoint ? sorted : ranges };
}

type Range = Extract<ProductionModelEntry, { selection_mode: 'stage_ranges' }>['stage_ranges'][number];

function modelOf(choice: Pick<Range, 'model' | 'fpha_config' | 'productivity_override'>): ProductionModelChoice {
  return {
    model: choice.model,
    // Without a configuration planes are those that the case brings.
    fpha:
      choice.fpha_config || choice.model === 'fpha' ? fphaOf(choice.fpha_config ?? { source: 'precomputed' }) : null,
    productivity: choice.productivity_override ?? null,
  };
}

function fphaOf(config: NonNullable<Range['fpha_config']>): FphaConfig {
  const { fitting_window: window } = config;
  return {
    source: config.source,
    volumePoints: config.volume_discretization_points ?? null,
    turbinedPoints: config.turbine_discretization_points ?? null,
    spilledPoints: config.spillage_discretization_points ?? null,
    maxPlanes: config.max_planes_per_hydro ?? null,
    window: window
      ? {
          minVolume: window.volume_min_hm3 ?? null,
          maxVolume: window.volume_max_hm3 ?? null,
          minPercentile: window.volume_min_percentile ?? null,
          maxPercentile: window.volume_max_percentile ?? null,
        }
      : null,
  };
}

/** The planes that the case brings, by hydro, ascending by stage (those of all stages first), then by plane. */
export function buildSuppliedPlanes({ planes }: CompleteCase, hydros: Index, stages: Index): SuppliedPlane[][] {
  const supplied: SuppliedPlane[][] = Array.from({ length: hydros.size }, () => []);
  const columns = planes?.columns;
  for (let row = 0; row < (planes?.rows ?? 0); row++) {
    const all = columns as NonNullable<typeof columns>;
    const h = hydros.get(all.hydro_id[row]);
    const stage = orNull(all.stage_id[row]);
    const t = stage === null ? null : stages.get(stage);
    if (h === undefined || t === undefined) continue;
    supplied[h].push({
      stage: t,
      plane: all.plane_id[row],
      gamma0: all.gamma_0[row],
      gammaV: all.gamma_v[row],
      gammaQ: all.gamma_q[row],
      gammaS: all.gamma_s[row],
      kappa: orNull(all.kappa[row]) ?? 1,
      validVMin: orNull(all.valid_v_min_hm3[row]),
      validVMax: orNull(all.valid_v_max_hm3[row]),
      validQMax: orNull(all.valid_q_max_m3s[row]),
    });
  }
  for (const list of supplied) list.sort((a, b) => (a.stage ?? -1) - (b.stage ?? -1) || a.plane - b.plane);
  return supplied;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
