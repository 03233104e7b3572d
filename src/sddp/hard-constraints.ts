import { stageSystem } from '../case/stage-system.js';
import type { GenericConstraint, Study } from '../case/study.js';
import { CobreError } from '../errors.js';
import { hydroModels } from '../hydro/study-models.js';
import type { GenericRow } from '../lp/stage-layout.js';
import { buildStageTemplate, type StageTemplate } from '../lp/stage-template.js';
import { buildInflowModel } from '../stochastic/inflow-model.js';
import { inflowParameters } from '../stochastic/inflow-parameters.js';
import { stageParts } from './stage-problems.js';

/** What a solver would let pass, and what rounding in a sum of bounds may be, as a share of the bound. */
const TOLERANCE = 1e-6;

interface Range {
  readonly least: number;
  readonly most: number;
}

/**
 * Generic constraints without slack that no values of their variables satisfy, whatever the rest of the system does: the
 * bounds of the variables keep the expression away from its bound. One error a constraint, at the first stage.
 */
export function checkHardConstraints(study: Study): CobreError[] {
  const errors: CobreError[] = [];
  const { genericConstraints: constraints, changes, stages } = study;
  const isHard = ({ constraint }: { readonly constraint: number }) => constraints[constraint].slackPenalty === null;
  if (!changes.some(({ generic }) => generic.some(isHard))) return errors;
  const models = hydroModels(study);
  const inflow = buildInflowModel(study, inflowParameters(study));
  const refused = new Set<number>();
  for (let t = 0; t < stages.length; t++) {
    if (!changes[t].generic.some(isHard)) continue;
    const template = buildStageTemplate(study, t, stageParts(models, stageSystem(study, t), inflow, t));
    const hard = template.layout.generic.filter((row) => isHard(row) && !refused.has(row.constraint));
    if (hard.length === 0) continue;
    const ranges = rangesOf(template, hard);
    hard.forEach((row, i) => {
      if (refused.has(row.constraint) || isPossible(template, row, ranges[i])) return;
      refused.add(row.constraint);
      errors.push(
        impossible(constraints[row.constraint], stages[t].id, row, inWordsOfTheCase(template, row, ranges[i])),
      );
    });
  }
  return errors;
}

/** Least and most that some rows can be by the bounds of their columns. */
function rangesOf(template: StageTemplate, rows: readonly GenericRow[]): Range[] {
  const { start, index, value, columnLower, columnUpper } = template;
  const position = new Map(rows.map(({ row }, i) => [row, i]));
  const least = new Float64Array(rows.length);
  const most = new Float64Array(rows.length);
  for (let c = 0; c < columnLower.length; c++) {
    for (let e = start[c]; e < start[c + 1]; e++) {
      const i = position.get(index[e]);
      if (i === undefined) continue;
      const [low, high] = value[e] > 0 ? [columnLower[c], columnUpper[c]] : [columnUpper[c], columnLower[c]];
      least[i] += value[e] * low;
      most[i] += value[e] * high;
    }
  }
  return rows.map((_, i) => ({ least: least[i], most: most[i] }));
}

function isPossible({ rowLower, rowUpper }: StageTemplate, { row }: GenericRow, { least, most }: Range): boolean {
  const room = (limit: number) => TOLERANCE * Math.max(1, Math.abs(limit));
  return most >= rowLower[row] - room(rowLower[row]) && least <= rowUpper[row] + room(rowUpper[row]);
}

/** With the numbers of the expression, which the row has on its right side. */
function inWordsOfTheCase({ rowLower, rowUpper }: StageTemplate, { row, bound }: GenericRow, range: Range): Range {
  const numbers = bound - (Number.isFinite(rowLower[row]) ? rowLower[row] : rowUpper[row]);
  return { least: range.least + numbers, most: range.most + numbers };
}

function impossible(
  { id, name, sense }: GenericConstraint,
  stage: number,
  { block, bound }: GenericRow,
  { least, most }: Range,
): CobreError {
  const isAbove = sense === '>=' || (sense === '==' && bound > most);
  const extreme = isAbove ? `at most ${most}` : `at least ${least}`;
  const asked = { '>=': 'at least', '<=': 'at most', '==': 'exactly' }[sense];
  return new CobreError(
    'PhysicalConstraint',
    `the generic constraint "${name}" asks for ${asked} ${bound} at stage ${stage}, block ${block}, but its expression can be ${extreme} by the bounds of its variables, and it has no slack`,
    {
      file: 'constraints/generic_constraint_bounds.parquet',
      field: 'bound',
      value: bound,
      context: { constraint_id: id, name, stage_id: stage, block_id: block, ...(isAbove ? { most } : { least }) },
      suggestion: `Correct the bound, or the expression of constraint ${id}, or set its slack.enabled to true in constraints/generic_constraints.json.`,
    },
  );
}
