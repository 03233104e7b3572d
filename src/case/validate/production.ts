import { CASE_TABLES } from '../case-tables.js';
import { type ParsedCase, PRODUCTION_MODELS } from '../parsed-case.js';
import { rowInWords } from '../read/parquet-table.js';
import { resolvePenalties } from '../resolve/penalties.js';
import type { HydroEntry } from '../schema/hydros.js';
import type { ProductionModelEntry } from '../schema/production-models.js';
import { geometryPoints } from './geometry.js';
import type { Report } from './report.js';

const PLANES = CASE_TABLES.planes.file;
const GEOMETRY = CASE_TABLES.geometry.file;
const HYDROS = 'system/hydros.json';
/** Points that make a curve. */
const LEAST_POINTS = 2;

/** Choices of production functions, and what each of them needs. */
export function checkProduction(data: ParsedCase, report: Report): void {
  for (const [i, entry] of (data.productionModels?.production_models ?? []).entries()) {
    checkEntry(report, `production_models[${i}]`, entry);
  }
  checkPlaneRanges(data, report);
  checkNeeds(data, report);
}

type Choice = Extract<ProductionModelEntry, { selection_mode: 'seasonal' }>['seasons'][number];
type AnyChoice = Omit<Choice, 'season_id'>;

function checkEntry(report: Report, field: string, entry: ProductionModelEntry): void {
  if (entry.selection_mode === 'seasonal') {
    for (const [j, season] of entry.seasons.entries()) checkChoice(report, `${field}.seasons[${j}]`, season);
    return;
  }
  for (const [j, range] of entry.stage_ranges.entries()) {
    const at = `${field}.stage_ranges[${j}]`;
    checkChoice(report, at, range);
    const { start_stage_id: start, end_stage_id: end } = range;
    if (typeof end !== 'number' || start <= end) continue;
    report.error('StageMismatch', `${at} starts at stage ${start}, after it ends at stage ${end}`, {
      file: PRODUCTION_MODELS,
      field: `${at}.start_stage_id`,
      value: start,
      context: { end_stage_id: end },
      suggestion: 'Both ends belong to the range; an end_stage_id of null leaves it open.',
    });
  }
}

function checkChoice(report: Report, field: string, { model, fpha_config: fpha, productivity_override }: AnyChoice) {
  if (model === 'fpha' && typeof productivity_override === 'number') {
    report.error('IncompatibleSettings', `${field} replaces the productivity of a plant with the model fpha`, {
      file: PRODUCTION_MODELS,
      field: `${field}.productivity_override`,
      value: productivity_override,
      suggestion: 'Remove productivity_override: planes say what is generated.',
    });
  }
  if (model !== 'fpha' && fpha) {
    report.warn('IncompatibleSettings', `${field}.fpha_config has no effect, because the model is ${model}`, {
      file: PRODUCTION_MODELS,
      field: `${field}.fpha_config`,
      suggestion: 'Remove it, or set model to fpha.',
    });
  }
  const window = fpha?.fitting_window;
  if (!window) return;
  for (const end of ['min', 'max'] as const) {
    if (typeof window[`volume_${end}_hm3`] !== 'number' || typeof window[`volume_${end}_percentile`] !== 'number')
      continue;
    const at = `${field}.fpha_config.fitting_window.volume_${end}_percentile`;
    report.error('IncompatibleSettings', `${at} stands beside volume_${end}_hm3, which says the same end otherwise`, {
      file: PRODUCTION_MODELS,
      field: at,
      value: window[`volume_${end}_percentile`],
      suggestion: 'Give each end of the window as a volume or as a percentile, not both.',
    });
  }
  for (const unit of ['hm3', 'percentile'] as const) {
    const [min, max] = [window[`volume_min_${unit}`], window[`volume_max_${unit}`]];
    if (typeof min !== 'number' || typeof max !== 'number' || min < max) continue;
    const at = `${field}.fpha_config.fitting_window.volume_min_${unit}`;
    report.error('CapacityViolation', `${at} = ${min} is not below volume_max_${unit} = ${max}`, {
      file: PRODUCTION_MODELS,
      field: at,
      value: min,
      context: { [`volume_max_${unit}`]: max },
      suggestion: `Lower volume_min_${unit} or raise volume_max_${unit}.`,
    });
  }
}

function checkPlaneRanges({ planes }: ParsedCase, report: Report): void {
  for (let row = 0; row < (planes?.rows ?? 0); row++) {
    const { valid_v_min_hm3, valid_v_max_hm3 } = (planes as NonNullable<typeof planes>).columns;
    const [min, max] = [valid_v_min_hm3[row], valid_v_max_hm3[row]];
    if (!(min > max)) continue;
    const message = `${rowInWords(row)} of ${PLANES}: valid_v_min_hm3 = ${min} is above valid_v_max_hm3 = ${max}`;
    report.error('CapacityViolation', message, {
      file: PLANES,
      field: 'valid_v_min_hm3',
      value: min,
      context: { row, valid_v_max_hm3: max },
      suggestion: 'Lower valid_v_min_hm3 or raise valid_v_max_hm3.',
    });
  }
}

