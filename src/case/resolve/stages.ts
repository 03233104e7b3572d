import { portableExp, portableLog } from '../../math/portable.js';
import { daysBetween } from '../dates.js';
import type { StageEntry, StagesFile } from '../schema/stages.js';
import type { Cvar, Stage } from '../study.js';

/** Days of a year by which an annual discount rate is scaled to a stage's length. */
const DAYS_PER_YEAR = 365.25;

/** Stages sorted by id, with blocks sorted by id and the discount of each stage. */
export function buildStages({ stages, policy_graph }: StagesFile): Stage[] {
  const ownRate = new Map(policy_graph.transitions.map((each) => [each.source_id, each.annual_discount_rate_override]));
  return [...stages]
    .sort((a, b) => a.id - b.id)
    .map((stage) => {
      const blocks = [...stage.blocks].sort((a, b) => a.id - b.id).map(({ id, name, hours }) => ({ id, name, hours }));
      const rate = ownRate.get(stage.id) ?? policy_graph.annual_discount_rate;
      return {
        id: stage.id,
        startDate: stage.start_date,
        endDate: stage.end_date,
        blocks,
        hours: blocks.reduce((sum, block) => sum + block.hours, 0),
        openings: stage.num_scenarios,
        discount: discountOf(rate, daysBetween(stage.start_date, stage.end_date)),
        season: stage.season_id ?? null,
        blockMode: stage.block_mode,
        sampling: stage.sampling_method,
        cvar: cvarOf(stage.risk_measure),
      };
    });
}

/** Position of the stage that the last one leads back to; `null` where it leads nowhere. */
export function cycleStartOf({ policy_graph }: StagesFile, stages: readonly Stage[]): number | null {
  if (policy_graph.type !== 'cyclic') return null;
  const last = stages[stages.length - 1].id;
  const back = policy_graph.transitions.find((each) => each.source_id === last);
  return stages.findIndex((stage) => stage.id === back?.target_id);
}

/** `null` where the measure is the expectation, by its name or by its parameters. */
function cvarOf(measure: StageEntry['risk_measure']): Cvar | null {
  if (measure === null) return null;
  const { alpha, lambda } = measure.cvar;
  return alpha === 1 || lambda === 0 ? null : { alpha, lambda };
}

/** Factor by which a cost `days` later weighs less at an annual rate: `(1 + rate) ** (-days / 365.25)`. */
function discountOf(annualRate: number, days: number): number {
  return annualRate === 0 ? 1 : portableExp((-days / DAYS_PER_YEAR) * portableLog(1 + annualRate));
}
