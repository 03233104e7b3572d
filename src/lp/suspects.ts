import type { StageSystem } from '../case/stage-system.js';
import type { Study } from '../case/study.js';
import type { GenericRow } from './stage-layout.js';

/**
 * What may be at fault where stage `t` has no dispatch at all, one sentence each: the few bounds that have no price at which
 * they give way, and inflow below 0 where it can be.
 */
export function suspectsOf(study: Study, t: number, system: StageSystem, rows: readonly GenericRow[]): string[] {
  const suspects: string[] = [];
  const hard = new Set(rows.filter(({ below, above }) => below < 0 && above < 0).map(({ constraint }) => constraint));
  if (hard.size > 0) {
    const names = [...hard].map((g) => `"${study.genericConstraints[g].name}"`).join(', ');
    const which = hard.size === 1 ? 'the generic constraint' : 'the generic constraints';
    suspects.push(`Check ${which} ${names}, which must hold at any price: slack.enabled makes them soft.`);
  }
  const pumps = system.pumps.filter(({ exists, minFlow }) => exists && minFlow > 0);
  if (pumps.length > 0) {
    const ids = pumps.map(({ id }) => id).join(', ');
    suspects.push(`Check flow.min_m3s of pumping station ${ids}: it must be pumped even where the reservoir is empty.`);
  }
  if (inflowMayBeNegative(study, t)) {
    suspects.push(
      'Negative inflow can empty a reservoir below zero: set modeling.inflow_non_negativity.method to "penalty" or "truncation" in config.json.',
    );
  }
  return suspects;
}

/** Whether inflow at a stage is taken as it is though it may be below 0: by its mean, its noise, or a scenario. */
function inflowMayBeNegative(study: Study, t: number): boolean {
  const { hydros, inflow, inflowModel, externalInflow, config } = study;
  if (config.inflowNonNegativity !== 'none') return false;
  if (inflowModel.estimateStatistics || externalInflow?.values.some((value) => value < 0)) return true;
  return hydros.some((_, h) => inflow.mean[t * hydros.length + h] < 0 || inflow.std[t * hydros.length + h] > 0);
}