/** What is used at a stage: the model, where its planes come from, and whether a productivity replaces the plant's. */
interface Used {
  readonly model: HydroEntry['generation']['model'];
  readonly computed: boolean;
  readonly productivity: boolean;
  /** The choice of the entry that says so, if any, and its place in the entry. */
  readonly choice?: { readonly fpha: AnyChoice['fpha_config']; readonly at: string };
}

function usedAt(
  hydro: HydroEntry,
  entry: ProductionModelEntry | undefined,
  stage: { readonly id: number; readonly season_id?: number | null | undefined },
): Used {
  const own = { model: hydro.generation.model, computed: false, productivity: false };
  if (entry === undefined) return own;
  const isSeasonal = entry.selection_mode === 'seasonal';
  const choices: readonly AnyChoice[] = isSeasonal ? entry.seasons : entry.stage_ranges;
  const position = isSeasonal
    ? entry.seasons.findIndex((season) => season.season_id === stage.season_id)
    : entry.stage_ranges.findIndex(
        ({ start_stage_id, end_stage_id }) => stage.id >= start_stage_id && stage.id <= (end_stage_id ?? stage.id),
      );
  if (position < 0) return isSeasonal ? { ...own, model: entry.default_model } : own;
  const choice = choices[position];
  return {
    model: choice.model,
    computed: choice.fpha_config?.source === 'computed',
    productivity: typeof choice.productivity_override === 'number',
    choice: { fpha: choice.fpha_config, at: `${isSeasonal ? 'seasons' : 'stage_ranges'}[${position}]` },
  };
}

/** Planes, curves or a productivity for the model that each plant has at each stage at which it operates. */
function checkNeeds(data: ParsedCase, report: Report): void {
  const { stages, hydros, productionModels, planes } = data;
  const points = geometryPoints(data);
  if (!stages || !hydros || productionModels === undefined || planes === undefined) return;
  const positionOf = new Map(productionModels?.production_models.map((entry, position) => [entry.hydro_id, position]));
  const entryOf = new Map(productionModels?.production_models.map((entry) => [entry.hydro_id, entry]));
  const supplied = new Set<string>();
  for (let row = 0; row < (planes?.rows ?? 0); row++) {
    const { hydro_id, stage_id } = (planes as NonNullable<typeof planes>).columns;
    supplied.add(`${hydro_id[row]} ${Number.isNaN(stage_id[row]) ? 'all' : stage_id[row]}`);
  }
  const dearSpillage: SpillageOrder[] = [];
  for (const [i, hydro] of hydros.hydros.entries()) {
    const { id, entry_stage_id: entry, exit_stage_id: exit } = hydro;
    const operating = stages.stages.filter(
      (stage) => stage.id >= (entry ?? stage.id) && stage.id < (exit ?? stage.id + 1),
    );
    const used = operating.map((stage) => ({ stage: stage.id, ...usedAt(hydro, entryOf.get(id), stage) }));
    const withoutPlanes = used.filter(
      ({ model, computed, stage }) =>
        model === 'fpha' && !computed && !supplied.has(`${id} all`) && !supplied.has(`${id} ${stage}`),
    );
    if (withoutPlanes.length > 0) {
      const missing = withoutPlanes.map(({ stage }) => stage);
      report.error(
        'CoverageMismatch',
        `${PLANES} has no plane for hydro ${id} at ${missing.length === 1 ? 'stage' : 'stages'} ${missing.join(', ')}`,
        {
          file: PLANES,
          field: 'hydro_id',
          value: id,
          context: { missingStages: missing },
          suggestion: `Add planes, or choose another model or the source "computed" in ${PRODUCTION_MODELS}.`,
        },
      );
    }
    if (used.some(({ model, computed }) => model === 'fpha' && computed)) {
      checkFit(report, i, hydro, points?.get(id) ?? 0, points !== undefined);
      const windows = used.filter(({ model, computed }) => model === 'fpha' && computed).map(({ choice }) => choice);
      const curve = curveOf(data, id);
      for (const choice of new Map(windows.map((each) => [each?.at, each])).values()) {
        const at = `production_models[${positionOf.get(id)}].${choice?.at}.fpha_config.fitting_window`;
        if (choice?.fpha?.fitting_window && curve) checkWindow(report, at, choice.fpha.fitting_window, hydro, curve);
      }
    }
    if (data.penalties && used.some(({ model }) => model === 'fpha')) {
      const penalties = resolvePenalties(hydro.penalties, data.penalties);
      const { fpha_turbined_cost: turbined, spillage_cost: spillage } = penalties;
      if (turbined <= spillage) dearSpillage.push({ id, turbined, spillage });
    }
    const unknown = used.find(({ model, productivity }) => model !== 'fpha' && !productivity);
    if (hydro.generation.model === 'fpha' && unknown !== undefined) {
      const message = `hydro ${id} has the model ${unknown.model} at stage ${unknown.stage} but no productivity`;
      report.error('IncompatibleSettings', message, {
        file: PRODUCTION_MODELS,
        field: `production_models[${positionOf.get(id)}].hydro_id`,
        value: id,
        suggestion: `Give productivity_override there, or another model than fpha in ${HYDROS}.`,
      });
    }
  }
  warnOfSpillage(report, dearSpillage);
}

