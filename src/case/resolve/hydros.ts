import type { CompleteCase } from '../parsed-case.js';
import type { HydroEntry } from '../schema/hydros.js';
import type { HeadData, Hydro, HydroPenalties, Stage } from '../study.js';
import { resolvePenalties } from './penalties.js';
import { at, firstStageFrom, type Index, indexOf, serviceOf, sortedById } from './positions.js';

/** Hydros sorted by id, with their penalties resolved. */
export function buildHydros(data: CompleteCase, stages: readonly Stage[], buses: Index): Hydro[] {
  const sorted = sortedById(data.hydros.hydros);
  const position = indexOf(sorted);
  return sorted.map((hydro) => {
    const { generation, outflow, reservoir, diversion, filling, evaporation } = hydro;
    return {
      id: hydro.id,
      name: hydro.name,
      service: serviceOf(stages, hydro),
      bus: at(buses, hydro.bus_id),
      downstream: typeof hydro.downstream_id === 'number' ? at(position, hydro.downstream_id) : null,
      diversion: diversion ? { target: at(position, diversion.downstream_id), maxFlow: diversion.max_flow_m3s } : null,
      filling: filling
        ? { from: firstStageFrom(stages, filling.start_stage_id), inflow: filling.filling_inflow_m3s }
        : null,
      minStorage: reservoir.min_storage_hm3,
      maxStorage: reservoir.max_storage_hm3,
      minOutflow: outflow.min_outflow_m3s,
      maxOutflow: outflow.max_outflow_m3s ?? null,
      model: generation.model,
      productivity: generation.model === 'fpha' ? 0 : generation.productivity_mw_per_m3s,
      minTurbined: generation.min_turbined_m3s,
      maxTurbined: generation.max_turbined_m3s,
      minGeneration: generation.min_generation_mw,
      maxGeneration: generation.max_generation_mw,
      // Only `hydro_bounds.parquet` schedules withdrawals.
      withdrawal: 0,
      head: headOf(hydro),
      evaporation: evaporation
        ? {
            coefficientsMm: evaporation.coefficients_mm,
            referenceVolumes: evaporation.reference_volumes_hm3 ?? null,
          }
        : null,
      penalties: penaltiesOf(hydro, data),
    };
  });
}

function headOf({ tailrace, hydraulic_losses: losses, efficiency }: HydroEntry): HeadData {
  return {
    tailrace: tailraceOf(tailrace),
    losses: lossesOf(losses),
    efficiency: efficiency?.value ?? null,
  };
}

function tailraceOf(tailrace: HydroEntry['tailrace']): HeadData['tailrace'] {
  if (!tailrace) return null;
  if (tailrace.type === 'polynomial') return { type: 'polynomial', coefficients: tailrace.coefficients };
  const points = tailrace.points.map(({ outflow_m3s, height_m }) => ({ outflow: outflow_m3s, height: height_m }));
  return { type: 'piecewise', points };
}

function lossesOf(losses: HydroEntry['hydraulic_losses']): HeadData['losses'] {
  if (!losses) return null;
  return losses.type === 'factor'
    ? { type: 'factor', value: losses.value }
    : { type: 'constant', valueM: losses.value_m };
}

function penaltiesOf(hydro: HydroEntry, { config, penalties: defaults }: CompleteCase): HydroPenalties {
  const penalties = resolvePenalties(hydro.penalties, defaults);
  const inflow = hydro.penalties?.inflow_nonnegativity_cost ?? defaults.hydro.inflow_nonnegativity_cost;
  return {
    spillage: penalties.spillage_cost,
    fphaTurbined: penalties.fpha_turbined_cost,
    diversion: penalties.diversion_cost,
    storageViolationBelow: penalties.storage_violation_below_cost,
    fillingTarget: penalties.filling_target_violation_cost,
    turbinedViolationBelow: penalties.turbined_violation_below_cost,
    outflowViolationBelow: penalties.outflow_violation_below_cost,
    outflowViolationAbove: penalties.outflow_violation_above_cost,
    generationViolationBelow: penalties.generation_violation_below_cost,
    evaporationBelow: penalties.evaporation_violation_neg_cost,
    evaporationAbove: penalties.evaporation_violation_pos_cost,
    withdrawalBelow: penalties.water_withdrawal_violation_neg_cost,
    withdrawalAbove: penalties.water_withdrawal_violation_pos_cost,
    inflowNonNegativity: inflow ?? config.modeling.inflow_non_negativity.penalty_cost,
  };
}
