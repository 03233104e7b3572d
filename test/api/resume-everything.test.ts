import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCase } from '#cobre/api/load';
import { train } from '#cobre/api/train';
import type { ScenarioSource } from '#cobre/case/study';
import { makeCase } from '../support/case-builder.js';
import { withPolicy } from '../support/configured.js';
import { some } from '../support/long.js';
import { limited } from '../support/run-bits.js';
import { historicalCase, RUNNING_CASES } from '../support/running-cases.js';
import { resumedBits, trainedBits } from '../support/same-training.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-resume-everything-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/**
 * Inflow with memory, planes, every kind of scenario source, endless horizons, several cuts at a time: all that a training
 * draws and keeps must be in its checkpoint or follow from the case.
 */
describe('a training that stops and goes on ends as the one that did not stop', () => {
  it.each(some(Object.entries(RUNNING_CASES).reverse(), 2))('%s', async (_, make) => {
    const study = limited(await loadCase(await makeCase({}, make())), 7, 3);
    const whole = await trainedBits(study, join(directory, 'whole'));
    expect(whole.numbers).toHaveLength(7);
    expect(await resumedBits(study, 1, join(directory, 'parts'), 2)).toEqual(whole);
    expect(await resumedBits(study, 4, join(directory, 'parts'), 1)).toEqual(whole);
  });
});

describe('a training whose scenarios come from elsewhere is another one, and is refused', () => {
  const others: [string, Partial<ScenarioSource>][] = [
    ['another scheme of inflow', { inflow: 'in_sample', historicalYears: null }],
    ['another scheme of load', { load: 'out_of_sample' }],
    ['another scheme of availability', { sources: 'out_of_sample' }],
    ['other years', { historicalYears: [2003, 2005] }],
  ];

  it.each(others)('%s', async (name, other) => {
    const outputDirectory = join(directory, name);
    const study = limited(await loadCase(await makeCase({}, historicalCase())), 1);
    await train(study, { outputDirectory });
    const { training } = study.config;
    const changed = { ...study.config, training: { ...training, source: { ...training.source, ...other } } };
    const resumed = withPolicy(limited({ ...study, config: changed }, 2), { mode: 'resume' });
    await expect(train(resumed, { outputDirectory })).rejects.toMatchObject({
      kind: 'CheckpointFailed',
      message: expect.stringMatching(/training\.scenario_source was inflow historical, years 2003 2005 2008, is /),
    });
  });
});
