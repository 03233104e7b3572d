import { EXCHANGE_FACTORS, LOAD_FACTORS, type ParsedCase, SOURCE_FACTORS } from '../parsed-case.js';
import type { Report } from './report.js';

interface Entry {
  readonly stage_id: number;
  readonly block_factors: readonly { readonly block_id: number }[];
}

/** Factors of blocks that their stage does not have. */
export function checkFactorBlocks(data: ParsedCase, report: Report): void {
  const blocks = new Map(data.stages?.stages.map((stage) => [stage.id, stage.blocks.map((block) => block.id)]));
  const check = (file: string, list: string, entries: readonly Entry[] | undefined) => {
    for (const [i, entry] of (entries ?? []).entries()) {
      const known = blocks.get(entry.stage_id);
      if (known === undefined) continue;
      for (const [j, { block_id }] of entry.block_factors.entries()) {
        if (known.includes(block_id)) continue;
        const field = `${list}[${i}].block_factors[${j}].block_id`;
        const message = `${field} names block ${block_id}, which stage ${entry.stage_id} does not have`;
        report.error('MissingReference', message, {
          file,
          field,
          value: block_id,
          suggestion: `Stage ${entry.stage_id} has the blocks ${known.join(', ')}.`,
        });
      }
    }
  };
  check(LOAD_FACTORS, 'load_factors', data.loadFactors?.load_factors);
  check(SOURCE_FACTORS, 'non_controllable_factors', data.sourceFactors?.non_controllable_factors);
  check(EXCHANGE_FACTORS, 'exchange_factors', data.exchangeFactors?.exchange_factors);
}
