import type { HydroAtStage } from '#cobre/case/stage-system';
import { buysInflow } from './models.js';
import type { NodeScope } from './node.js';
import { type Expression, fixed, minus, sum, times, ZERO } from './program.js';

/** What a plant does at a node; all 0 where it is not there. Flows [m3/s] and power [MW] by block. */
export interface Plant {
  readonly storageAfter: Expression;
  /** Storage at the start of the first block and at the end of each [hm3]: of parallel blocks, of the stage's end. */
  readonly levels: readonly Expression[];
  readonly turbined: readonly Expression[];
  readonly spilled: readonly Expression[];
  readonly diverted: readonly Expression[];
  readonly generation: readonly Expression[];
  /** At a constant rate over the stage [m3/s]. */
  readonly evaporation: Expression;
  readonly withdrawal: Expression;
  readonly boughtInflow: Expression;
}

export function addPlants(scope: NodeScope): Plant[] {
  return scope.system.hydros.map((hydro, h) =>
    hydro.status === 'absent' ? absentPlant(scope, h) : addPlant(scope, hydro, h),
  );
}

/** Water runs past the place, and what storage was left there stays. */
function absentPlant({ stage, storageBefore }: NodeScope, h: number): Plant {
  const none = stage.blocks.map(() => ZERO);
  return {
    storageAfter: storageBefore[h],
    levels: [storageBefore[h]],
    turbined: none,
    spilled: none,
    diverted: none,
    generation: none,
    evaporation: ZERO,
    withdrawal: ZERO,
    boughtInflow: ZERO,
  };
}

function addPlant(scope: NodeScope, hydro: HydroAtStage, h: number): Plant {
  const { program, study, stage, slack, pay, storageBefore } = scope;
  const levels = addLevels(scope, hydro, h);
  const storageAfter = levels[levels.length - 1];
  if (hydro.status === 'filling') addFilling(scope, hydro, storageBefore[h], storageAfter);
  else {
    const missing = program.variable(0, hydro.minStorage);
    pay(hydro.penalties.storageViolationBelow, missing);
    program.constrain(hydro.minStorage, sum([storageAfter, missing]), Infinity);
  }

  const flows = stage.blocks.map(({ hours }, k) => {
    const spilled = slack(hydro.penalties.spillage * hours);
    const works = hydro.status === 'operating' ? addTurbines(scope, hydro, h, k, spilled, levels) : null;
    const outflow = works === null ? spilled : sum([works.turbined, spilled]);
    program.constrain(hydro.minOutflow, sum([outflow, slack(hydro.penalties.outflowViolationBelow * hours)]), Infinity);
    if (hydro.maxOutflow !== null) {
      const above = slack(hydro.penalties.outflowViolationAbove * hours);
      program.constrain(-Infinity, minus(outflow, above), hydro.maxOutflow);
    }
    return {
      spilled,
      turbined: works?.turbined ?? ZERO,
      generation: works?.generation ?? ZERO,
      diverted: works?.diverted ?? ZERO,
    };
  });

  return {
    storageAfter,
    levels,
    turbined: flows.map(({ turbined }) => turbined),
    spilled: flows.map(({ spilled }) => spilled),
    diverted: flows.map(({ diverted }) => diverted),
    generation: flows.map(({ generation }) => generation),
    evaporation: addEvaporation(scope, hydro, h, storageAfter),
    withdrawal: addWithdrawal(scope, hydro),
    boughtInflow: buysInflow(study) ? slack(hydro.penalties.inflowNonNegativity * stage.hours) : ZERO,
  };
}

function addLevels({ program, stage, storageBefore }: NodeScope, hydro: HydroAtStage, h: number): Expression[] {
  const ends = stage.blockMode === 'chronological' ? stage.blocks.length : 1;
  return [storageBefore[h], ...Array.from({ length: ends }, () => program.variable(0, hydro.maxStorage))];
}

/** Storage at the start and at the end of what block `k` knows: its own, or those of the stage. */
function around(levels: readonly Expression[], k: number): readonly [Expression, Expression] {
  return levels.length === 2 ? [levels[0], levels[1]] : [levels[k], levels[k + 1]];
}

