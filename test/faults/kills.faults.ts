import { describe, expect, test } from 'vitest';
import { FLAVOURS, MPI } from '../comm/mpi/job.js';
import { WHY_NOT } from '../comm/shm-gang.js';
import { Aftermath } from './aftermath.js';
import { endThread, killMpiRank, killShmProcess, killTcpProcess } from './kill-rank.js';

const TIMES = Number(process.env.COBRE_KILLS ?? 200);
/** Well above what a single kill takes with the start of its ranks [ms]. */
const MOST_MS_EACH = 20_000;

const whyNoMpi = (flavour: (typeof FLAVOURS)[number]): string | null => {
  const found = MPI[flavour];
  return 'missing' in found ? found.missing : null;
};

const BACKENDS = [
  { name: 'threads', kill: endThread, whyNot: null },
  { name: 'processes in shared memory', kill: killShmProcess, whyNot: WHY_NOT },
  { name: 'processes over TCP', kill: killTcpProcess, whyNot: null },
  ...FLAVOURS.map((flavour) => ({
    name: `ranks under mpiexec of ${flavour}`,
    kill: (time: number) => killMpiRank(flavour, time),
    whyNot: whyNoMpi(flavour),
  })),
];

describe.each(BACKENDS)('$name', ({ name, kill, whyNot }) => {
  // Where everything should be there, what is missing is a failure.
  if (whyNot !== null) {
    if (process.env.CI === 'true') test('can be started', () => expect.fail(whyNot));
    else test.skip(`cannot be started: ${whyNot}`, () => {});
    return;
  }

  test(`any of them may die at any moment, and nothing is left (${TIMES} times)`, {
    timeout: TIMES * MOST_MS_EACH,
  }, async () => {
    const aftermath = new Aftermath();
    let slowest = 0;
    for (let time = 0; time < TIMES; time++) {
      slowest = Math.max(slowest, await kill(time));
      await aftermath.expectNothingLeft();
    }
    console.log(
      `${TIMES} ${name} died; ${Math.round(slowest)} ms later at most the last of the others knew or had ended`,
    );
  });
});
