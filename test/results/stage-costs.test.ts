import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stageSystem } from '#cobre/case/stage-system';
import { stageCosts } from '#cobre/results/stage-costs';
import type { ScenarioResult } from '#cobre/sddp/outcome';
import { makeRichScenario, makeRichStudy } from './rich-fixture.js';

const HOURS = [24, 8, 16, 2, 4, 18];
const STAGE_OF = [0, 1, 1, 2, 2, 2];

/** The objective of the stage problems, column by column; and the price of all that sources had available. */
function objective(result: ScenarioResult): { immediate: Float64Array; available: Float64Array } {
  const study = makeRichStudy();
  const immediate = new Float64Array(3);
  const available = new Float64Array(3);
  HOURS.forEach((h, row) => {
    const t = STAGE_OF[row];
    const { thermals, lines, buses, contracts, sources, hydros } = stageSystem(study, t);
    thermals.forEach(({ cost }, j) => {
      immediate[t] += h * cost * result.thermalGeneration[2 * row + j];
    });
    buses.forEach(({ excessCost }, b) => {
      immediate[t] += h * excessCost * result.excess[2 * row + b] + result.deficitCost[2 * row + b];
    });
    contracts.forEach(({ price }, c) => {
      immediate[t] += h * price * result.contractPower[2 * row + c];
    });
    immediate[t] += h * lines[0].exchangeCost * (result.flowDirect[row] + result.flowReverse[row]);
    immediate[t] -= h * sources[0].curtailmentCost * result.sourceGeneration[row];
    available[t] += h * sources[0].curtailmentCost * result.sourceAvailable[row];
    hydros.forEach(({ penalties: p }, n) => {
      const c = 3 * row + n;
      immediate[t] += h * (p.spillage * result.spilled[c] + p.diversion * result.diverted[c]);
      // Plant 30 has an FPHA at stage 2.
      if (n === 2 && t === 2) immediate[t] += h * p.fphaTurbined * result.turbined[c];
      immediate[t] += h * p.turbinedViolationBelow * result.turbinedBelow[c];
      immediate[t] += h * p.outflowViolationBelow * result.outflowBelow[c];
      immediate[t] += h * p.outflowViolationAbove * result.outflowAbove[c];
      immediate[t] += h * p.generationViolationBelow * result.generationBelow[c];
      // Twice the dearest deficit, and what the plant's least generation is worth; no generic constraint is on generation.
      immediate[t] += h * (2 * 500 + p.generationViolationBelow) * result.planesBelow[c];
    });
  });
  for (let c = 0; c < 9; c++) {
    const t = Math.floor(c / 3);
    const p = stageSystem(study, t).hydros[c % 3].penalties;
    immediate[t] += p.storageViolationBelow * result.storageBelow[c] + p.fillingTarget * result.fillingBelow[c];
    immediate[t] += 24 * p.inflowNonNegativity * result.inflowSlack[c];
    immediate[t] += 24 * p.evaporationBelow * result.evaporationBelow[c];
    immediate[t] += 24 * p.evaporationAbove * result.evaporationAbove[c];
    immediate[t] += 24 * p.withdrawalBelow * result.withdrawalBelow[c];
    immediate[t] += 24 * p.withdrawalAbove * result.withdrawalAbove[c];
  }
  const { below, above } = result.generic;
  immediate[1] += 10 * 8 * (below[1] + above[1]) + 10 * 16 * (below[2] + above[2]) + 5 * 16 * (below[3] + above[3]);
  immediate[0] += 10 * 24 * (below[0] + above[0]);
  return { immediate, available };
}

describe('stageCosts', () => {
  it('splits the objective without remainder, whatever was done at whatever price', () => {
    const amount = fc.double({ min: 0, max: 1e4, noNaN: true });
    const arrays = (of: object) =>
      fc.record(
        Object.fromEntries(
          Object.entries(of)
            .filter(([name, value]) => value instanceof Float64Array && name !== 'productivity')
            .map(([name, { length }]) => [
              name,
              fc.array(amount, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values)),
            ]),
        ),
      );
    const fixed = makeRichScenario(0);
    fc.assert(
      fc.property(arrays(fixed), arrays(fixed.generic), (values, slacks) => {
        const drawn = { ...fixed, ...values, generic: { ...fixed.generic, ...slacks } } as ScenarioResult;
        const sourceAvailable = drawn.sourceGeneration.map((mw, i) => mw + drawn.sourceCurtailed[i]);
        const result = { ...drawn, sourceAvailable };
        const { immediate, available } = objective(result);
        // A sum of parts, which are summed up in `hydroViolation`.
        const parts = ['turbinedBelow', 'outflowBelow', 'outflowAbove', 'generationBelow', 'evaporation', 'withdrawal'];
        const causes = Object.entries(stageCosts(makeRichStudy(), result)).filter(([name]) => !parts.includes(name));
        expect(causes).toHaveLength(13);
        // Exports may cancel imports: what the sums went through, at no more than 40 $/MWh and 18 h.
        const traded = 720 * result.contractPower.reduce((all, mw) => all + mw, 0);
        for (let t = 0; t < 3; t++) {
          const size = causes.reduce((all, [, cost]) => all + Math.abs(cost[t]), traded);
          const split = causes.reduce((all, [, cost]) => all + cost[t], 0);
          const whole = immediate[t] + available[t];
          expect(Math.abs(split - whole)).toBeLessThanOrEqual(1e-12 * (1 + size));
        }
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
