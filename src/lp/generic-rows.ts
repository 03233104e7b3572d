import type { Stage } from '../case/study.js';
import type { GenericConstraint, GenericTerm } from '../case/study-system.js';
import type { HydroPlaces } from './hydro-rows.js';
import type { ModelBuilder } from './model-builder.js';
import type { NetworkPlaces, TradePlaces } from './network.js';
import type { GenericRow } from './stage-layout.js';
import type { StageParts } from './stage-parts.js';

type Places = HydroPlaces & NetworkPlaces & TradePlaces;
type Columns = readonly (readonly [column: number, factor: number])[];

/**
 * Rows of the generic constraints that have a bound at the stage, one a block or one for the block that the bound names,
 * with slacks where they are soft. Returns where each stands.
 */
export function addGenericRows(
  model: ModelBuilder,
  stage: Stage,
  parts: StageParts,
  constraints: readonly GenericConstraint[],
  at: Places,
): GenericRow[] {
  const rows: GenericRow[] = [];
  for (const { constraint, block, bound } of parts.system.generic) {
    const { sense, terms, constant, slackPenalty } = constraints[constraint];
    for (let k = 0; k < stage.blocks.length; k++) {
      if (block !== null && block !== k) continue;
      let limit = bound - constant;
      const entries: [number, number][] = [];
      for (const term of terms) {
        const { columns, constant: fixed } = columnsOf(term, k, stage, parts, at);
        limit -= term.coefficient * fixed;
        for (const [column, factor] of columns) entries.push([column, term.coefficient * factor]);
      }
      const row = model.row(sense === '<=' ? -Infinity : limit, sense === '>=' ? Infinity : limit);
      for (const [column, value] of entries) model.entry(row, column, value);
      const slack = (factor: number) => {
        if (slackPenalty === null) return -1;
        const column = model.column(0, Infinity, slackPenalty * stage.blocks[k].hours);
        model.entry(row, column, factor);
        return column;
      };
      const below = sense === '<=' ? -1 : slack(1);
      const above = sense === '>=' ? -1 : slack(-1);
      rows.push({ constraint, block: k, bound, row, below, above });
    }
  }
  return rows;
}

/** The columns that a term speaks of in the row of block `rowBlock`, and what of it is no variable but a number. */
function columnsOf(
  { variable, entity: e, block }: GenericTerm,
  rowBlock: number,
  stage: Stage,
  { system, production }: StageParts,
  at: Places,
): { columns: Columns; constant: number } {
  const K = stage.blocks.length;
  const k = block ?? rowBlock;
  const of = (...columns: Columns) => ({ columns, constant: 0 });
  const dense = (start: number, factor = 1) => of([start + e * K + k, factor]);
  const sparse = (start: number, offset = k, factor = 1) => (start < 0 ? of() : of([start + offset, factor]));
  switch (variable) {
    case 'hydro_storage':
      // The reservoir of a plant that is not there counts 0, as all of it does, whatever water it may have left behind.
      return system.hydros[e].status === 'absent' ? of() : of([at.storage + e, 1]);
    case 'hydro_turbined':
      return dense(at.turbined);
    case 'hydro_spillage':
      return dense(at.spilled);
    case 'hydro_diversion':
      return sparse(at.diverted[e]);
    case 'hydro_outflow':
      return of([at.turbined + e * K + k, 1], [at.spilled + e * K + k, 1]);
    case 'hydro_generation': {
      const made = production[e];
      return made.kind === 'constant' ? dense(at.turbined, made.productivity) : sparse(at.generation[e]);
    }
    case 'hydro_evaporation':
      return sparse(at.evaporation[e], 0);
    case 'hydro_withdrawal': {
      if (at.withdrawalBelow[e] < 0) return of();
      const columns: Columns = [
        [at.withdrawalBelow[e], -1],
        [at.withdrawalAbove[e], 1],
      ];
      return { columns, constant: system.hydros[e].withdrawal };
    }
    case 'thermal_generation':
      return dense(at.thermal);
    case 'line_direct':
      return dense(at.flowDirect);
    case 'line_reverse':
      return dense(at.flowReverse);
    case 'line_exchange':
      return of([at.flowDirect + e * K + k, 1], [at.flowReverse + e * K + k, -1]);
    case 'bus_deficit':
      return of(...system.buses[e].deficitSegments.map((_, s) => [at.deficit[e] + s * K + k, 1] as const));
    case 'bus_excess':
      return dense(at.excess);
    case 'pumping_flow':
      return dense(at.pump);
    case 'pumping_power':
      return dense(at.pump, system.pumps[e].consumption);
    // An export contract imports nothing, nor the other way round.
    case 'contract_import':
      return system.contracts[e].type === 'import' ? dense(at.contract) : of();
    case 'contract_export':
      return system.contracts[e].type === 'export' ? dense(at.contract) : of();
    case 'non_controllable_generation':
      return dense(at.source);
    case 'non_controllable_curtailment':
      return dense(at.curtailed);
  }
}
