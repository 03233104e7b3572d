import type { Stage } from '../study.js';
import { at, type Index } from './positions.js';

/** Factors of some blocks of an entity at a stage. */
interface FactorEntry {
  readonly entity: number;
  readonly stage: number;
  readonly blocks: readonly { readonly block: number; readonly factor: number }[];
}

/** Factors by stage, then entity and block: `[t][e * K + k]`; 1 where none is given. Entries name ids. */
export function buildFactors(
  entries: readonly FactorEntry[],
  stages: readonly Stage[],
  entityIndex: Index,
  stageIndex: Index,
): Float64Array[] {
  const factors = stages.map((stage) => new Float64Array(entityIndex.size * stage.blocks.length).fill(1));
  for (const { entity, stage, blocks } of entries) {
    const t = at(stageIndex, stage);
    const e = at(entityIndex, entity);
    for (const { block, factor } of blocks) factors[t][e * stages[t].blocks.length + block] = factor;
  }
  return factors;
}