/** A reservoir on its way to the least storage: it keeps so much water, and is full when it begins to operate. */
function addFilling({ program, stage, slack }: NodeScope, hydro: HydroAtStage, before: Expression, after: Expression) {
  const price = hydro.penalties.fillingTarget;
  if (hydro.fillingInflow > 0) {
    const kept = 0.0036 * stage.hours * hydro.fillingInflow;
    program.constrain(kept, sum([minus(after, before), slack(price)]), Infinity);
  }
  if (hydro.fillingEnds) program.constrain(hydro.minStorage, sum([after, slack(price)]), Infinity);
}

function addTurbines(
  { program, study, models, system, stage, t, slack, pay }: NodeScope,
  hydro: HydroAtStage,
  h: number,
  k: number,
  spilled: Expression,
  levels: readonly Expression[],
): { turbined: Expression; generation: Expression; diverted: Expression } {
  const { hours } = stage.blocks[k];
  const { penalties } = hydro;
  const planes = models.planes?.(t, h) ?? null;
  let turbined: Expression;
  let generation: Expression;
  if (planes === null) {
    const productivity = models.productivity?.(t, h) ?? hydro.productivity;
    const byPower = productivity > 0 ? hydro.maxGeneration / productivity : Infinity;
    turbined = program.variable(0, Math.min(hydro.maxTurbined, byPower));
    generation = times(productivity, turbined);
  } else {
    turbined = program.variable(0, hydro.maxTurbined);
    pay(penalties.fphaTurbined * hours, turbined);
    generation = program.variable(0, hydro.maxGeneration);
    const mean = times(0.5, sum(around(levels, k)));
    // Planes may fall below 0, generation may not: what they lack costs more than any MWh can be worth here.
    const deficits = system.buses.flatMap((bus) => bus.deficitSegments.map(({ cost }) => cost));
    const wishes = system.generic.flatMap(({ constraint }) => {
      const { terms, slackPenalty } = study.genericConstraints[constraint];
      return terms
        .filter(
          ({ variable, entity }) => variable === 'bus_deficit' || (variable === 'hydro_generation' && entity === h),
        )
        .map(
          ({ coefficient, block }) =>
            Math.abs(coefficient) *
            (slackPenalty ?? 0) *
            (block === null ? 1 : stage.hours / stage.blocks[block].hours),
        );
    });
    const worth = wishes.reduce((total, wish) => total + wish, penalties.generationViolationBelow);
    const lack = slack((2 * Math.max(0, ...deficits) + worth) * hours);
    for (const { gamma0, gammaV, gammaQ, gammaS } of planes) {
      const most = sum([fixed(gamma0), times(gammaV, mean), times(gammaQ, turbined), times(gammaS, spilled), lack]);
      program.constrain(-Infinity, minus(generation, most), 0);
    }
  }
  program.constrain(hydro.minTurbined, sum([turbined, slack(penalties.turbinedViolationBelow * hours)]), Infinity);
  program.constrain(
    hydro.minGeneration,
    sum([generation, slack(penalties.generationViolationBelow * hours)]),
    Infinity,
  );
  const diverted = hydro.diversion === null ? ZERO : program.variable(0, hydro.maxDiversion);
  pay(penalties.diversion * hours, diverted);
  return { turbined, generation, diverted };
}

function addEvaporation(
  { program, models, stage, t, slack, storageBefore }: NodeScope,
  hydro: HydroAtStage,
  h: number,
  storageAfter: Expression,
): Expression {
  const line = models.evaporation?.(t, h) ?? null;
  if (line === null) return ZERO;
  const ends = [line.k0, line.k0 + line.kV * hydro.maxStorage];
  const evaporation = program.variable(Math.min(0, ...ends), 2 * Math.max(0, ...ends));
  const modelled = sum([fixed(line.k0), times(line.kV / 2, sum([storageBefore[h], storageAfter]))]);
  const below = slack(hydro.penalties.evaporationBelow * stage.hours);
  const above = slack(hydro.penalties.evaporationAbove * stage.hours);
  program.constrain(0, sum([minus(evaporation, modelled), below, times(-1, above)]), 0);
  return evaporation;
}

function addWithdrawal({ stage, slack }: NodeScope, hydro: HydroAtStage): Expression {
  if (hydro.withdrawal === 0) return ZERO;
  const below = slack(hydro.penalties.withdrawalBelow * stage.hours);
  const above = slack(hydro.penalties.withdrawalAbove * stage.hours);
  return sum([fixed(hydro.withdrawal), times(-1, below), above]);
}
