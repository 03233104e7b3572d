import type { Comm } from '../comm/communicator.js';
import { CobreError } from '../errors.js';
import { BASIC, type StageSolver } from '../lp/stage-solver.js';
import type { StageLayout } from '../lp/stage-template.js';
import { Blackboard } from './blackboard.js';
import type { StageBasis, StoredBases } from './outcome.js';
import type { StageProblems } from './stage-problems.js';

/**
 * Trajectories with a basis of their own; the others start from one of these. Bounds the store's memory without
 * making what is in it depend on anything but the problem.
 */
const MOST_SLOTS = 64;

/** HiGHS' code of a variable at its lower bound. */
const AT_LOWER = 0;

/**
 * The basis that each (trajectory, stage) ended with in the last forward pass, on all ranks: where every unit of work
 * that solves this stage for this trajectory starts. A forward pass reads one board and fills the other: trajectories
 * share slots, and whether one finds what another of the same pass has left there would depend on who came first.
 */
export class BasisStore {
  readonly slots: number;
  readonly #comm: Comm;
  readonly #problems: StageProblems;
  /** Of the last forward pass, and of the one under way. */
  #last: Blackboard<Uint8Array>;
  #next: Blackboard<Uint8Array>;
  /** Where each stage's basis starts inside a slot. */
  #offsets: number[];
  /** Rows that the stored bases know, per stage; 0 before the first forward pass. */
  readonly #rows: Int32Array;

