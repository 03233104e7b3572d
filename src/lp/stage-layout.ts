/** Where a quantity's columns or rows start, or -1 where the stage has none. */
type Start = number;

/** A row that a generic constraint has in a block, and its slack columns (-1: none). */
export interface GenericRow {
  /** Position of the constraint. */
  readonly constraint: number;
  readonly block: number;
  /** Right side of the constraint, as the case gives it. */
  readonly bound: number;
  readonly row: number;
  /** What is missing below the bound, and what is too much above it. */
  readonly below: number;
  readonly above: number;
}

/** Columns that only some hydros have: the first of each, or -1. */
export interface HydroSlacks {
  /** Per block: */
  readonly turbinedBelow: Int32Array;
  readonly outflowBelow: Int32Array;
  readonly outflowAbove: Int32Array;
  readonly generationBelow: Int32Array;
  /** Generation of plants with an FPHA. */
  readonly generation: Int32Array;
  /** How far its planes are below 0 [MW], of plants where they may be. */
  readonly planeSlack: Int32Array;
  readonly diverted: Int32Array;
  /** Storages at the end of all blocks but the last, of chronological blocks. */
  readonly storageSteps: Int32Array;
  /** Once a stage: */
  readonly storageBelow: Int32Array;
  readonly inflowSlack: Int32Array;
  readonly evaporation: Int32Array;
  readonly evaporationBelow: Int32Array;
  readonly evaporationAbove: Int32Array;
  readonly withdrawalBelow: Int32Array;
  readonly withdrawalAbove: Int32Array;
  /** What a filling reservoir keeps too little of during a stage, and lacks at the end of its filling [hm3]. */
  readonly retentionBelow: Int32Array;
  readonly fillingBelow: Int32Array;
}

/**
 * Column and row positions of one stage's linear program. Per-block groups are entity-major:
 * `start + entity * blocks + block`. What only some entities have is found through an index array (-1: none).
 */
export interface StageLayout extends HydroSlacks {
  readonly blocks: number;
  readonly hydros: number;
  readonly thermals: number;
  readonly lines: number;
  readonly buses: number;
  readonly contracts: number;
  readonly pumps: number;
  readonly sources: number;
  /** Variables of the state: one storage a hydro, then the memory. */
  readonly states: number;
  readonly memory: number;
  readonly columns: number;
  /** Rows without cuts. */
  readonly rows: number;
  // Columns.
  /** Incoming state, fixed by its bounds: its reduced costs are the cut's gradient. Storages, then memory. */
  readonly storageIn: Start;
  readonly memoryIn: Start;
  readonly storage: Start;
  /** Cost-to-go. */
  readonly theta: number;
  readonly turbined: Start;
  readonly spilled: Start;
  readonly thermal: Start;
  readonly flowDirect: Start;
  readonly flowReverse: Start;
  /** First deficit column of each bus; segments follow each other, `+ segment * blocks + block`. */
  readonly deficit: Int32Array;
  readonly excess: Start;
  readonly contract: Start;
  readonly pump: Start;
  /** Generation of the sources, and what they leave unused. */
  readonly source: Start;
  readonly curtailed: Start;
  /** Inflow of each hydro [m3/s]; -1 where nothing is remembered, for then it stands in the right-hand sides. */
  readonly inflow: Start;
  // Rows.
  /**
   * Rows whose right-hand side is random come first: the water balance of each hydro (where something is remembered: its
   * inflow), the load balance of each (bus, block), what is available of each (source, block).
   */
  readonly randomRows: number;
  readonly waterBalance: Start;
  /** Rows of a hydro's water balance: one, or one a block where blocks are chronological. */
  readonly waterRows: number;
  readonly inflowRow: Start;
  readonly loadBalance: Start;
  readonly sourceBalance: Start;
  readonly generic: readonly GenericRow[];
}
