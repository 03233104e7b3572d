import { describe, expect, it } from 'vitest';
import type { ScenarioSource, Study } from '#cobre/case/study';
import {
  boundDoubts,
  boundsFromAbove,
  comparesWithBound,
  creditsSources,
  hasSamplingError,
  meansGap,
} from '#cobre/sddp/comparable';
import { makeSource } from '../support/make-rich-study.js';
import { memory } from '../support/rich-studies/time-and-head.js';
import { makeStudy } from '../support/small-study.js';

const study = makeStudy();
const RANDOM = [1, 5];
const withPaths = (of: Study, forwardPasses: number): Study => ({
  ...of,
  config: { ...of.config, training: { ...of.config.training, forwardPasses } },
});
const withSource = (phase: 'training' | 'simulation', changes: Partial<ScenarioSource>): Study => {
  const settings = study.config[phase];
  return {
    ...study,
    config: { ...study.config, [phase]: { ...settings, source: { ...settings.source, ...changes } } },
  };
};
const averse: Study = {
  ...study,
  stages: study.stages.map((stage) => ({ ...stage, cvar: { alpha: 0.5, lambda: 0.5 } })),
};
const endless: Study = { ...study, cycleStart: 0 };

describe('sampled costs are held against the lower bound', () => {
  it('of an expectation, over a horizon that ends and the openings', () => {
    expect([boundsFromAbove(study), comparesWithBound(study)]).toEqual([true, true]);
  });

  it.each([
    ['under a risk measure', averse],
    ['in an endless horizon', endless],
  ])('not %s', (_, other) => {
    expect([boundsFromAbove(other), comparesWithBound(other)]).toEqual([false, false]);
    expect(meansGap(withPaths(other, 4), RANDOM)).toBe(false);
  });

  it.each(['inflow', 'load', 'sources'] as const)(
    'not over other scenarios, of training or simulation each: %s',
    (name) => {
      const trained = withSource('training', { [name]: 'out_of_sample' });
      expect([boundsFromAbove(trained), comparesWithBound(trained)]).toEqual([false, true]);
      expect(meansGap(withPaths(trained, 4), RANDOM)).toBe(false);
      const simulated = withSource('simulation', { [name]: 'historical' });
      expect([boundsFromAbove(simulated), comparesWithBound(simulated)]).toEqual([true, false]);
    },
  );
});

describe('one path an iteration', () => {
  it('has no error that can be told, and no gap', () => {
    expect(hasSamplingError(withPaths(study, 2), RANDOM)).toBe(true);
    expect(hasSamplingError(withPaths(study, 1), RANDOM)).toBe(false);
    expect(meansGap(withPaths(study, 1), RANDOM)).toBe(false);
  });

  it('but where it is the only one there is', () => {
    expect(meansGap(withPaths(study, 1), [1, 1])).toBe(true);
    const others = withPaths(withSource('training', { load: 'out_of_sample' }), 1);
    expect(hasSamplingError(others, [1, 1])).toBe(false);
  });
});

it('a lower bound is in doubt where inflow with memory is cut off, and where cuts of another problem came first', () => {
  const remembering = memory().study;
  const cut = { ...remembering, config: { ...remembering.config, inflowNonNegativity: 'truncation' as const } };
  expect(boundDoubts(remembering, false)).toEqual([]);
  expect(boundDoubts(remembering, true)).toEqual(['foreign_cuts']);
  expect(boundDoubts(cut, false)).toEqual(['truncation_with_memory']);
  expect(boundDoubts(cut, true)).toEqual(['truncation_with_memory', 'foreign_cuts']);
});

it('costs credit sources that have a curtailment price', () => {
  expect(creditsSources({ sources: [] })).toBe(false);
  expect(creditsSources({ sources: [makeSource({ curtailmentCost: 0 })] })).toBe(false);
  expect(creditsSources({ sources: [makeSource({ curtailmentCost: 0 }), makeSource()] })).toBe(true);
});