  constructor(comm: Comm, problems: StageProblems, trajectories: number, cutCapacity: number) {
    this.#comm = comm;
    this.#problems = problems;
    this.slots = Math.min(trajectories, MOST_SLOTS);
    this.#rows = new Int32Array(problems.stages);
    [this.#last, this.#next, this.#offsets] = this.#allocate(cutCapacity);
  }

  #allocate(cutCapacity: number): [Blackboard<Uint8Array>, Blackboard<Uint8Array>, number[]] {
    const offsets: number[] = [];
    let size = 0;
    for (const { layout } of this.#problems.templates) {
      offsets.push(size);
      size += layout.columns + layout.rows + cutCapacity;
    }
    const board = () => new Blackboard(this.#comm, Uint8Array, this.slots, size);
    return [board(), board(), offsets];
  }

  /** Follows the cut pool's growth. Collective. */
  grow(cutCapacity: number): void {
    const [old, from] = [this.#last, this.#offsets];
    const [board, next, to] = this.#allocate(cutCapacity);
    for (let slot = 0; slot < this.slots; slot++) {
      for (let t = 0; t < this.#problems.stages; t++) {
        const at = slot * old.stride + from[t];
        const length = this.#problems.templates[t].layout.columns + this.#rows[t];
        board.data.set(old.data.subarray(at, at + length), slot * board.stride + to[t]);
      }
    }
    this.#comm.barrier();
    this.release();
    this.#last = board;
    this.#next = next;
    this.#offsets = to;
  }

  /** The board that the forward pass under way fills. */
  get board(): Blackboard<Uint8Array> {
    return this.#next;
  }

  /** Starts a unit on `solver` from the basis stored for (trajectory, stage), or from scratch before there is one. */
  begin(solver: StageSolver, trajectory: number, stage: number): void {
    const rows = this.#rows[stage];
    if (rows === 0) solver.begin(null);
    else solver.begin(this.#last.data, this.#at(trajectory, stage), rows);
  }

  /** Keeps the solver's basis for (trajectory, stage), if the trajectory has a slot of its own. */
  keep(solver: StageSolver, trajectory: number, stage: number): void {
    if (trajectory < this.slots) solver.readBasis(this.#next.data, this.#at(trajectory, stage));
  }

  /** Makes the bases of the forward pass under way the last one's, on every rank; tells how many rows they know. */
  commit(rowsOfStage: (stage: number) => number): void {
    [this.#last, this.#next] = [this.#next, this.#last];
    for (let t = 0; t < this.#rows.length; t++) this.#rows[t] = rowsOfStage(t);
  }

  /**
   * Takes the rows of cuts that go out of all bases of the last forward pass. `kept[t]` has a 1 for each cut row of stage
   * t that stays, in the order of the rows, and may go on beyond the rows that the bases know; `null` keeps all.
   * A cut that was binding hands its place to one that was not, so that as many variables stay basic as there are rows:
   * the next newer one, as it is newer cuts that take the place of older ones, else the next older one, else the
   * cost-to-go itself, which then lies at its bound, else another column. Collective.
   */
  keepCutRows(kept: readonly (Uint8Array | null)[]): void {
    const rowsAfter = this.#rows.slice();
    this.#problems.templates.forEach(({ layout }, t) => {
      const keep = kept[t] ?? null;
      const cutRows = this.#rows[t] - layout.rows;
      for (let slot = 0; slot < this.slots; slot++) {
        const at = this.#at(slot, t);
        const all = this.#last.data.slice(at, at + (this.#rows[t] === 0 ? 0 : layout.columns + this.#rows[t]));
        const basis = keep === null || cutRows <= 0 ? all : withoutRows(all, layout, keep.subarray(0, cutRows));
        // Where memory is shared all ranks write the same bytes to the same place, none of which anybody reads yet.
        this.#next.data.set(basis, at);
        if (basis.length > 0) rowsAfter[t] = basis.length - layout.columns;
      }
    });
    [this.#last, this.#next] = [this.#next, this.#last];
    this.#rows.set(rowsAfter);
    this.#comm.barrier();
  }

  #at(trajectory: number, stage: number): number {
    return (trajectory % this.slots) * this.#last.stride + this.#offsets[stage];
  }

  /** A private copy of all bases of the last forward pass. */
  exportAll(): StoredBases {
    const statuses = this.#problems.templates.map(({ layout }, t) => {
      const length = this.#rows[t] === 0 ? 0 : layout.columns + this.#rows[t];
      const all = new Uint8Array(this.slots * length);
      for (let slot = 0; slot < this.slots; slot++) {
        const at = this.#at(slot, t);
        all.set(this.#last.data.subarray(at, at + length), slot * length);
      }
      return all;
    });
    return { slots: this.slots, rows: this.#rows.slice(), statuses };
  }

  /**
   * Goes on from `bases`, which know no more cut rows than there is capacity for. Collective.
   * @throws CobreError `CheckpointFailed` when they are of other stage problems
   */
  restore(bases: StoredBases): void {
    this.#problems.templates.forEach(({ layout }, t) => {
      const rows = bases.rows[t];
      const length = rows === 0 ? 0 : layout.columns + rows;
      const fits = bases.slots === this.slots && bases.statuses[t]?.length === this.slots * length;
      if (fits && (rows === 0 || rows >= layout.rows)) return;
      throw new CobreError('CheckpointFailed', `the checkpoint's bases of stage ${t} do not fit the stage problem`, {
        field: 'policy.mode',
        suggestion: 'Train anew with this version (policy.mode "fresh"), or from the cuts alone ("warm_start").',
        context: { stage: t },
      });
    });
    bases.statuses.forEach((all, t) => {
      this.#rows[t] = bases.rows[t];
      const length = all.length / this.slots;
      for (let slot = 0; slot < this.slots; slot++) {
        this.#last.data.set(all.subarray(slot * length, (slot + 1) * length), this.#at(slot, t));
      }
    });
    this.#comm.barrier();
  }

  /** The first trajectory's bases: where a simulation of the policy starts. */
  export(): (StageBasis | null)[] {
    return this.#problems.templates.map(({ layout }, t) => {
      const rows = this.#rows[t];
      if (rows === 0) return null;
      const at = this.#at(0, t);
      const columns = this.#last.data.slice(at, at + layout.columns);
      return {
        columns: new Uint8Array(columns),
        rows: new Uint8Array(this.#last.data.slice(at + layout.columns, at + layout.columns + rows)),
        cutRows: rows - layout.rows,
      };
    });
  }

  release(): void {
    this.#last.release();
    this.#next.release();
  }
}

/** A basis without the cut rows that are not kept; how many variables are basic follows the number of rows. */
function withoutRows(basis: Uint8Array, layout: StageLayout, keep: Uint8Array): Uint8Array {
  const { columns, rows, theta } = layout;
  const repaired = basis.slice();
  const first = columns + rows;
  const takesOver = (k: number) => keep[k] === 1 && repaired[first + k] === BASIC;
  for (let k = 0; k < keep.length; k++) {
    if (keep[k] === 1 || basis[first + k] === BASIC) continue;
    let heir = k + 1;
    while (heir < keep.length && !takesOver(heir)) heir++;
    if (heir === keep.length) for (heir = k - 1; heir >= 0 && !takesOver(heir); ) heir--;
    if (heir >= 0) repaired[first + heir] = AT_LOWER;
    else {
      const column = repaired[theta] === BASIC ? theta : repaired.lastIndexOf(BASIC, columns - 1);
      if (column >= 0) repaired[column] = AT_LOWER;
    }
  }
  const remaining = Array.from(repaired).filter((_, i) => i < first || keep[i - first] === 1);
  return Uint8Array.from(remaining);
}
