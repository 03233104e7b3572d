import { readFileSync } from 'node:fs';

export interface OtherLoad {
  /** Of the cores' time, what went to programs other than this one and its children. */
  readonly share: number;
  /** Of the cores' time, what the host of a virtual machine gave to others. */
  readonly stolen: number;
}

interface Ticks {
  readonly all: number;
  readonly busy: number;
  readonly stolen: number;
  readonly own: number;
}

/**
 * Begins to watch; the function returned tells how busy the cores have been with something else since then. Null where
 * the system does not tell (it is Linux's /proc). Children count once they have ended.
 */
export function watchOtherLoad(): () => OtherLoad | null {
  const before = readTicks();
  return () => {
    const after = readTicks();
    if (before === null || after === null) return null;
    const during = (field: keyof Ticks): number => after[field] - before[field];
    return {
      share: Math.max(0, during('busy') - during('own')) / during('all'),
      stolen: during('stolen') / during('all'),
    };
  };
}

/** Fields as numbered in proc(5): /proc/stat, and 14 to 17 of /proc/self/stat, behind the command in brackets. */
function readTicks(): Ticks | null {
  try {
    const [cores] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user, nice, system, idle, iowait, irq, softirq, stolen] = cores.trim().split(/\s+/).slice(1).map(Number);
    const busy = user + nice + system + irq + softirq;
    const self = readFileSync('/proc/self/stat', 'utf8');
    const [utime, stime, cutime, cstime] = self
      .slice(self.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
    return { all: busy + idle + iowait + stolen, busy, stolen, own: utime + stime + cutime + cstime };
  } catch {
    return null;
  }
}
