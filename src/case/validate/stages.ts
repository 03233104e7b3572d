import { CASE_TABLES } from '../case-tables.js';
import { dayNumber, daysBetween } from '../dates.js';
import type { ParsedCase } from '../parsed-case.js';
import { buildSeasons } from '../resolve/inflow-model.js';
import type { StageEntry } from '../schema/stages.js';
import { findSeason, seasonCycles, seasonOfDay, seasonTime, slotOf } from '../season-calendar.js';
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
  if (data.stages.season_definitions) {
    checkSeasonLengths(report, sorted);
    checkSeasonDefinitions(report, data.stages.season_definitions, data.stages);
    checkSeasonDates(report, data.stages);
  }
  checkSampling(data, report, sorted);
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
    const message = `the blocks of stage ${stage.id} last ${hours} h, its dates ${calendar} h; the blocks count`;
    report.warn('StageMismatch', message, {
      file: FILE,
      field: `stages[${i}].blocks`,
      suggestion: `Let the hours of the blocks add up to ${calendar}.`,
    });
  }
}

function checkSequence(report: Report, sorted: readonly Positioned[]): void {
  for (let t = 1; t < sorted.length; t++) {
    const [, before] = sorted[t - 1];
    const [i, stage] = sorted[t];
    const gap = daysBetween(before.end_date, stage.start_date);
    if (gap > 0) {
      report.warn('StageMismatch', `${gap} days between stage ${before.id} and stage ${stage.id} belong to no stage`, {
        file: FILE,
        field: `stages[${i}].start_date`,
        value: stage.start_date,
        suggestion: `Start it on ${before.end_date}.`,
      });
    } else if (daysBetween(before.start_date, stage.end_date) <= 0) {
      const message = `stage ${stage.id} ends on ${stage.end_date}, before stage ${before.id} starts`;
      report.error('StageMismatch', message, {
        file: FILE,
        field: `stages[${i}].start_date`,
        value: stage.start_date,
        suggestion: `Start it on ${before.end_date}; stages follow each other in the order of their ids.`,
      });
    } else if (gap < 0) {
      // Weeks that reach into the month that follows them: each stage counts with the hours of its blocks.
      report.warn('StageMismatch', `stage ${stage.id} starts on ${stage.start_date}, before stage ${before.id} ends`, {
        file: FILE,
        field: `stages[${i}].start_date`,
        value: stage.start_date,
        suggestion: `Start it on ${before.end_date}, unless the days are meant to overlap.`,
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
      value: graph.transitions,
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
  // An unknown one has been reported as a missing reference; there is no telling what the cycle is.
  if (!sorted.some(([, stage]) => stage.id === back.target_id)) return;
  const cycle = sorted.filter(([, stage]) => stage.id >= back.target_id);
  if (cycle.every(([, stage]) => rate.get(stage.id) === 0)) {
    report.error('OutOfRange', 'every transition of the cycle has a discount rate of 0', {
      file: FILE,
      field: 'policy_graph.transitions',
      value: graph.transitions,
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

type Definitions = NonNullable<NonNullable<ParsedCase['stages']>['season_definitions']>;

/** Custom seasons say where they begin and end; seasons that no stage has are of no use. */
function checkSeasonDefinitions(
  report: Report,
  { cycle_type, seasons }: Definitions,
  { stages, pre_study_stages }: NonNullable<ParsedCase['stages']>,
): void {
  for (const [i, season] of seasons.entries()) {
    if (cycle_type !== 'custom') continue;
    const missing = (['day_start', 'month_end', 'day_end'] as const).find((key) => typeof season[key] !== 'number');
    if (missing === undefined) continue;
    const field = `season_definitions.seasons[${i}].${missing}`;
    report.error('SchemaViolation', `${field} is missing, but the cycle is custom`, {
      file: FILE,
      field,
      value: season[missing] ?? null,
      suggestion: 'Give month_start, day_start, month_end and day_end, the last day of the season.',
    });
  }
  if (cycle_type === 'monthly') checkMonths(report, seasons);
  const used = new Set([...stages, ...pre_study_stages].map((stage) => stage.season_id));
  const unused = seasons.filter((season) => !used.has(season.id)).map((season) => season.id);
  if (unused.length === 0) return;
  report.warn('MissingReference', `no stage is of ${unused.length === 1 ? 'season' : 'seasons'} ${unused.join(', ')}`, {
    file: FILE,
    field: 'season_definitions.seasons',
    suggestion: 'Nothing, where the study covers part of a year; else correct the season_id of its stages.',
  });
}

/** A month is one season: with two of them nobody could tell which one a day is in. */
function checkMonths(report: Report, seasons: Definitions['seasons']): void {
  const firstAt = new Map<number, number>();
  for (const [i, { month_start: month }] of seasons.entries()) {
    const first = firstAt.get(month);
    if (first === undefined) {
      firstAt.set(month, i);
      continue;
    }
    const field = `season_definitions.seasons[${i}].month_start`;
    report.error('DuplicateId', `${field} repeats the month ${month} of season_definitions.seasons[${first}]`, {
      file: FILE,
      field,
      value: month,
      suggestion:
        'Give each season of a monthly cycle a month of its own; stages of one month share its season, and seasons of other dates need cycle_type custom.',
    });
  }
}

/** A week may stand beside its season by as much: years begin within weeks, and months have weeks that reach out of them. */
const DAYS_OF_WEEK = 7;

/** Stages lie in their seasons, at least with a day: what is estimated of a season or said of it is taken for theirs. */
function checkSeasonDates(report: Report, stages: NonNullable<ParsedCase['stages']>): void {
  // Dates and definitions that are wrong themselves have been told of.
  if (!report.clean(FILE)) return;
  const definitions = buildSeasons(stages);
  const cycles = seasonCycles(definitions);
  const off = (['stages', 'pre_study_stages'] as const).flatMap((list) =>
    [...stages[list].entries()].flatMap(([i, { id, start_date, end_date, season_id: season }]) => {
      if (typeof season !== 'number') return [];
      const found = findSeason(cycles, season);
      if (found === null) return [];
      const first = dayNumber(start_date);
      const end = dayNumber(end_date);
      const slack = end - first <= DAYS_OF_WEEK ? DAYS_OF_WEEK : 0;
      const cycle = cycles[found.cycle];
      for (let day = first - slack; day < end + slack; day++) {
        const time = seasonTime(cycle, day);
        if (time >= 0 && slotOf(time, cycle.seasons) === found.slot) return [];
      }
      const right = seasonOfDay([cycle], Math.floor((first + end - 1) / 2)) ?? seasonOfDay(cycles, first);
      return [{ field: `${list}[${i}].season_id`, id, season, start_date, end_date, right }];
    }),
  );
  if (off.length === 0) return;
  const [{ field, id, season, start_date, end_date, right }] = off;
  const label = definitions?.seasons.find((each) => each.id === season)?.label ?? '';
  const others = off.length === 1 ? '' : `; likewise ${off.length - 1} other ${off.length === 2 ? 'stage' : 'stages'}`;
  const message = `stage ${id}, ${start_date} to ${end_date}, has no day in its season ${season} (${label})${others}`;
  const own = right === null ? 'Give it the season' : `Give it season_id ${right.id}, the season`;
  report.warn('StageMismatch', message, {
    file: FILE,
    field,
    value: season,
    suggestion: `${own} of its dates, or correct the dates of the seasons in season_definitions.`,
  });
}

/** Sampling methods that need something, or work best with some numbers of openings. */
function checkSampling(data: ParsedCase, report: Report, sorted: readonly Positioned[]): void {
  const uneven = sorted.filter(
    ([, { sampling_method, num_scenarios }]) =>
      sampling_method === 'qmc_sobol' && (num_scenarios & (num_scenarios - 1)) !== 0,
  );
  if (uneven.length > 0) {
    const ids = uneven.map(([, stage]) => stage.id).join(', ');
    const where = `${uneven.length === 1 ? 'stage' : 'stages'} ${ids}`;
    report.warn('OutOfRange', `num_scenarios is no power of 2 at ${where}; qmc_sobol spreads evenly only at those`, {
      file: FILE,
      field: `stages[${uneven[0][0]}].num_scenarios`,
      value: uneven[0][1].num_scenarios,
      suggestion: 'Use a power of 2, such as 16 or 32.',
    });
  }
  const needs = sorted.find(([, stage]) => stage.sampling_method === 'historical_residuals');
  if (needs === undefined || data.inflowHistory === undefined || data.inflowHistory?.rows) return;
  const field = `stages[${needs[0]}].sampling_method`;
  report.error('IncompatibleSettings', `${field} draws from residuals of an inflow history, but there is none`, {
    file: FILE,
    field,
    value: 'historical_residuals',
    suggestion: `Add ${CASE_TABLES.inflowHistory.file}, or use another method.`,
  });
}

/** What the state holds is not a matter of choice: leaving storage out of it has no effect. */
function checkStateVariables(data: ParsedCase, report: Report): void {
  const without = (data.stages?.stages ?? []).filter((stage) => stage.state_variables?.storage === false);
  if (without.length === 0) return;
  const ids = without.map((stage) => stage.id).join(', ');
  const where = `${without.length === 1 ? 'stage' : 'stages'} ${ids}`;
  const message = `state_variables.storage is false at ${where}; storage is part of the state all the same`;
  report.warn('IncompatibleSettings', message, {
    file: FILE,
    field: 'state_variables.storage',
    value: false,
    suggestion: 'Set it to true, or leave it out.',
  });
}
