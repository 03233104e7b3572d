import { Failed } from './failure.js';
import { type Link, LinkLost } from './link.js';
import { nap, Patience } from './patience.js';
import { READING, WRITING } from './sockets.js';
import { Incoming, Outgoing, refuseGone } from './transfer.js';
import { WaitList } from './wait-list.js';
import type { WatchLock } from './watch-lock.js';

/** How long a coordinator that has failed tries to finish frames, so that the reason can follow [ms]. */
const FINISH_MS = 500;

/** Workers wait this much longer than the coordinator, who can say which rank is missing [ms]. */
const WORKER_GRACE_MS = 500;

/** The rank in the middle. */
export const COORDINATOR = 0;
const NO_INCOMING: readonly Incoming[] = [];
const NO_OUTGOING: readonly Outgoing[] = [];

/** What a communicator is made of once all ranks are connected. */
export interface TcpGang {
  readonly rank: number;
  readonly size: number;
  readonly timeoutMs: number;
  /** On the coordinator one a worker, in rank order; on a worker the one to the coordinator. */
  readonly links: readonly Link[];
  /** Present where a watch thread uses the links too. */
  readonly lock?: WatchLock;
  /** Ends connections: of one peer, or all and whatever else belongs to them. */
  readonly disconnect: (peer?: number) => void;
}

/**
 * The links of a rank, and how data move over them: those of the coordinator to all workers, that of a worker to the
 * coordinator. Knows nothing of collectives.
 */
export class Star {
  /** By link: what comes over it, and what goes. */
  readonly incoming: readonly Incoming[];
  readonly outgoing: readonly Outgoing[];
  readonly #gang: TcpGang;
  readonly #coordinates: boolean;
  readonly #patience = new Patience();
  readonly #waitList: WaitList;

  constructor(gang: TcpGang) {
    this.#gang = gang;
    this.#coordinates = gang.rank === COORDINATOR;
    this.incoming = gang.links.map((link) => new Incoming(link));
    this.outgoing = gang.links.map((link) => new Outgoing(link));
    this.#waitList = new WaitList(2 * gang.links.length);
  }

  /**
   * Waits until all of `expected` have come.
   * @param contributing Ranks from this one on may have sent frames that are read later.
   */
  collect(expected: readonly Incoming[], contributing = this.#gang.size): void {
    this.move(expected, NO_OUTGOING, contributing);
  }

