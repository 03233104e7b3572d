import { normalize } from 'node:path';
import { CASE_TABLES } from '../case-tables.js';
import { isoDate } from '../dates.js';
import type { ParsedCase } from '../parsed-case.js';
import { firstUpperBound } from '../resolve/config.js';
import type { Report } from './report.js';

/** Settings of `config.json` that contradict each other. */
export function checkRunSettings(data: ParsedCase, report: Report): void {
  if (!data.config) return;
  const file = 'config.json';
  const { training, simulation } = data.config;
  if (!training.stopping_rules.some((rule) => rule.type === 'iteration_limit')) {
    report.error('IncompatibleSettings', 'training.stopping_rules has no rule of type iteration_limit', {
      file,
      field: 'training.stopping_rules',
      value: training.stopping_rules.map((rule) => rule.type),
      suggestion: 'Add { "type": "iteration_limit", "limit": 100 }, so that training ends in any case.',
    });
  }
  const { enabled, method } = training.cut_selection;
  if (enabled && (method === undefined || method === null)) {
    report.error('IncompatibleSettings', 'training.cut_selection is enabled but names no method', {
      file,
      field: 'training.cut_selection.method',
      value: method,
      suggestion: 'Set method to level1, lml1 or domination.',
    });
  }
  if (data.stages?.policy_graph.type === 'cyclic' && data.config.upper_bound_evaluation.enabled) {
    report.error('NotSupported', 'upper bounds by inner approximation of a cyclic policy graph are not supported yet', {
      file,
      field: 'upper_bound_evaluation.enabled',
      value: true,
      suggestion: 'Set upper_bound_evaluation.enabled to false.',
    });
  }
  if (data.stages?.policy_graph.type === 'cyclic' && data.config.policy.boundary) {
    report.error(
      'IncompatibleSettings',
      'policy.boundary says what comes after the end, but the policy graph is cyclic',
      {
        file,
        field: 'policy.boundary',
        value: data.config.policy.boundary.path,
        suggestion: 'Leave out policy.boundary, or make the policy graph a finite_horizon.',
      },
    );
  }
  if (simulation.enabled && simulation.num_scenarios === 0) {
    report.error('OutOfRange', 'simulation.num_scenarios is 0 although the simulation is enabled', {
      file,
      field: 'simulation.num_scenarios',
      value: 0,
      suggestion: 'Give at least one scenario, or set simulation.enabled to false.',
    });
  }
  checkInnerPolicy(report, data.config);
  checkSource(report, data, 'training', training.scenario_source);
  checkSource(report, data, 'simulation', simulation.scenario_source);
  const { policy } = data.config;
  if (training.enabled && policy.mode === 'fresh' && normalize(policy.path) !== 'policy') {
    report.warn(
      'IncompatibleSettings',
      `policy.path is "${policy.path}", but the policy goes to the output directory: the path is only read from`,
      { file, field: 'policy.path', value: policy.path, suggestion: 'Write ./policy, or leave it out.' },
    );
  }
  if (training.tree_seed === undefined || training.tree_seed === null) {
    report.warn('IncompatibleSettings', 'training.tree_seed is not set; the default seed 42 is used', {
      file,
      field: 'training.tree_seed',
      suggestion: 'Set it, be it to 42, so that everyone sees what the noise is drawn from.',
    });
  }
}

type Config = NonNullable<ParsedCase['config']>;

