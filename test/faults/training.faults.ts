import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLAVOURS, MPI } from '../comm/mpi/job.js';
import { GANGS } from '../support/gangs.js';
import { Aftermath } from './aftermath.js';
import { killMpiTraining, killWorker } from './kill-training.js';

const TIMES = Number(process.env.COBRE_KILLS ?? 200);
/** Well above what a single kill takes with the start of its ranks [ms]. */
const MOST_MS_EACH = 20_000;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-faults-'));
  process.env.COBRE_FAULTS_OUTPUT = directory;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function repeat(name: string, kill: (time: number) => Promise<number>): Promise<void> {
  const aftermath = new Aftermath();
  let slowest = 0;
  for (let time = 0; time < TIMES; time++) {
    slowest = Math.max(slowest, await kill(time));
    await aftermath.expectNothingLeft();
  }
  console.log(`${TIMES} of ${name} died while training; that was known after ${Math.round(slowest)} ms at most`);
}

describe('training', () => {
  test.each(GANGS)(
    `on $name: any of them may die, the caller is told which, and goes on (${TIMES} times)`,
    {
      timeout: TIMES * MOST_MS_EACH,
    },
    (gang) => repeat(gang.name, (time) => killWorker(gang, time)),
  );

  for (const flavour of FLAVOURS) {
    const found = MPI[flavour];
    if ('missing' in found) {
      if (process.env.CI === 'true') test(`under mpiexec of ${flavour}`, () => expect.fail(found.missing));
      else test.skip(`under mpiexec of ${flavour}: ${found.missing}`, () => {});
      continue;
    }
    test(
      `under mpiexec of ${flavour}: any rank may die, and the job ends (${TIMES} times)`,
      {
        timeout: TIMES * MOST_MS_EACH,
      },
      () => repeat(`ranks of ${flavour}`, (time) => killMpiTraining(flavour, time)),
    );
  }
});
