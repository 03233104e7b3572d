import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Which process a rank is. A number of a process may be given to another one later, so the time of its start belongs
 * to it; and it means something only to those who count processes alike, so the namespace does too.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, modulo 2^32; 0 where the system does not tell. */
  readonly start: number;
  /** Number of the PID namespace, modulo 2^32; 0 where there are none. */
  readonly namespace: number;
}

/** Fields of /proc/PID/stat behind the name, counted from the state (proc(5): state is field 3, starttime 22). */
const STATE_FIELD = 0;
const START_FIELD = 19;
/** A zombie, whose parent has not yet asked how it ended, and one about to vanish. */
const ENDED_STATES = 'ZXx';

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: readStat(process.pid)?.start ?? 0, namespace: ownNamespace() };
}

/** True when the process certainly exists no more. */
export function processHasEnded({ pid, start, namespace }: ProcessIdentity): boolean {
  // Somebody who counts otherwise: only a timeout can tell.
  if (namespace !== ownNamespace()) return false;
  const stat = readStat(pid);
  if (stat !== null) return ENDED_STATES.includes(stat.state) || (start !== 0 && stat.start !== start);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function readStat(pid: number): { state: string; start: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name stands in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[STATE_FIELD], start: Number(BigInt.asIntN(32, BigInt(fields[START_FIELD] ?? 0))) };
}

let namespaceNumber: number | undefined;

function ownNamespace(): number {
  if (namespaceNumber === undefined) {
    try {
      namespaceNumber = Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0) | 0;
    } catch {
      namespaceNumber = 0;
    }
  }
  return namespaceNumber;
}