interface SpillageOrder {
  readonly id: number;
  readonly turbined: number;
  readonly spillage: number;
}

function warnOfSpillage(report: Report, plants: readonly SpillageOrder[]): void {
  if (plants.length === 0) return;
  const [{ id, turbined, spillage }, ...others] = [...plants].sort((a, b) => a.id - b.id);
  const rest = others.length > 0 ? ` and ${others.length} more (${others.map((each) => each.id).join(', ')})` : '';
  const message = `fpha_turbined_cost is ${turbined}, not above spillage_cost (${spillage}), where planes say what is generated, at hydro ${id}${rest}`;
  report.warn('PenaltyConsistency', message, {
    file: 'penalties.json',
    field: 'hydro.fpha_turbined_cost',
    value: turbined,
    suggestion:
      'Raise fpha_turbined_cost or lower spillage_cost: else water is turbined rather than spilled though it generates nothing.',
  });
}

/** Entries that leave the head what the reservoir's height makes it, and lose nothing. */
const WITHOUT_EFFECT = {
  tailrace: '{ "type": "polynomial", "coefficients": [0] }',
  hydraulic_losses: '{ "type": "factor", "value": 0 }',
  efficiency: '{ "type": "constant", "value": 1 }',
} as const;

/** Planes are fitted to the head: the reservoir's curves and all that is lost below it must be known. */
function checkFit(report: Report, i: number, hydro: HydroEntry, points: number, known: boolean): void {
  for (const key of ['tailrace', 'hydraulic_losses', 'efficiency'] as const) {
    if (hydro[key]) continue;
    report.error('CoverageMismatch', `hydros[${i}] has no ${key}, which computed planes need`, {
      file: HYDROS,
      field: `hydros[${i}].${key}`,
      value: null,
      suggestion: `Give it, as ${WITHOUT_EFFECT[key]} where it is to have no effect; or use planes that are precomputed.`,
    });
  }
  if (!known || points >= LEAST_POINTS) return;
  const message = `${GEOMETRY} has ${points === 1 ? '1 row' : `${points} rows`} of hydro ${hydro.id}, whose planes are to be computed`;
  report.error('CoverageMismatch', message, {
    file: GEOMETRY,
    field: 'hydro_id',
    value: hydro.id,
    suggestion: `Give ${LEAST_POINTS} points or more of volume, height and area.`,
  });
}

type Window = NonNullable<NonNullable<AnyChoice['fpha_config']>['fitting_window']>;

/** Least and greatest volume of a plant's curve, or `null` where it has no extent. */
function curveOf({ geometry }: ParsedCase, id: number): readonly [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < (geometry?.rows ?? 0); row++) {
    const { hydro_id, volume_hm3 } = (geometry as NonNullable<typeof geometry>).columns;
    if (hydro_id[row] !== id) continue;
    low = Math.min(low, volume_hm3[row]);
    high = Math.max(high, volume_hm3[row]);
  }
  return low < high ? [low, high] : null;
}

/** A window holds some of the curve. Ends that contradict each other by themselves have been reported. */
function checkWindow(
  report: Report,
  field: string,
  window: Window,
  { id, reservoir: { min_storage_hm3: least, max_storage_hm3: most } }: HydroEntry,
  [first, last]: readonly [number, number],
): void {
  const has = (end: keyof Window) => typeof window[end] === 'number';
  for (const end of ['min', 'max'] as const) {
    if (has(`volume_${end}_hm3`) && has(`volume_${end}_percentile`)) return;
  }
  for (const unit of ['hm3', 'percentile'] as const) {
    const [min, max] = [window[`volume_min_${unit}`], window[`volume_max_${unit}`]];
    if (typeof min === 'number' && typeof max === 'number' && min >= max) return;
  }
  const volume = (absolute: number | null | undefined, share: number | null | undefined) =>
    absolute ?? (typeof share === 'number' ? least + share * (most - least) : null);
  const low = volume(window.volume_min_hm3, window.volume_min_percentile);
  const high = volume(window.volume_max_hm3, window.volume_max_percentile);
  if (Math.max(low ?? first, first) < Math.min(high ?? last, last)) return;
  const ends = [...(low === null ? [] : [`from ${low}`]), ...(high === null ? [] : [`to ${high}`])].join(' ');
  const message = `${field} leaves nothing to fit planes to: it is ${ends} hm3, the curve of hydro ${id} from ${first} to ${last} hm3`;
  report.error('IncompatibleSettings', message, {
    file: PRODUCTION_MODELS,
    field,
    value: window,
    suggestion: `Choose ends of which the lower one is less, and between which there is some of ${first} to ${last} hm3.`,
  });
}
