import { daysBetween } from '../dates.js';
import type { ParsedCase } from '../parsed-case.js';
import type { StageEntry } from '../schema/stages.js';
import type { Report } from './report.js';

const FILE = 'stages.json';
const HOURS_PER_DAY = 24;
/** Stages of one season may differ in length by this many days (months do). */
const SEASON_LENGTH_TOLERANCE = 7;
/** Transition probabilities closer to 1 than this are 1. */
const PROBABILITY_TOLERANCE = 1e-6;

/** Order, length, blocks, seasons and transitions of the stages. */
export function checkStages(data: ParsedCase, report: Report): void {
  if (!data.stages) return;
  const sorted = [...data.stages.stages.entries()].sort(([, a], [, b]) => a.id - b.id);
  for (const [i, stage] of sorted) {
    checkDates(report, `stages[${i}]`, stage);
    checkBlocks(report, i, stage);
  }
  for (const [i, stage] of data.stages.pre_study_stages.entries()) checkDates(report, `pre_study_stages[${i}]`, stage);
  // Entries of one id have no order.
  if (new Set(sorted.map(([, stage]) => stage.id)).size === sorted.length) checkSequence(report, sorted);
  const before = report.errors.length;
  checkTransitions(data.stages.policy_graph, sorted, report);
  if (report.errors.length === before) checkCycle(data.stages.policy_graph, sorted, report);
  if (data.stages.season_definitions) checkSeasonLengths(report, sorted);
  checkNoiseSharing(data, report, sorted);
  checkStateVariables(data, report);
}

type Positioned = readonly [number, StageEntry];

function checkDates(report: Report, field: string, stage: { start_date: string; end_date: string }): void {
  if (daysBetween(stage.start_date, stage.end_date) > 0) return;
  report.error('StageMismatch', `${field} ends on ${stage.end_date}, not after it starts on ${stage.start_date}`, {
    file: FILE,
    field: `${field}.end_date`,
    value: stage.end_date,
    suggestion: 'end_date is the day after the last day of the stage.',
  });
}

function checkBlocks(report: Report, i: number, stage: StageEntry): void {
  const ids = stage.blocks.map((block) => block.id).sort((a, b) => a - b);
  if (ids.some((id, k) => id !== k)) {
    const field = `stages[${i}].blocks`;
    report.error('StageMismatch', `${field} has the block ids ${ids.join(', ')}, not 0 to ${ids.length - 1}`, {
      file: FILE,
      field,
      value: ids,
      suggestion: 'Number the blocks of a stage from 0 without gaps.',
    });
  }
  const hours = stage.blocks.reduce((sum, block) => sum + block.hours, 0);
  const calendar = daysBetween(stage.start_date, stage.end_date) * HOURS_PER_DAY;
  if (!Number.isFinite(hours)) {
    report.error('OutOfRange', `the blocks of stages[${i}] last longer than can be counted`, {
      file: FILE,
      field: `stages[${i}].blocks`,
      suggestion: `The stage lasts ${calendar} hours.`,
    });
  } else if (calendar > 0 && Math.abs(hours - calendar) > HOURS_PER_DAY) {
    report.warn(FILE, `the blocks of stage ${stage.id} last ${hours} h, its dates ${calendar} h; the blocks count`);
  }
}

function checkSequence(report: Report, sorted: readonly Positioned[]): void {
  for (let t = 1; t < sorted.length; t++) {
    const [, before] = sorted[t - 1];
    const [i, stage] = sorted[t];
    const gap = daysBetween(before.end_date, stage.start_date);
    if (gap > 0) {
      report.warn(FILE, `${gap} days between stage ${before.id} and stage ${stage.id} belong to no stage`);
    } else if (gap < 0) {
      const message = `stage ${stage.id} starts on ${stage.start_date}, before stage ${before.id} ends`;
      report.error('StageMismatch', message, {
        file: FILE,
        field: `stages[${i}].start_date`,
        value: stage.start_date,
        suggestion: `Start it on ${before.end_date}; stages follow each other in the order of their ids.`,
      });
    }
  }
}

type PolicyGraph = NonNullable<ParsedCase['stages']>['policy_graph'];

/**
 * Only a chain is supported: each stage leads to the next one, with certainty; in a cyclic graph the last one leads back to
 * itself or one before.
 */
function checkTransitions({ type, transitions }: PolicyGraph, sorted: readonly Positioned[], report: Report): void {
  const last = sorted[sorted.length - 1][1].id;
  const isBack = (source: number) => type === 'cyclic' && source === last;
  const next = new Map(sorted.slice(0, -1).map(([, stage], t) => [stage.id, sorted[t + 1][1].id]));
  const known = new Set(sorted.map(([, stage]) => stage.id));
  const seen = new Set<number>();
  for (const [i, { source_id, target_id, probability }] of transitions.entries()) {
    const field = `policy_graph.transitions[${i}]`;
    // Unknown stages have been reported as missing references.
    if (!known.has(source_id) || !known.has(target_id)) continue;
    const refuse = (what: string, key: string, value: unknown) =>
      report.error('NotSupported', `${field}: ${what} is not supported yet`, {
        file: FILE,
        field: `${field}.${key}`,
        value,
        suggestion:
          'Lead each stage to the next one with probability 1, or leave transitions empty; the last stage may lead back to an earlier one where the type is cyclic.',
      });
    if (!isBack(source_id) && next.get(source_id) !== target_id) {
      refuse(`a transition from stage ${source_id} to stage ${target_id}`, 'target_id', target_id);
    } else if (Math.abs(probability - 1) > PROBABILITY_TOLERANCE) {
      refuse(`a transition of probability ${probability}`, 'probability', probability);
    } else if (seen.has(source_id)) {
      refuse(`a second transition from stage ${source_id}`, 'source_id', source_id);
    }
    seen.add(source_id);
  }
}

