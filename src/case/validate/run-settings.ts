import { normalize } from 'node:path';
import type { ParsedCase } from '../parsed-case.js';
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
  if (simulation.enabled && simulation.num_scenarios === 0) {
    report.error('OutOfRange', 'simulation.num_scenarios is 0 although the simulation is enabled', {
      file,
      field: 'simulation.num_scenarios',
      value: 0,
      suggestion: 'Give at least one scenario, or set simulation.enabled to false.',
    });
  }
  const { policy } = data.config;
  if (training.enabled && policy.mode === 'fresh' && normalize(policy.path) !== 'policy') {
    report.warn(
      file,
      `policy.path is "${policy.path}", but the policy goes to the output directory: the path is only read from`,
    );
  }
  if (training.tree_seed === undefined || training.tree_seed === null) {
    report.warn(file, 'training.tree_seed is not set; the default seed 42 is used');
  }
}
