import { CASE_TABLES } from '../case-tables.js';
import { type Expression, parseExpression } from '../generic-expression.js';
import { GENERIC_CONSTRAINTS, type ParsedCase } from '../parsed-case.js';
import { rowInWords } from '../read/parquet-table.js';
import type { Report } from './report.js';

const BOUNDS = CASE_TABLES.genericBounds.file;
const NO_BOUNDS = { constraint_id: new Float64Array(), stage_id: new Float64Array(), block_id: new Float64Array() };

/** Expressions, prices and bounds of generic constraints. */
export function checkGenericConstraints(data: ParsedCase, report: Report): void {
  const expressions = new Map<number, [position: number, Expression]>();
  for (const [i, constraint] of (data.genericConstraints?.constraints ?? []).entries()) {
    const field = `constraints[${i}].expression`;
    const parsed = parseExpression(constraint.expression);
    if (parsed.ok) {
      expressions.set(constraint.id, [i, parsed.expression]);
      warnOfVariables(
        data,
        report,
        { file: GENERIC_CONSTRAINTS, field, value: constraint.expression },
        parsed.expression,
      );
    } else {
      const { column, reason, suggestion } = parsed.fault;
      report.error('SchemaViolation', `${field} cannot be read at column ${column}: ${reason}`, {
        file: GENERIC_CONSTRAINTS,
        field,
        value: constraint.expression,
        context: { column },
        suggestion,
      });
    }
    checkSlack(report, `constraints[${i}].slack.penalty`, constraint.slack);
  }
  checkBlocks(data, report, expressions);
}

function checkSlack(report: Report, field: string, slack: { enabled: boolean; penalty?: number | null | undefined }) {
  const { enabled, penalty } = slack;
  if (!enabled || (typeof penalty === 'number' && penalty > 0)) return;
  const missing = typeof penalty !== 'number';
  report.error(
    missing ? 'SchemaViolation' : 'OutOfRange',
    missing ? `${field} is missing although the slack is enabled` : `${field} is ${penalty}, not above 0`,
    {
      file: GENERIC_CONSTRAINTS,
      field,
      value: penalty ?? null,
      suggestion: 'Give the price of violating the constraint by one unit for an hour, or set enabled to false.',
    },
  );
}

/** Variables that are always 0, because their entity has no such thing. */
function warnOfVariables(
  data: ParsedCase,
  report: Report,
  at: { readonly file: string; readonly field: string; readonly value: string },
  { terms }: Expression,
): void {
  const { field } = at;
  const withoutChannel = new Set(
    (data.hydros?.hydros ?? []).filter((hydro) => !hydro.diversion).map((hydro) => hydro.id),
  );
  const typeOf = new Map((data.contracts?.contracts ?? []).map((contract) => [contract.id, contract.type]));
  for (const { variable, id } of terms) {
    if (variable === 'hydro_diversion' && withoutChannel.has(id)) {
      const message = `${field}: hydro ${id} has no diversion channel, so ${variable}(${id}) is 0`;
      report.warn('IncompatibleSettings', message, { ...at, suggestion: `Take ${variable}(${id}) out of it.` });
    }
    const type = typeOf.get(id);
    if (variable.startsWith('contract_') && type !== undefined && variable !== `contract_${type}`) {
      const message = `${field}: contract ${id} is an ${type}, so ${variable}(${id}) is 0`;
      report.warn('IncompatibleSettings', message, { ...at, suggestion: `Write contract_${type}(${id}).` });
    }
  }
}

/** Blocks that bounds and expressions name exist at the stages where the constraint has a bound. */
function checkBlocks(data: ParsedCase, report: Report, expressions: Map<number, [number, Expression]>): void {
  if (!data.stages || data.genericBounds === undefined) return;
  // Without the table no constraint has a bound.
  const table = data.genericBounds ?? { rows: 0, columns: NO_BOUNDS };
  const blocksOf = new Map(data.stages.stages.map((stage) => [stage.id, stage.blocks.length]));
  const { constraint_id, stage_id, block_id } = table.columns;
  const refused = new Set<number>();
  const bounded = new Set<number>();
  for (let row = 0; row < table.rows; row++) {
    const stage = stage_id[row];
    const blocks = blocksOf.get(stage);
    if (blocks === undefined) continue;
    bounded.add(constraint_id[row]);
    const block = block_id[row];
    if (block < 0 || block >= blocks) {
      report.error(
        'MissingReference',
        `${rowInWords(row)} of ${BOUNDS} names block ${block}, which stage ${stage} does not have`,
        {
          file: BOUNDS,
          field: 'block_id',
          value: block,
          context: { row, stage_id: stage },
          suggestion: `Stage ${stage} has the blocks 0 to ${blocks - 1}; no value means all of them.`,
        },
      );
    }
    const [i, expression] = expressions.get(constraint_id[row]) ?? [];
    const missing = expression?.terms.find((term) => term.block !== null && term.block >= blocks);
    if (i === undefined || missing === undefined || refused.has(i)) continue;
    refused.add(i);
    const field = `constraints[${i}].expression`;
    const name = `${missing.variable}(${missing.id}, ${missing.block})`;
    report.error(
      'MissingReference',
      `${field} names ${name}, but stage ${stage} has ${blocks === 1 ? '1 block' : `${blocks} blocks`}`,
      {
        file: GENERIC_CONSTRAINTS,
        field,
        value: missing.block,
        context: { stage_id: stage },
        suggestion: `Name a block from 0 to ${blocks - 1}, or give the constraint no bound at stage ${stage}.`,
      },
    );
  }
  for (const [id, [i]] of expressions) {
    if (bounded.has(id)) continue;
    report.warn('CoverageMismatch', `constraints[${i}] has no bound at any stage and so no effect`, {
      file: GENERIC_CONSTRAINTS,
      field: `constraints[${i}].id`,
      value: id,
      suggestion: `Add rows of constraint_id ${id} to ${BOUNDS}, or remove the constraint.`,
    });
  }
}
