import { availableParallelism } from 'node:os';
import { type CommError, collectiveFailed } from '../errors.js';
import { GATE_WORD, GENERATION, LEFT, LINE_WORDS, PARKED_WORD, POISON_WORD } from './control-region.js';
import { type Parking, threadParking } from './parking.js';
import { loadPeerCopy } from './peer-copy.js';
import { poison, poisonError, wakeAll } from './poison.js';

/**
 * Most looks at the others before parking, where every rank has a core: about half a millisecond. Two ranks that have
 * landed on the same core get apart only if both want to run for long enough that the operating system sees it.
 */
const MOST_SPINS = 65_536;
/** Fewest looks: about the time that waking a parked rank takes. With fewer, ranks that wake each other keep parking. */
const FEWEST_SPINS = 1_024;
/** Looks where ranks share cores: whoever is waited for may need this very core. */
const SPINS_OVERSUBSCRIBED = 32;
/** Looks where ranks share cores and can yield them between looks. */
const YIELDS = 256;
/** Where spinning has become short because it was in vain, every so many parkings try the long way again. */
const PROBE_INTERVAL = 16;
/** A broken gang is noticed after so many looks. A power of two. */
const POISON_CHECK_INTERVAL = 64;

/**
 * The one way in which ranks of a communicator wait for each other.
 *
 * Each rank counts its arrivals: its generation. To arrive at generation g a rank stores g into its own line
 * (the one of g's parity) and then looks at the lines of all ranks until each holds g. Nobody writes into another
 * rank's line, so an arrival costs one store and each look one load per rank.
 *
 * **No rank passes early.** A rank passes g only after it has read g in every line, and each rank stores g only
 * when it arrives at g. While this rank waits for g nobody can be past g + 1, since passing g + 1 would need this
 * rank's g + 1; so the line of g's parity holds either g - 2 (not arrived) or g (arrived) and is not reused
 * before everybody has passed g. Hence equality is the whole test, and counting may wrap around at 2^32: g - 2
 * and g differ in any case. For the same reason, what a rank wrote before it stored g stays untouched until all
 * ranks have arrived at g + 1: that is what makes the double buffer of the collectives safe.
 *
 * **No wake-up is lost.** All operations below are `Atomics`, hence in one total order. Let X be the rank whose
 * store of g comes last in it. X's first look sees every line at g, and after it X reads the number of parked
 * ranks. A waiter W adds itself to that number, reads the gate, looks at all lines, and parks only if a line is
 * missing, that is, if its look comes before X's store. Then its addition also comes before X's reading, X finds a
 * parked rank, changes the gate and wakes. Going to sleep (`Parking.sleep`) compares the gate with what W read before its look:
 * if X's change came in between, W does not sleep at all; otherwise W sleeps and is woken. Only ranks whose first
 * look succeeds need to do this, X being one of them; those who had to wait send nothing. Where nobody parks, no
 * system call happens.
 *
 * All this takes it that a rank which has arrived at g writes to no line or slot until it has passed g. A rank whose waiting has
 * failed has not passed g, so slower ranks may still read the lines and slots that its next call would write to: it
 * must not make one (`refuseAfterFailure`).
 *
 * `docs/models` has this as a model that is checked by machine.
 *
 * The gate is shared by all communicators of a gang. A rank may so be woken for nothing; it looks again and parks.
 */
export class GenerationBarrier {
  readonly #words: Int32Array;
  /** Index of the first word of rank 0's even line. */
  readonly #lines: number;
  readonly #rank: number;
  readonly #size: number;
  readonly #timeoutMs: number;
  readonly #oversubscribed: boolean;
  readonly #parking: Parking;
  #generation: number;
  #spins: number;
  #parkings = 0;
  /** The first rank that had not come when this one announced itself; -1 when all were there. */
  #missing = -1;
  /** Where ranks share cores: how to let another one run. */
  readonly #yieldCore: (() => void) | null;
  /** Why this rank has stopped waiting for the others. */
  #failure: CommError | null = null;

