import { type StageSystem, stageSystem } from '#cobre/case/stage-system';
import type { Stage, Study } from '#cobre/case/study';
import { addGenericConstraints } from './generic.js';
import { addPlants } from './hydro.js';
import type { FittedModels, Openings } from './models.js';
import { addNetwork } from './network.js';
import { type Expression, type LinearProgram, sum, times } from './program.js';
import { addBalances } from './water.js';

/** What is known where a node is added: its stage, its opening and what its predecessor left. */
export interface NodeData {
  readonly t: number;
  readonly opening: number;
  /** Realised inflow of the node by hydro [m3/s]. */
  readonly inflow: readonly number[];
  /** Storage that the predecessor left by hydro [hm3]. */
  readonly storageBefore: readonly Expression[];
}

/** What the parts of a node's problem have in common. */
export interface NodeScope extends NodeData {
  readonly program: LinearProgram;
  readonly study: Study;
  readonly models: FittedModels;
  readonly openings: Openings;
  readonly stage: Stage;
  readonly system: StageSystem;
  /** Adds `price` times a quantity to the node's cost; its prices for an hour are multiplied by the caller. */
  pay(price: number, quantity: Expression): void;
  /** A new quantity above 0, each unit at `price`. */
  slack(price: number): Expression;
}

export interface AddedNode {
  /** Cost of the stage alone, neither discounted nor weighted [$]. */
  readonly cost: Expression;
  /** Storage at the end of the stage by hydro [hm3]. */
  readonly storageAfter: readonly Expression[];
}

/** Adds the variables and constraints of one point of the scenario tree. */
export function addNode(
  program: LinearProgram,
  study: Study,
  openings: Openings,
  models: FittedModels,
  data: NodeData,
): AddedNode {
  const costs: Expression[] = [];
  const pay = (price: number, quantity: Expression) => {
    if (price !== 0) costs.push(times(price, quantity));
  };
  const scope: NodeScope = {
    ...data,
    program,
    study,
    models,
    openings,
    stage: study.stages[data.t],
    system: stageSystem(study, data.t),
    pay,
    slack: (price) => {
      const quantity = program.variable(0, Infinity);
      pay(price, quantity);
      return quantity;
    },
  };
  const plants = addPlants(scope);
  const network = addNetwork(scope, plants);
  addBalances(scope, plants, network.pumped);
  addGenericConstraints(scope, plants, network);
  return { cost: sum(costs), storageAfter: plants.map(({ storageAfter }) => storageAfter) };
}
