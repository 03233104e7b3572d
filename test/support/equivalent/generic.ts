import type { GenericVariable } from '#cobre/case/study';
import type { Plant } from './hydro.js';
import type { Network } from './network.js';
import type { NodeScope } from './node.js';
import { type Expression, minus, sum, times, ZERO } from './program.js';

/** Constraints of the user on the stage's variables, where they have a bound. */
export function addGenericConstraints(scope: NodeScope, plants: readonly Plant[], network: Network): void {
  const { program, study, stage, system, slack } = scope;
  const quantity = variables(scope, plants, network);
  for (const { constraint, block, bound } of system.generic) {
    const { terms, constant, sense, slackPenalty } = study.genericConstraints[constraint];
    const rows = block === null ? stage.blocks.map((_, k) => k) : [block];
    for (const k of rows) {
      const own = terms.map((term) => times(term.coefficient, quantity[term.variable](term.entity, term.block ?? k)));
      const left = [...own, { terms: [], constant }];
      if (slackPenalty !== null) {
        const price = slackPenalty * stage.blocks[k].hours;
        if (sense !== '<=') left.push(slack(price));
        if (sense !== '>=') left.push(times(-1, slack(price)));
      }
      program.constrain(sense === '<=' ? -Infinity : bound, sum(left), sense === '>=' ? Infinity : bound);
    }
  }
}

/** The expression that each name of the grammar stands for, by entity and block. */
function variables(
  { system }: NodeScope,
  plants: readonly Plant[],
  network: Network,
): Record<GenericVariable, (entity: number, k: number) => Expression> {
  const present = (h: number) => system.hydros[h].status !== 'absent';
  const contract = (type: 'import' | 'export') => (c: number, k: number) =>
    system.contracts[c].type === type ? network.contracted[c][k] : ZERO;
  return {
    hydro_storage: (h) => (present(h) ? plants[h].storageAfter : ZERO),
    hydro_turbined: (h, k) => plants[h].turbined[k],
    hydro_spillage: (h, k) => plants[h].spilled[k],
    hydro_diversion: (h, k) => plants[h].diverted[k],
    hydro_outflow: (h, k) => sum([plants[h].turbined[k], plants[h].spilled[k]]),
    hydro_generation: (h, k) => plants[h].generation[k],
    hydro_evaporation: (h) => plants[h].evaporation,
    hydro_withdrawal: (h) => plants[h].withdrawal,
    thermal_generation: (j, k) => network.thermal[j][k],
    line_direct: (l, k) => network.direct[l][k],
    line_reverse: (l, k) => network.reverse[l][k],
    line_exchange: (l, k) => minus(network.direct[l][k], network.reverse[l][k]),
    bus_deficit: (b, k) => network.deficit[b][k],
    bus_excess: (b, k) => network.excess[b][k],
    pumping_flow: (p, k) => network.pumped[p][k],
    pumping_power: (p, k) => times(system.pumps[p].consumption, network.pumped[p][k]),
    contract_import: contract('import'),
    contract_export: contract('export'),
    non_controllable_generation: (r, k) => network.used[r][k],
    non_controllable_curtailment: (r, k) => network.curtailed[r][k],
  };
}
