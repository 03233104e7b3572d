import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stageSystem } from '#cobre/case/stage-system';
import type { Stage } from '#cobre/case/study';
import { solveDeterministicEquivalent } from '../deterministic-equivalent.js';
import { expectRecourse, openingsOf, optimumOf } from '../equivalent/optimum.js';
import type { Feature, Variant } from '../rich-studies/index.js';
import { FEATURES } from '../rich-studies/index.js';
import { randomRichStudy } from './index.js';

/** The same studies on every run. */
const SEED = 20_261_126;

test('has a dispatch whatever a stage starts from, and an optimum', async () => {
  await fc.assert(
    fc.asyncProperty(randomRichStudy(), async ({ study, models }) => {
      await expectRecourse(study, models);
      expect(Number.isFinite(await optimumOf(study, models))).toBe(true);
    }),
    { seed: SEED, numRuns: 25, endOnFailure: true },
  );
});

/** Which features a study has somewhere. */
function shown({ study, models }: Variant): Feature[] {
  const systems = study.stages.map((_, t) => stageSystem(study, t));
  const some = (has: (system: (typeof systems)[number]) => boolean) => systems.some(has);
  const hydros = study.hydros.map((_, h) => h);
  const everyFactor = (factors: readonly Float64Array[]) =>
    factors.some((values) => values.some((value) => value !== 1));
  const has: Record<Feature, boolean> = {
    service: some(({ hydros: plants }) => plants.some(({ status }) => status === 'absent')),
    filling: some(({ hydros: plants }) => plants.some(({ status }) => status === 'filling')),
    diversion: study.hydros.some(({ diversion }) => diversion !== null),
    pumps: study.pumps.length > 0,
    planes: hydros.some((h) => models.planes?.(0, h) != null),
    'productivity by stage': hydros.some((h) => models.productivity?.(1, h) !== study.hydros[h].productivity),
    evaporation: hydros.some((h) => models.evaporation?.(0, h) != null),
    withdrawal: study.hydros.some(({ withdrawal }) => withdrawal !== 0),
    contracts: study.contracts.length > 0,
    sources: study.sources.length > 0,
    'random availability': study.stochasticSources.length > 0,
    'source factors': everyFactor(study.sourceFactors),
    'line factors': everyFactor(study.lineFactors.direct),
    'stage changes': study.changes.some(({ thermals }) => thermals.length > 0),
    'chronological blocks': study.stages.some(
      ({ blocks, blockMode }) => blocks.length > 1 && blockMode === 'chronological',
    ),
    'generic constraints': some(({ generic }) => generic.length > 0),
    'truncation with penalty': study.config.inflowNonNegativity === 'truncation_with_penalty',
    'inflow memory': models.inflow !== undefined,
  };
  return FEATURES.filter((feature) => has[feature]);
}

test('each feature comes up in at least one of twelve studies, and none in all of them', () => {
  const drawn = fc.sample(randomRichStudy(), { seed: SEED, numRuns: 240 }).map(shown);
  for (const feature of FEATURES) {
    const count = drawn.filter((features) => features.includes(feature)).length;
    expect(count, feature).toBeGreaterThan(20);
    expect(count, feature).toBeLessThan(240);
  }
});

test('blocks that follow each other leave no more choice than parallel ones, where no plane looks at the storage', async () => {
  const inMode = ({ study, models }: Variant, blockMode: Stage['blockMode']) =>
    optimumOf(
      { ...study, stages: study.stages.map((stage) => ({ ...stage, blockMode })) },
      { ...models, planes: () => null },
    );
  await fc.assert(
    fc.asyncProperty(randomRichStudy(), async (variant) => {
      const parallel = await inMode(variant, 'parallel');
      expect(await inMode(variant, 'chronological')).toBeGreaterThan(parallel - 1e-7 * (1 + Math.abs(parallel)));
    }),
    { seed: SEED + 1, numRuns: 15, endOnFailure: true },
  );
});

test('openings that come twice weigh as before', async () => {
  const twice = (rows: readonly Float64Array[] | undefined) =>
    rows?.map((row, t) => (t === 0 ? Float64Array.from([...row, ...row]) : row)) ?? [];
  await fc.assert(
    fc.asyncProperty(randomRichStudy(), async ({ study, models }) => {
      const openings = openingsOf(study);
      const doubled = {
        inflow: twice(openings.inflow),
        inflowNoise: twice(openings.inflowNoise),
        load: twice(openings.load),
        available: twice(openings.available),
      };
      const stages = study.stages.map((stage, t) => (t === 0 ? { ...stage, openings: 2 * stage.openings } : stage));
      const { cost, nodes } = await solveDeterministicEquivalent(study, openings, models);
      const again = await solveDeterministicEquivalent({ ...study, stages }, doubled, models);
      expect(again.nodes).toBe(2 * nodes);
      expect(Math.abs(again.cost - cost)).toBeLessThan(1e-7 * (1 + Math.abs(cost)));
    }),
    { seed: SEED + 2, numRuns: 8, endOnFailure: true },
  );
});
