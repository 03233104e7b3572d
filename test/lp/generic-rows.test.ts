import { describe, expect, test } from 'vitest';
import type { GenericConstraint, GenericTerm } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import { bounded, makeContract, makeGeneric, type RichParts, term } from '../support/make-rich-study.js';
import { makeHydro, makeStages, makeThermal } from '../support/small-study.js';
import { boundOf } from '../support/stage-cost.js';

describe('a generic constraint', () => {
  const capped = (parts: RichParts, terms: readonly GenericTerm[], sense: GenericConstraint['sense'], bound: number) =>
    boundOf({
      stages: makeStages(1, 1, [100]),
      thermals: [makeThermal({ maxMw: 100, cost: 20 }), makeThermal({ id: 1, maxMw: 100, cost: 50 })],
      loadMean: [[30]],
      ...parts,
      genericConstraints: [makeGeneric(terms, sense)],
      changes: [{ generic: bounded(bound) }],
    });

  test('counts no water in the reservoir of a plant that is not there', async () => {
    const hydros = [makeHydro({ maxStorage: 100, service: { from: 1, until: ALWAYS.until } })];
    const terms = [term('thermal_generation', 0), term('hydro_storage', 0)];
    const cost = await capped({ hydros, initialStorage: [40] }, terms, '<=', 12);
    expect(cost).toBeCloseTo(100 * (20 * 12 + 50 * 18), 3);
  });

  test.each([
    ['contract_import', 'import', 20],
    ['contract_export', 'export', 20],
    ['contract_import', 'export', 12],
    ['contract_export', 'import', 12],
  ] as const)('on %s of an %s contract', async (variable, type, cheap) => {
    // The contract is obliged to 8 MW; where the name is its own, they count against it, else they are none of its business.
    const contracts = [makeContract({ type, minMw: 8, maxMw: 8, price: 0 })];
    const terms = [term('thermal_generation', 0), term(variable, 0, -1)];
    const rest = (type === 'import' ? 30 - 8 : 30 + 8) - cheap;
    expect(await capped({ contracts }, terms, '<=', 12)).toBeCloseTo(100 * (20 * cheap + 50 * rest), 3);
  });
});
