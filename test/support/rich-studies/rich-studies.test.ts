import { describe, expect, test } from 'vitest';
import { expectRecourse, optimumOf } from '../equivalent/optimum.js';
import { FEATURES, richStudies } from './index.js';

const named = richStudies.map((make) => [make.name, make] as const);

describe.each(named)('%s', (_, make) => {
  test('has an optimum, which each thing that it shows changes', async () => {
    const { study, models, without } = make();
    const whole = await optimumOf(study, models);
    for (const [thing, other] of Object.entries(without)) {
      const cost = await optimumOf(other.study, other.models);
      expect(Math.abs(cost - whole), thing).toBeGreaterThan(1e-5 * Math.abs(whole));
    }
  });

  test('has a dispatch at each stage and opening, from empty and from full reservoirs', async () => {
    const { study, models } = make();
    await expectRecourse(study, models);
  });

  test('is uncertain: its mean costs less', async () => {
    const { study, models } = make();
    const certain = {
      ...study,
      stages: study.stages.map((stage) => ({ ...stage, openings: 1 })),
      noiseOpenings: study.noiseOpenings!.map((noise, t) => {
        const dimension = noise.length / study.stages[t].openings;
        return Float64Array.from({ length: dimension }, (__, e) => {
          let sum = 0;
          for (let at = e; at < noise.length; at += dimension) sum += noise[at];
          return sum / study.stages[t].openings;
        });
      }),
    };
    expect(await optimumOf(certain, models)).toBeLessThan(await optimumOf(study, models));
  });
});

test('together they show every feature', () => {
  const shown = new Set(richStudies.flatMap((make) => make().features));
  expect(FEATURES.filter((feature) => !shown.has(feature))).toEqual([]);
});
