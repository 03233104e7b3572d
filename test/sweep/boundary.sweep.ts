import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import { stateSize } from '#cobre/sddp/stage-problems';
import { generateOpeningTree } from '#cobre/stochastic/opening-tree';
import { withPolicy } from '../support/configured.js';
import { openingsFromNoise, solveDeterministicEquivalent } from '../support/deterministic-equivalent.js';
import { frontOf } from '../support/front-of-study.js';
import { patient } from '../support/random-optimum.js';
import { randomRichStudy } from '../support/random-rich-study/index.js';
import { TIMES } from './effort.js';

const SEED = 4_100;
const BATCH = 40;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-boundary-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let places = 0;
const place = (): string => join(directory, String(places++));

describe('any rich study cut in two, wherever that is, has the optimum of the whole', () => {
  it.each(Array.from({ length: Math.ceil(2 * TIMES) }, (_, batch) => batch))('batch %i', async (batch) => {
    const property = fc.asyncProperty(randomRichStudy(), fc.nat(), async ({ study: whole, models }, at) => {
      const length = 1 + (at % (whole.stages.length - 1));
      const front = frontOf(whole, length);
      // Where no stage of the front looks back as far as a later one does, its state is another.
      fc.pre(stateSize(front) === stateSize(whole));
      const noise = openingsFromNoise(whole, generateOpeningTree(whole).noise);
      const { cost } = await solveDeterministicEquivalent(whole, noise, models);
      const outputDirectory = place();
      await train(patient(whole), { outputDirectory });
      const boundary = { path: join(outputDirectory, 'policy'), sourceStage: length - 1 };
      const study = withPolicy(patient(front), { boundary });
      const { finalLowerBound, policy } = await train(study, { outputDirectory: place() });
      const unit = Math.max(Math.abs(cost), 0.01);
      expect(Math.abs(finalLowerBound - cost) / unit).toBeLessThan(2e-6);
      expect((finalLowerBound - cost) / unit).toBeLessThanOrEqual(1e-9);
      const { meanCost } = await simulate(study, policy, { scenarios: 3 });
      expect(Number.isFinite(meanCost)).toBe(true);
    });
    await fc.assert(property, { seed: SEED + batch, numRuns: BATCH, endOnFailure: true });
  });
});