  /** Writes the same to all links but one. */
  deliver(pieces: readonly Uint8Array[], except = COORDINATOR): void {
    for (const to of this.outgoing) if (!this.#coordinates || to.link.peer !== except) to.begin(pieces);
    this.move(NO_INCOMING, this.outgoing, COORDINATOR);
  }

  /**
   * Receives and sends until all is done. A link that cannot be written to does not keep the others from getting
   * theirs. Links that nothing is expected from are looked at too, lest a death goes unnoticed.
   * @param contributing Ranks beyond this one may have sent frames that are read later.
   * @param onMoved Called whenever data has been received or sent.
   */
  move(expected: readonly Incoming[], sending: readonly Outgoing[], contributing: number, onMoved?: () => void): void {
    const patience = this.#patience;
    const waiting = this.#waitList;
    let failure: unknown = null;
    patience.reset();
    for (;;) {
      let moved = false;
      let missing: Link | null = null;
      // Waits for what others still have to send; it is those who are late.
      let held: Link | null = null;
      waiting.clear();
      // Once all have come, whoever has its result may go on to the next collective, or leave.
      let collecting = false;
      for (let i = 0; i < sending.length; i++) {
        const to = sending[i];
        if (to.done) continue;
        try {
          if (to.step()) moved = true;
          // Whoever does not take its data may have gone, or may have said why it will not.
          else if (patience.sleeping && !isExpected(to.link, expected)) refuseGone(to.link, this.#coordinates);
        } catch (error) {
          // Where something is still to be read, it ends with the reason, behind the rest of a frame.
          failure ??= isExpected(to.link, expected) ? error : this.#lastWords(to.link, error);
          to.drop();
        }
        if (to.done) continue;
        if (to.held) {
          held ??= to.link;
          continue;
        }
        missing ??= to.link;
        waiting.add(to.link, WRITING);
      }
      for (let i = 0; i < expected.length; i++) {
        const from = expected[i];
        if (from.done) continue;
        if (from.step()) moved = true;
        if (from.done) continue;
        collecting = true;
        missing ??= from.link;
        waiting.add(from.link, READING);
      }
      missing ??= held;
      if (moved) onMoved?.();
      if (missing === null) break;
      if (moved) {
        patience.reset();
        continue;
      }
      this.#refuseLate(missing.peer, patience.pause(waiting));
      if (patience.sleeping && collecting) this.#refuseAnyGone(expected, contributing);
    }
    patience.done();
    if (failure !== null) throw failure;
  }

  #refuseAnyGone(expected: readonly Incoming[], contributing: number): void {
    for (const from of this.incoming) {
      if (from.done || !expected.includes(from)) refuseGone(from.link, from.link.peer > contributing);
    }
  }

  /** A reset connection may still hold the reason for it, sent just before. */
  #lastWords(link: Link, error: unknown): unknown {
    if (!(error instanceof LinkLost) || this.#coordinates) return error;
    try {
      refuseGone(link, false);
    } catch (told) {
      if (told instanceof Failed) return told;
    }
    return error;
  }

  #refuseLate(peer: number, waited: number): void {
    const { timeoutMs } = this.#gang;
    if (waited <= (this.#coordinates ? timeoutMs : timeoutMs + WORKER_GRACE_MS)) return;
    const what = this.#coordinates ? 'arrive' : 'answer';
    throw new Failed({
      kind: 'CollectiveFailed',
      message: `rank ${peer} did not ${what} within ${timeoutMs} ms`,
      failedRank: peer,
    });
  }

  /** Writes a last frame to everybody whom it can still reach; breaks the connection to the others. */
  tellAll(frame: Uint8Array): void {
    const begun = this.#coordinates ? this.outgoing.filter((to) => to.unfinished && !to.cut) : NO_OUTGOING;
    for (const to of this.outgoing) {
      if (begun.includes(to)) continue;
      let told = false;
      try {
        told = !to.unfinished && to.link.write(frame, 0, frame.length) === frame.length;
      } catch {
        // It has gone already.
      }
      if (!told) this.#gang.disconnect(to.link.peer);
    }
    if (begun.length > 0) this.#finish(begun, frame);
  }

  /**
   * Lets workers get to the end of the frame that they are being sent, so that the reason can follow. What they still
   * send is read and dropped: to close with something unread would take back what has not arrived.
   */
  #finish(begun: readonly Outgoing[], frame: Uint8Array): void {
    for (const to of begun) to.endWith(frame);
    const deadline = performance.now() + FINISH_MS;
    const sendsNoMore = new Set(this.incoming.filter(({ done }) => done).map(({ link }) => link));
    for (let left = begun; left.length > 0 && performance.now() < deadline; ) {
      let moved = false;
      for (const to of left) {
        try {
          to.link.writable = true;
          if (to.step()) moved = true;
          if (to.link.fill()) moved = true;
          to.link.skip(to.link.buffered);
        } catch {
          // It has read the reason and closed, or has gone.
          to.drop();
        }
      }
      left = left.filter(({ link, done, cut }) => !cut && !(done && sendsNoMore.has(link)));
      if (!moved) nap(1);
    }
    for (const { link, done, cut } of begun) if (cut || !done) this.#gang.disconnect(link.peer);
  }
}

function isExpected(link: Link, expected: readonly Incoming[]): boolean {
  return expected.some((from) => from.link === link && !from.done);
}
