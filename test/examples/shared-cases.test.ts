import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCase } from '#cobre/api/load';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import { LONG, some } from '../support/long.js';
import { REAL_CASES, WHY_SKIPPED } from '../support/real-cases.js';
import { limited, runBits } from '../support/run-bits.js';

interface Expected {
  readonly cost: number;
  readonly abs_tol: number;
}

describe.skipIf(REAL_CASES === null)(`public example cases${WHY_SKIPPED}`, () => {
  const expected = (name: string): Expected =>
    JSON.parse(readFileSync(`${REAL_CASES}/expected.json`, 'utf8'))[name] as Expected;

  it.each([
    'd01-thermal-dispatch',
    'd02-single-hydro',
    'd03-two-hydro-cascade',
    'd04-transmission',
    'd09-multi-deficit',
    'd14-block-factors',
    'd16-par1-lag-shift',
  ])('%s reaches its known optimum on 1 and 2 workers', async (name) => {
    for (const numWorkers of [1, 2]) {
      const { finalLowerBound } = await train(`${REAL_CASES}/${name}`, { numWorkers });
      expect(Math.abs(finalLowerBound - expected(name).cost)).toBeLessThan(expected(name).abs_tol);
    }
  });

  const stochastic = [
    ['1dtoy', 128],
    ['4ree', 60],
  ] as const;
  it.each(some(stochastic, 1))('%s trains and simulates unchanged, and they agree', async (name, limit) => {
    const study = limited(await loadCase(`${REAL_CASES}/${name}`), limit);
    const trained = await train(study, { numWorkers: 2 });
    const simulated = await simulate(study, trained.policy, { numWorkers: 2, scenarios: 200 });
    const stdError = simulated.stdCost / Math.sqrt(simulated.scenarios);
    expect(Math.abs(simulated.meanCost - trained.finalLowerBound)).toBeLessThan(3 * stdError);
  });

  it.runIf(LONG)('4ree has the same bits on 1, 2, 3, 4 and 8 workers, and run to run', async () => {
    const study = limited(await loadCase(`${REAL_CASES}/4ree`), 8);
    const alone = await runBits(study, 1, 16);
    for (const workers of [1, 2, 3, 4, 8]) expect(await runBits(study, workers, 16)).toEqual(alone);
  });
});
