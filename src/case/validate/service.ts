import type { ParsedCase } from '../parsed-case.js';
import type { Report } from './report.js';

interface Served {
  readonly id: number;
  readonly entry_stage_id?: number | null | undefined;
  readonly exit_stage_id?: number | null | undefined;
}

/** Entities enter service before they leave it, and reservoirs are filled before their plants operate. */
export function checkService(data: ParsedCase, report: Report): void {
  const stageIds = data.stages?.stages.map((stage) => stage.id);
  const check = (file: string, list: string, entities: readonly Served[] | undefined) => {
    for (const [i, entity] of (entities ?? []).entries()) {
      checkWindow(report, file, `${list}[${i}]`, entity, stageIds);
    }
  };
  check('system/lines.json', 'lines', data.lines?.lines);
  check('system/hydros.json', 'hydros', data.hydros?.hydros);
  check('system/thermals.json', 'thermals', data.thermals?.thermals);
  const sources = data.sources?.non_controllable_sources;
  check('system/non_controllable_sources.json', 'non_controllable_sources', sources);
  check('system/pumping_stations.json', 'pumping_stations', data.pumps?.pumping_stations);
  check('system/energy_contracts.json', 'contracts', data.contracts?.contracts);
  checkFilling(data, report);
}

function checkWindow(
  report: Report,
  file: string,
  field: string,
  { entry_stage_id: entry, exit_stage_id: exit }: Served,
  stageIds: readonly number[] | undefined,
): void {
  if (typeof entry === 'number' && typeof exit === 'number' && entry >= exit) {
    report.error('StageMismatch', `${field} leaves service at stage ${exit}, not after it enters at stage ${entry}`, {
      file,
      field: `${field}.exit_stage_id`,
      value: exit,
      context: { entry_stage_id: entry },
      suggestion: 'exit_stage_id is the first stage without it; give one after entry_stage_id, or null.',
    });
    return;
  }
  const serves = stageIds?.some((id) => id >= (entry ?? id) && id < (exit ?? id + 1));
  if (serves !== false) return;
  report.warn('StageMismatch', `${field} is in service at no stage of the study`, {
    file,
    field: `${field}.entry_stage_id`,
    suggestion: 'Correct entry_stage_id or exit_stage_id, or remove the entity.',
  });
}

/** The filling of a reservoir ends where its plant enters service. */
function checkFilling(data: ParsedCase, report: Report): void {
  const file = 'system/hydros.json';
  for (const [i, { filling, entry_stage_id: entry }] of (data.hydros?.hydros ?? []).entries()) {
    if (!filling) continue;
    const field = `hydros[${i}].filling.start_stage_id`;
    if (typeof entry !== 'number') {
      report.warn(
        'IncompatibleSettings',
        `hydros[${i}] has no entry_stage_id and operates from the beginning: its filling has no effect`,
        { file, field: `hydros[${i}].filling`, suggestion: 'Give entry_stage_id, or remove filling.' },
      );
    } else if (filling.start_stage_id >= entry) {
      const message = `hydros[${i}] enters service at stage ${entry}, not after its filling starts`;
      report.error('StageMismatch', message, {
        file,
        field,
        value: filling.start_stage_id,
        context: { entry_stage_id: entry },
        suggestion: 'Start the filling before entry_stage_id, where it ends.',
      });
    } else {
      checkFillingInflow(data, report, i, entry);
    }
  }
}

/** hm3 that 1 m3/s brings in an hour. */
const HM3_PER_HOUR = 0.0036;

/** Whether the inflow that is kept for a filling reaches the least storage by itself; natural inflow may add to it. */
function checkFillingInflow(data: ParsedCase, report: Report, i: number, entry: number): void {
  const hydro = data.hydros?.hydros[i];
  const stages = data.stages?.stages;
  if (!hydro?.filling || !stages || !data.initialConditions) return;
  const { start_stage_id: start, filling_inflow_m3s: inflow } = hydro.filling;
  const changed = new Map<number, number>();
  for (let row = 0; row < (data.hydroBounds?.rows ?? 0); row++) {
    const { hydro_id, stage_id, filling_inflow_m3s } = (data.hydroBounds as NonNullable<typeof data.hydroBounds>)
      .columns;
    if (hydro_id[row] === hydro.id && !Number.isNaN(filling_inflow_m3s[row])) {
      changed.set(stage_id[row], filling_inflow_m3s[row]);
    }
  }
  let volume = data.initialConditions.filling_storage.find((one) => one.hydro_id === hydro.id)?.value_hm3 ?? 0;
  for (const stage of stages) {
    if (stage.id < start || stage.id >= entry) continue;
    const hours = stage.blocks.reduce((sum, block) => sum + block.hours, 0);
    volume += (changed.get(stage.id) ?? inflow) * hours * HM3_PER_HOUR;
  }
  const isInStudy = stages.some((stage) => stage.id === entry - 1);
  const least = hydro.reservoir.min_storage_hm3;
  if (!isInStudy || volume >= least) return;
  report.warn(
    'PhysicalConstraint',
    `hydros[${i}] is filled with ${Math.round(volume)} hm3 by stage ${entry}, less than its least storage ${least}; natural inflow must do the rest`,
    {
      file: 'system/hydros.json',
      field: `hydros[${i}].filling`,
      suggestion: 'Start filling earlier, or with more inflow.',
    },
  );
}