  constructor(
    words: Int32Array,
    linesOffsetBytes: number,
    rank: number,
    size: number,
    timeoutMs: number,
    initialGeneration = 0,
    parking: Parking = threadParking,
  ) {
    this.#words = words;
    this.#lines = linesOffsetBytes / Int32Array.BYTES_PER_ELEMENT;
    this.#rank = rank;
    this.#size = size;
    this.#timeoutMs = timeoutMs;
    this.#generation = initialGeneration | 0;
    this.#parking = parking;
    this.#oversubscribed = size > availableParallelism();
    this.#yieldCore = this.#oversubscribed ? (loadPeerCopy()?.yieldCore ?? null) : null;
    this.#spins = this.#oversubscribed ? SPINS_OVERSUBSCRIBED : MOST_SPINS;
  }

  /** Sets both lines of every rank to a generation that nobody waits for. Before any rank starts. */
  static initialise(words: Int32Array, linesOffsetBytes: number, size: number, initialGeneration = 0): void {
    const first = linesOffsetBytes / Int32Array.BYTES_PER_ELEMENT;
    for (let line = 0; line < 2 * size; line++) words[first + line * LINE_WORDS + GENERATION] = initialGeneration | 0;
  }

  /** Parity of the generation that the next arrival will have: which of the two lines and slots to fill. */
  get nextParity(): 0 | 1 {
    return ((this.#generation + 1) & 1) as 0 | 1;
  }

  /** Parity of the generation of the last arrival. */
  get parity(): 0 | 1 {
    return (this.#generation & 1) as 0 | 1;
  }

  /** Index of the first word of rank 0's line of the given parity; the other ranks' follow, one line each. */
  firstLineWord(parity: number): number {
    return this.#lines + parity * this.#size * LINE_WORDS;
  }

  /**
   * Arrives at the next generation and returns once every rank has.
   * @throws CommError `CollectiveFailed` when a rank is known to have failed or left, or does not come in time. Then
   * this rank can never arrive again.
   */
  arrive(operation: string): void {
    this.announce(operation);
    if (this.#missing >= 0) this.complete(operation);
  }

  /**
   * The first half of `arrive`: tells the others that this rank is there. Until `complete` it must not write to lines
   * and slots, but may do what concerns nobody else. Whoever is parked is woken here if this rank is the last.
   */
  announce(operation: string): void {
    const words = this.#words;
    const generation = (this.#generation + 1) | 0;
    const first = this.firstLineWord(generation & 1);
    // A rank that never has to wait would otherwise never learn of a failure.
    if (Atomics.load(words, POISON_WORD) !== 0) throw poisonError(words, operation);
    this.#generation = generation;
    Atomics.store(words, first + this.#rank * LINE_WORDS + GENERATION, generation);
    const missing = this.#firstMissing(first, generation, 0);
    this.#missing = missing;
    if (missing < 0 && Atomics.load(words, PARKED_WORD) !== 0) wakeAll(words, this.#parking);
  }

  /** The second half of `arrive`: waits for the others. */
  complete(operation: string): void {
    if (this.#missing < 0) return;
    try {
      this.#spin(operation, this.firstLineWord(this.#generation & 1), this.#generation, this.#missing);
    } catch (error) {
      this.#failure = error as CommError;
      throw error;
    }
  }

  /**
   * To be called before anything is written for the next arrival.
   * @throws CommError `CollectiveFailed` when waiting has failed before.
   */
  refuseAfterFailure(operation: string): void {
    if (this.#failure === null) return;
    const { details, message } = this.#failure;
    const failedRank = details.commKind === 'CollectiveFailed' ? details.failedRank : null;
    throw collectiveFailed(operation, `the ranks are out of step since ${message}`, failedRank);
  }

  /** Tells the others that this rank will not come again, and lets those who wait for it find out. */
  leave(): void {
    Atomics.store(this.#words, this.#lines + this.#rank * LINE_WORDS + LEFT, 1);
    wakeAll(this.#words, this.#parking);
  }

  /** The first rank, not below `from`, that has not arrived; -1 when there is none. */
  #firstMissing(first: number, generation: number, from: number): number {
    const words = this.#words;
    const size = this.#size;
    for (let r = from; r < size; r++) {
      if (Atomics.load(words, first + r * LINE_WORDS + GENERATION) !== generation) return r;
    }
    return -1;
  }

  #spin(operation: string, first: number, generation: number, from: number): void {
    if (this.#yieldCore !== null) {
      if (this.#yieldUntil(operation, first, generation, from)) return;
      this.#park(operation, first, generation);
      return;
    }
    const words = this.#words;
    const spins = this.#parkings % PROBE_INTERVAL === PROBE_INTERVAL - 1 ? MOST_SPINS : this.#spins;
    let missing = from;
    for (let look = 1; look <= spins; look++) {
      missing = this.#firstMissing(first, generation, missing);
      if (missing < 0) {
        if (!this.#oversubscribed && this.#spins < MOST_SPINS) this.#spins *= 2;
        return;
      }
      if (look % POISON_CHECK_INTERVAL === 0 && Atomics.load(words, POISON_WORD) !== 0) {
        throw poisonError(words, operation);
      }
    }
    // Somebody else's program may have this rank's peers off their cores: then spinning only keeps them off longer.
    if (!this.#oversubscribed) {
      this.#spins = Math.max(FEWEST_SPINS, this.#spins / 2);
      this.#parkings++;
    }
    this.#park(operation, first, generation);
  }

  /** True once all ranks have arrived; false when it takes longer than it is worth to wait awake. */
  #yieldUntil(operation: string, first: number, generation: number, from: number): boolean {
    const yieldCore = this.#yieldCore as () => void;
    let missing = from;
    for (let look = 1; look <= YIELDS; look++) {
      yieldCore();
      missing = this.#firstMissing(first, generation, missing);
      if (missing < 0) return true;
      if (look % POISON_CHECK_INTERVAL === 0 && Atomics.load(this.#words, POISON_WORD) !== 0) {
        throw poisonError(this.#words, operation);
      }
    }
    return false;
  }

  #park(operation: string, first: number, generation: number): void {
    const words = this.#words;
    const parking = this.#parking;
    const start = performance.now();
    const deadline = start + this.#timeoutMs;
    let nextLook = start + parking.watchMs;
    Atomics.add(words, PARKED_WORD, 1);
    try {
      for (;;) {
        const gate = Atomics.load(words, GATE_WORD);
        const missing = this.#firstMissing(first, generation, 0);
        if (missing < 0) return;
        if (Atomics.load(words, POISON_WORD) !== 0) throw poisonError(words, operation);
        this.#refuseIfLeft(operation, first, generation, missing);
        const now = performance.now();
        if (now >= nextLook) {
          this.#refuseIfEnded(operation, first, generation, missing);
          nextLook = now + parking.watchMs;
        }
        if (now >= deadline) throw this.#giveUp(operation, missing);
        parking.sleep(words, GATE_WORD, gate, Math.min(deadline, nextLook) - now);
      }
    } finally {
      Atomics.sub(words, PARKED_WORD, 1);
    }
  }

  /** A rank that closed the communicator will never arrive: no need to wait for the timeout. */
  #refuseIfLeft(operation: string, first: number, generation: number, from: number): void {
    const words = this.#words;
    for (let r = from; r < this.#size; r++) {
      const left = Atomics.load(words, this.#lines + r * LINE_WORDS + LEFT) !== 0;
      // Arrival comes before leaving, so having seen that it left, the line says whether it arrived before.
      if (left && Atomics.load(words, first + r * LINE_WORDS + GENERATION) !== generation) {
        // It may have left because of another rank's failure; then that is the reason to tell.
        if (Atomics.load(words, POISON_WORD) !== 0) throw poisonError(words, operation);
        throw collectiveFailed(operation, `rank ${r} has closed its communicator or returned`, r);
      }
    }
  }

  /** A rank that died without a word will not arrive either. Whoever sees it first tells the others. */
  #refuseIfEnded(operation: string, first: number, generation: number, from: number): void {
    const words = this.#words;
    for (let r = from; r < this.#size; r++) {
      if (r === this.#rank || !this.#parking.hasEnded(r)) continue;
      // It may have arrived, and even left, before it ended.
      this.#refuseIfLeft(operation, first, generation, r);
      if (Atomics.load(words, first + r * LINE_WORDS + GENERATION) === generation) continue;
      poison(words, r, 'ended', this.#parking);
      throw poisonError(words, operation);
    }
  }

  #giveUp(operation: string, missing: number): CommError {
    const words = this.#words;
    // Another rank may have failed in the meantime; then that is the reason to tell.
    if (!poison(words, missing, 'late', this.#parking)) return poisonError(words, operation);
    return collectiveFailed(operation, `rank ${missing} did not arrive within ${this.#timeoutMs} ms`, missing);
  }
}
