import type { Study } from '../case/study.js';
import { HM3_PER_M3S_HOUR } from '../lp/water-units.js';
import type { StageProblems } from './stage-problems.js';

/**
 * By stage: for each reservoir a bound on how much the cost-to-go after the stage can change with a unit of its storage
 * [$/hm3]; at the last stage `atEnd`, 0 where nothing comes after it.
 *
 * A unit less of water need cost no more than the dearest way to do without it: end the stage with less (worth what the
 * next stages can lose, and the penalty for storage below the minimum), buy it where inflow can be bought, or release
 * less: the energy is then not served, minimum flows are violated, and the plant downstream has a unit less. A unit more
 * can be kept, or spilled at every plant down to the sea. Of all these, the largest. The specification's
 * math/upper-bound-evaluation.md accumulates the largest penalty over the stages instead, which mixes $/MWh with $/hm3.
 */
export function lipschitzConstants(
  study: Study,
  { systems, parts }: StageProblems,
  atEnd?: Float64Array,
): Float64Array[] {
  const { stages, hydros } = study;
  const deepest = study.buses.map((bus) => bus.deficitSegments.reduce((most, { cost }) => Math.max(most, cost), 0));
  const after = stages.map(() => new Float64Array(hydros.length));
  if (atEnd !== undefined) after[stages.length - 1].set(atEnd);
  for (let t = stages.length - 2; t >= 0; t--) {
    const next = t + 1;
    const discount = stages[next].discount;
    const constants = after[t];
    const known = new Uint8Array(hydros.length);
    const constantOf = (h: number): number => {
      if (known[h] === 1) return constants[h];
      const hydro = systems[next].hydros[h];
      const made = parts[next].production[h];
      const p = hydro.penalties;
      const energy = deepest[hydro.bus] + (hydro.minGeneration > 0 ? p.generationViolationBelow : 0);
      const release =
        (made.kind === 'constant' ? made.productivity : 0) * energy +
        (hydro.minTurbined > 0 ? p.turbinedViolationBelow : 0) +
        (hydro.minOutflow > 0 ? p.outflowViolationBelow : 0);
      const spill = p.spillage + (hydro.maxOutflow === null ? 0 : p.outflowViolationAbove);
      const buys = ['penalty', 'truncation_with_penalty'].includes(study.config.inflowNonNegativity);
      const bought = buys ? p.inflowNonNegativity : 0;
      const below = hydro.downstream === null ? 0 : constantOf(hydro.downstream);
      const kept = discount * after[next][h] + (hydro.minStorage > 0 ? p.storageViolationBelow : 0);
      constants[h] = Math.max(
        kept,
        bought / HM3_PER_M3S_HOUR,
        release / HM3_PER_M3S_HOUR + below,
        spill / HM3_PER_M3S_HOUR + below,
      );
      known[h] = 1;
      return constants[h];
    };
    for (let h = 0; h < hydros.length; h++) constantOf(h);
  }
  return after;
}

/** What a case has that the constants above do not know, or `null`: then they cannot be told. */
export function whyNoConstants(study: Study, { systems, parts, states }: StageProblems): string | null {
  const some = (has: (system: StageProblems['systems'][number]) => boolean) => systems.some(has);
  if (states > study.hydros.length) return 'inflow that depends on earlier inflow';
  if (parts.some(({ production }) => production.some(({ kind }) => kind === 'fpha'))) return 'an FPHA';
  if (parts.some(({ evaporation }) => evaporation.some((each) => each !== null))) return 'evaporation';
  if (some(({ hydros }) => hydros.some(({ status }) => status !== 'operating')))
    return 'plants that enter or leave service';
  if (some(({ hydros }) => hydros.some(({ withdrawal }) => withdrawal !== 0))) return 'water withdrawal';
  if (some(({ hydros }) => hydros.some(({ maxDiversion }) => maxDiversion > 0))) return 'a diversion channel';
  if (some(({ pumps }) => pumps.length > 0)) return 'pumping stations';
  if (some(({ generic }) => generic.length > 0)) return 'generic constraints';
  if (study.stages.some(({ blockMode }) => blockMode === 'chronological')) return 'chronological blocks';
  return null;
}
