import type { CompleteCase } from '../parsed-case.js';
import type { Hydro } from '../study.js';
import { ALWAYS } from '../study-system.js';
import { resolvePenalties } from './penalties.js';

/** Hydros sorted by id, with their penalties resolved. */
export function buildHydros(data: CompleteCase, busIndex: ReadonlyMap<number, number>): Hydro[] {
  const sorted = [...data.hydros.hydros].sort((a, b) => a.id - b.id);
  const position = new Map(sorted.map((hydro, h) => [hydro.id, h]));
  const { penalty_cost } = data.config.modeling.inflow_non_negativity;
  const inflowDefault = data.penalties.hydro.inflow_nonnegativity_cost ?? penalty_cost;
  return sorted.map((hydro) => {
    const { generation, outflow, reservoir } = hydro;
    if (generation.model !== 'constant_productivity') throw new Error(`hydro ${hydro.id} has passed validation`);
    const penalties = resolvePenalties(hydro.penalties, data.penalties);
    return {
      id: hydro.id,
      name: hydro.name,
      service: ALWAYS,
      diversion: null,
      filling: null,
      model: 'constant_productivity',
      withdrawal: 0,
      head: { tailrace: null, losses: null, efficiency: null },
      evaporation: null,
      bus: busIndex.get(hydro.bus_id) as number,
      downstream: typeof hydro.downstream_id === 'number' ? (position.get(hydro.downstream_id) as number) : null,
      minStorage: reservoir.min_storage_hm3,
      maxStorage: reservoir.max_storage_hm3,
      minOutflow: outflow.min_outflow_m3s,
      maxOutflow: outflow.max_outflow_m3s ?? null,
      productivity: generation.productivity_mw_per_m3s,
      minTurbined: generation.min_turbined_m3s,
      maxTurbined: generation.max_turbined_m3s,
      minGeneration: generation.min_generation_mw,
      maxGeneration: generation.max_generation_mw,
      penalties: {
        spillage: penalties.spillage_cost,
        fphaTurbined: penalties.fpha_turbined_cost,
        diversion: penalties.diversion_cost,
        fillingTarget: penalties.filling_target_violation_cost,
        evaporationBelow: penalties.evaporation_violation_cost,
        evaporationAbove: penalties.evaporation_violation_cost,
        withdrawalBelow: penalties.water_withdrawal_violation_cost,
        withdrawalAbove: penalties.water_withdrawal_violation_cost,
        storageViolationBelow: penalties.storage_violation_below_cost,
        turbinedViolationBelow: penalties.turbined_violation_below_cost,
        outflowViolationBelow: penalties.outflow_violation_below_cost,
        outflowViolationAbove: penalties.outflow_violation_above_cost,
        generationViolationBelow: penalties.generation_violation_below_cost,
        inflowNonNegativity: hydro.penalties?.inflow_nonnegativity_cost ?? inflowDefault,
      },
    };
  });
}
