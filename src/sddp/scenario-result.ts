/**
 * One simulated scenario. Rows run over (stage, block): row = blocks of earlier stages + block. Arrays per row and
 * entity are row-major (`[row * entities + entity]`), arrays per stage and entity likewise. What an entity does at a stage
 * where it does not exist is 0.
 */
export interface ScenarioResult {
  readonly scenario: number;
  /** Discounted to stage 0 [$]. */
  readonly totalCost: number;
  /** By stage: cost of the stage itself, undiscounted [$], and the cost-to-go its cuts gave, seen from the next stage [$]. */
  readonly immediateCost: Float64Array;
  readonly futureCost: Float64Array;
  /** By (row, hydro): flows [m3/s], generation [MW], slacks [m3/s] and generation slack [MW]. */
  readonly turbined: Float64Array;
  readonly spilled: Float64Array;
  readonly diverted: Float64Array;
  readonly generation: Float64Array;
  readonly turbinedBelow: Float64Array;
  readonly outflowBelow: Float64Array;
  readonly outflowAbove: Float64Array;
  readonly generationBelow: Float64Array;
  /** By (row, hydro): how far the planes of an FPHA lie below 0, which generation does not follow [MW]. */
  readonly planesBelow: Float64Array;
  /** By (row, hydro): dual of the water balance [$/hm3], negative where more water saves cost; with parallel blocks the same in all of them. */
  readonly waterValue: Float64Array;
  /** By (stage, hydro): incremental inflow and its slack [m3/s], storages at both ends of the stage and their slack [hm3]. */
  readonly inflow: Float64Array;
  readonly inflowSlack: Float64Array;
  readonly storageInitial: Float64Array;
  readonly storageFinal: Float64Array;
  readonly storageBelow: Float64Array;
  /** By (stage, hydro) [m3/s]: evaporation, NaN where it is not modelled, and how far it is off its model. */
  readonly evaporation: Float64Array;
  readonly evaporationBelow: Float64Array;
  readonly evaporationAbove: Float64Array;
  /** By (stage, hydro) [m3/s]: how much less or more was withdrawn than scheduled. */
  readonly withdrawalBelow: Float64Array;
  readonly withdrawalAbove: Float64Array;
  /** By (stage, hydro) [hm3]: what a filling reservoir kept too little of, and lacked at the end of its filling. */
  readonly fillingBelow: Float64Array;
  /**
   * By (stage, hydro): generation per turbined flow [MW/(m3/s)], NaN for a plant with an FPHA. Where it follows the storage it
   * is that of the storage that the stage begins with, else the same in all scenarios.
   */
  readonly productivity: Float64Array;
  /** By (stage, memory variable): what the state remembered of inflow as the stage began [m3/s]; see `InflowModel.memory`. */
  readonly memory: Float64Array;
  /** By (row, thermal) [MW]. */
  readonly thermalGeneration: Float64Array;
  /** By (row, line) [MW], at the sending end. */
  readonly flowDirect: Float64Array;
  readonly flowReverse: Float64Array;
  /** By (row, bus): [MW], cost of the deficit [$], price [$/MWh]. */
  readonly load: Float64Array;
  readonly deficit: Float64Array;
  readonly deficitCost: Float64Array;
  readonly excess: Float64Array;
  readonly spotPrice: Float64Array;
  /** By (row, contract): power bought or sold [MW], at least 0 unless the contract says otherwise. */
  readonly contractPower: Float64Array;
  /** By (row, pumping station) [m3/s]. */
  readonly pumped: Float64Array;
  /** By (row, source) [MW]. */
  readonly sourceAvailable: Float64Array;
  readonly sourceGeneration: Float64Array;
  readonly sourceCurtailed: Float64Array;
  readonly generic: GenericSlacks;
  /** What the solver did at each stage of the scenario, as `packCounters` writes it. Times differ from run to run. */
  readonly solver: Float64Array;
}

/** Slacks of the generic constraints' rows, stage after stage: rows of stage t are `first[t] <= i < first[t + 1]`. */
export interface GenericSlacks {
  readonly first: Int32Array;
  /** Position of the constraint, and block of the row. The same in all scenarios. */
  readonly constraint: Int32Array;
  readonly block: Int32Array;
  /** What is missing below the bound, and what is too much above it, in the constraint's unit; 0 where it is hard. */
  readonly below: Float64Array;
  readonly above: Float64Array;
}
