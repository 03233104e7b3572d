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
  if (serves === false) report.warn(file, `${field} is in service at no stage of the study`);
}

/** The filling of a reservoir ends where its plant enters service. */
function checkFilling(data: ParsedCase, report: Report): void {
  const file = 'system/hydros.json';
  for (const [i, { filling, entry_stage_id: entry }] of (data.hydros?.hydros ?? []).entries()) {
    if (!filling) continue;
    const field = `hydros[${i}].filling.start_stage_id`;
    if (typeof entry !== 'number') {
      report.warn(
        file,
        `hydros[${i}] has no entry_stage_id and operates from the beginning: its filling has no effect`,
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
    }
  }
}
