import { readdirSync, readFileSync } from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended.
    return '';
  }
};

/** Processes that this one has started as ranks, by rank. Linux only. */
export function rankProcesses(): Map<number, number> {
  const ranks = new Map<number, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = /^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
    if (Number(parent) !== process.pid) continue;
    const rank = /\0COBRE_(?:SHM|TCP)_RANK=(\d+)\0/.exec(`\0${read(`/proc/${pid}/environ`)}\0`)?.[1];
    if (rank !== undefined) ranks.set(Number(rank), Number(pid));
  }
  return ranks;
}

/** The rank of this process that has the given number, once it has been started. */
export async function rankProcess(rank: number): Promise<number> {
  for (;;) {
    const pid = rankProcesses().get(rank);
    if (pid !== undefined) return pid;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
