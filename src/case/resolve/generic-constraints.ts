import { parseExpression } from '../generic-expression.js';
import type { CompleteCase } from '../parsed-case.js';
import type { GenericConstraint, GenericVariable } from '../study.js';
import type { EntityIndices } from './changes.js';
import { at, type Index, sortedById } from './positions.js';

/** Generic constraints by id, their expressions read and resolved to positions. */
export function buildGenericConstraints(data: CompleteCase, index: Omit<EntityIndices, 'constraints'>) {
  return sortedById(data.genericConstraints?.constraints ?? []).map((constraint): GenericConstraint => {
    const parsed = parseExpression(constraint.expression);
    if (!parsed.ok) throw new Error(`the expression of constraint ${constraint.id} has passed validation`);
    const { terms, constant } = parsed.expression;
    return {
      id: constraint.id,
      name: constraint.name,
      sense: constraint.sense,
      terms: terms.map(({ coefficient, variable, id, block }) => ({
        coefficient,
        variable,
        entity: at(index[ENTITIES[variable]] as Index, id),
        block,
      })),
      constant,
      slackPenalty: constraint.slack.enabled ? (constraint.slack.penalty ?? null) : null,
    };
  });
}

/** What a variable belongs to. */
export const ENTITIES = {
  hydro_storage: 'hydros',
  hydro_turbined: 'hydros',
  hydro_spillage: 'hydros',
  hydro_diversion: 'hydros',
  hydro_outflow: 'hydros',
  hydro_generation: 'hydros',
  hydro_evaporation: 'hydros',
  hydro_withdrawal: 'hydros',
  thermal_generation: 'thermals',
  line_direct: 'lines',
  line_reverse: 'lines',
  line_exchange: 'lines',
  bus_deficit: 'buses',
  bus_excess: 'buses',
  pumping_flow: 'pumps',
  pumping_power: 'pumps',
  contract_import: 'contracts',
  contract_export: 'contracts',
  non_controllable_generation: 'sources',
  non_controllable_curtailment: 'sources',
} as const satisfies Record<GenericVariable, Exclude<keyof EntityIndices, 'stages' | 'constraints'>>;
