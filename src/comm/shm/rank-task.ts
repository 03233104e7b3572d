import type { MessagePort } from 'node:worker_threads';
import type { GangMemory } from './gang-memory.js';

/** The task of one rank: everything but the caller's arguments, which wait in the port. */
export interface RankTask {
  readonly url: string;
  readonly rank: number;
  readonly gang: GangMemory;
  readonly port: MessagePort;
  readonly prefixOutput: boolean;
}