/** A cycle needs a way back, and costs that weigh less each time round: else they add up without end. */
function checkCycle(graph: PolicyGraph, sorted: readonly Positioned[], report: Report): void {
  if (graph.type !== 'cyclic') return;
  const last = sorted[sorted.length - 1][1].id;
  const back = graph.transitions.find((each) => each.source_id === last);
  if (back === undefined) {
    report.error('StageMismatch', `the policy graph is cyclic, but no transition leads back from stage ${last}`, {
      file: FILE,
      field: 'policy_graph.transitions',
      value: graph.transitions.length,
      suggestion: `Add { "source_id": ${last}, "target_id": ${sorted[0][1].id}, "probability": 1 }, or use the type finite_horizon.`,
    });
    return;
  }
  if (graph.annual_discount_rate === 0) {
    report.error('OutOfRange', 'policy_graph.annual_discount_rate is 0 although the policy graph is cyclic', {
      file: FILE,
      field: 'policy_graph.annual_discount_rate',
      value: 0,
      suggestion: 'Give a rate above 0, such as 0.06: without one the costs of an endless horizon have no sum.',
    });
    return;
  }
  const rate = new Map(graph.transitions.map((each) => [each.source_id, each.annual_discount_rate_override]));
  const cycle = sorted.filter(([, stage]) => stage.id >= back.target_id);
  if (cycle.every(([, stage]) => rate.get(stage.id) === 0)) {
    report.error('OutOfRange', 'every transition of the cycle has a discount rate of 0', {
      file: FILE,
      field: 'policy_graph.transitions',
      value: 0,
      suggestion: 'Give at least one of them an annual_discount_rate_override above 0, or remove the overrides.',
    });
  }
}

function checkSeasonLengths(report: Report, sorted: readonly Positioned[]): void {
  const first = new Map<number, { shortest: number; longest: number }>();
  for (const [i, stage] of sorted) {
    if (typeof stage.season_id !== 'number') continue;
    const days = daysBetween(stage.start_date, stage.end_date);
    const range = first.get(stage.season_id) ?? { shortest: days, longest: days };
    range.shortest = Math.min(range.shortest, days);
    range.longest = Math.max(range.longest, days);
    first.set(stage.season_id, range);
    if (range.longest - range.shortest <= SEASON_LENGTH_TOLERANCE) continue;
    const message = `stages[${i}] lasts ${days} days, unlike the other stages of season ${stage.season_id}`;
    report.error('StageMismatch', message, {
      file: FILE,
      field: `stages[${i}].season_id`,
      value: stage.season_id,
      suggestion: 'Give stages of different length (weeks, months, quarters) seasons of their own.',
    });
    return;
  }
}

/** The format lets stages of one season and year share their noise; that is not supported where there is noise. */
function checkNoiseSharing(data: ParsedCase, report: Report, sorted: readonly Positioned[]): void {
  const isRandom =
    data.inflowStats?.columns.std_m3s.some((std) => std > 0) || data.loadStats?.columns.std_mw.some((std) => std > 0);
  if (!isRandom) return;
  const first = new Map<string, number>();
  for (const [i, stage] of sorted) {
    if (typeof stage.season_id !== 'number') continue;
    const key = `${stage.season_id} in ${stage.start_date.slice(0, 4)}`;
    const sharer = first.get(key);
    if (sharer === undefined) {
      first.set(key, stage.id);
      continue;
    }
    const message = `stages ${sharer} and ${stage.id} share season ${key}; shared noise is not supported yet`;
    report.error('NotSupported', message, {
      file: FILE,
      field: `stages[${i}].season_id`,
      value: stage.season_id,
      suggestion: 'Give the stages of a year different seasons, or remove season_id.',
    });
  }
}

/** Leaving storage out of the state changes nothing only where no reservoir can store anything. */
function checkStateVariables(data: ParsedCase, report: Report): void {
  if (!data.stages || !data.hydros) return;
  const stores = data.hydros.hydros.some(({ reservoir }) => reservoir.max_storage_hm3 > reservoir.min_storage_hm3);
  if (!stores) return;
  for (const [i, stage] of data.stages.stages.entries()) {
    if (stage.state_variables?.storage !== false) continue;
    report.error('NotSupported', `stages[${i}] leaves storage out of the state, which is not supported yet`, {
      file: FILE,
      field: `stages[${i}].state_variables.storage`,
      value: false,
      suggestion: 'Set storage to true.',
    });
  }
}