/** A simulation by the inner approximation takes vertices, which only the evaluation of upper bounds makes. */
function checkInnerPolicy(report: Report, { training, simulation, upper_bound_evaluation: upper }: Config): void {
  // Without a training the policy is a stored one, which may have vertices.
  if (!simulation.enabled || simulation.policy_type !== 'inner' || !training.enabled) return;
  const refuse = (why: string, field: string, value: unknown, suggestion: string) =>
    report.error('IncompatibleSettings', `simulation.policy_type is inner, but ${why}, so there are no vertices`, {
      file: 'config.json',
      field,
      value,
      suggestion,
    });
  if (!upper.enabled) {
    const suggestion = 'Set upper_bound_evaluation.enabled to true, or use policy_type outer.';
    refuse('upper_bound_evaluation is not enabled', 'simulation.policy_type', 'inner', suggestion);
    return;
  }
  const first = firstUpperBound(upper);
  const limits = training.stopping_rules.flatMap((rule) => (rule.type === 'iteration_limit' ? [rule.limit] : []));
  const last = Math.min(...limits);
  if (training.stopping_mode !== 'any' || limits.length === 0 || first <= last) return;
  const why = `training ends after iteration ${last}, before the first upper bound after iteration ${first}`;
  const suggestion = `Set initial_iteration to ${last} or less.`;
  refuse(why, 'upper_bound_evaluation.initial_iteration', upper.initial_iteration ?? null, suggestion);
}

type Source = Config['training']['scenario_source'];

/** Schemes by class of series, and what they need: a seed, a history, years of it. */
function checkSource(report: Report, data: ParsedCase, section: string, source: Source): void {
  if (!source) return;
  const file = 'config.json';
  const at = `${section}.scenario_source`;
  for (const key of ['load', 'ncs'] as const) {
    if (source[key]?.scheme !== 'historical') continue;
    report.error('IncompatibleSettings', `${at}.${key}.scheme is historical, but there is only a history of inflow`, {
      file,
      field: `${at}.${key}.scheme`,
      value: 'historical',
      suggestion: 'Use in_sample, out_of_sample or external.',
    });
  }
  const schemes = [source.inflow, source.load, source.ncs].map((entry) => entry?.scheme ?? 'in_sample');
  if (schemes.some((scheme) => scheme !== 'in_sample') && typeof source.seed !== 'number') {
    report.error('IncompatibleSettings', `${at} has no seed, which every scheme but in_sample needs`, {
      file,
      field: `${at}.seed`,
      value: source.seed ?? null,
      suggestion: 'Give a whole number as seed.',
    });
  }
  if (source.inflow?.scheme === 'historical' && data.inflowHistory !== undefined && !data.inflowHistory?.rows) {
    report.error('IncompatibleSettings', `${at}.inflow.scheme is historical, but there is no inflow history`, {
      file,
      field: `${at}.inflow.scheme`,
      value: 'historical',
      suggestion: `Add ${CASE_TABLES.inflowHistory.file}, or use another scheme.`,
    });
  }
  checkYears(report, data, `${at}.historical_years`, source);
}

function checkYears(report: Report, data: ParsedCase, field: string, source: NonNullable<Source>): void {
  const years = source.historical_years;
  if (!years) return;
  const file = 'config.json';
  if (![source.inflow, source.load, source.ncs].some((entry) => entry?.scheme === 'historical')) {
    report.error('IncompatibleSettings', `${field} chooses years, but no scheme is historical`, {
      file,
      field,
      value: years,
      suggestion: 'Remove historical_years, or use the scheme historical for inflow.',
    });
  } else if ('from' in years && years.from > years.to) {
    report.error('OutOfRange', `${field} runs from ${years.from} to ${years.to}, which comes before`, {
      file,
      field: `${field}.from`,
      value: years.from,
      context: { to: years.to },
      suggestion: 'Give the earlier year as from.',
    });
  } else if (data.inflowHistory?.rows) {
    const known = new Set(Array.from(data.inflowHistory.columns.date, (day) => Number(isoDate(day).slice(0, 4))));
    const listed = 'from' in years ? [...known].filter((year) => year >= years.from && year <= years.to) : years;
    const missing = listed.length === 0 ? null : listed.find((year) => !known.has(year));
    if (missing === undefined) return;
    const what = missing === null ? 'none of these years' : `no row of ${missing}`;
    report.error('MissingReference', `${field}: ${CASE_TABLES.inflowHistory.file} has ${what}`, {
      file,
      field,
      value: missing ?? years,
      suggestion: `Its years are ${Math.min(...known)} to ${Math.max(...known)}.`,
    });
  }
}
