import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AIMS, judge } from '#bench/collectives/aims';
import { contendersOf } from '#bench/collectives/contenders';
import { CALLS, OVERSUBSCRIBED, type Plan, USE } from '#bench/collectives/measures';
import { report } from '#bench/collectives/report';
import { measureInRounds } from '#bench/collectives/rounds';
import { nextCalls } from '#bench/collectives/sample-calls';
import { median, pairedRatio } from '#bench/collectives/statistics';

const AIM = { contender: 'ours', base: 'theirs', kind: 'calls', measures: ['barrier', '25 kB'], limit: 1.1 } as const;

function results(ours: Record<string, number[]>, theirs: Record<string, number[]>) {
  const times = new Map([
    ['ours', new Map(Object.entries(ours))],
    ['theirs', new Map(Object.entries(theirs))],
  ]);
  return [{ plan: CALLS, times }];
}

describe('ratios', () => {
  it('are taken within a round: a slow spell that meets both sides leaves them as they are', () => {
    expect(pairedRatio([1, 10, 2], [2, 20, 4])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
    expect(pairedRatio([1, 3, 8, 2], [1, 1, 2, 1])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('have a median with as many values below as above', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const m = median(values);
        expect(values.filter((v) => v < m).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((v) => v > m).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe('an aim', () => {
  it('is met when every measure keeps the limit', () => {
    const both = { barrier: [1.1, 1, 9], '25 kB': [2, 2, 2] };
    expect(judge(AIM, results(both, { barrier: [1, 1, 1], '25 kB': [2, 2, 2] })).met).toBe(true);
  });

  it('is missed by one measure', () => {
    const both = { barrier: [1, 1, 1], '25 kB': [2.3, 2.3, 2] };
    expect(judge(AIM, results(both, { barrier: [1, 1, 1], '25 kB': [2, 2, 2] })).met).toBe(false);
  });

  it('is neither met nor missed where something is not measured', () => {
    expect(judge(AIM, results({ barrier: [1] }, { barrier: [1], '25 kB': [2] })).met).toBeNull();
    expect(judge(AIM, results({ barrier: [1], '25 kB': [1] }, {})).met).toBeNull();
    expect(judge(AIM, []).met).toBeNull();
  });

  it('is about measures that its part of the report has', () => {
    for (const { kind, measures } of AIMS) {
      const plan = [CALLS, USE, OVERSUBSCRIBED].find((p) => p.kind === kind);
      expect(plan?.measures.map(({ name }) => name)).toEqual(expect.arrayContaining([...measures]));
    }
  });
});

describe('the number of calls a reading', () => {
  it('grows until a reading is long enough, for calls of any length', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1e3, noNaN: true }), (callMs) => {
        let calls = 1;
        for (let search = 0; search < 20; search++) calls = nextCalls(calls, calls * callMs, 15);
        expect(calls * callMs).toBeGreaterThanOrEqual(7.5);
        expect((calls - 1) * callMs).toBeLessThanOrEqual(15 * 1.1);
      }),
    );
  });

  it('grows also where the clock saw no time pass', () => {
    expect(nextCalls(4, 0, 15)).toBe(32);
  });
});

describe('a run', () => {
  const short = (plan: Plan): Plan => ({ ...plan, sampling: { sampleMs: 0.01, warmUps: 0, samples: 1 } });

  it.each([CALLS, USE])('of threads and postMessage times every call once a round: $kind', async (plan) => {
    const contenders = contendersOf(plan.kind, 2, null).filter(({ name }) => /threads|postMessage/.test(name));
    const times = await measureInRounds(contenders, short(plan), 2);
    for (const { name, all } of contenders) {
      const names = plan.measures.filter(({ operation }) => all || /allgatherv|use/.test(operation)).map((m) => m.name);
      expect([...(times.get(name)?.keys() ?? [])]).toEqual(names);
      for (const rounds of times.get(name)?.values() ?? []) {
        expect(rounds).toHaveLength(2);
        for (const time of rounds) expect(time).toBeGreaterThan(0);
      }
    }
  });

  it('becomes a report with the command, each contender and a verdict an aim', () => {
    const contender = (name: string, bases: string[]) => ({ name, bases, all: true, run: async () => [] });
    const [{ plan, times }] = results({ barrier: [1, 2, 3] }, { barrier: [2, 4, 2] });
    const contenders = [contender('ours', ['theirs']), contender('theirs', ['theirs'])];
    const origin = { command: 'npm run it', machine: [['Node', '20']] as const, rounds: 3, seconds: 1 };
    const text = report([{ size: 2, plan, contenders, times }], origin);
    expect(text).toContain('npm run it');
    expect(text).toMatch(/^\| ours +\| +2\.00 \|/m);
    expect(text).toMatch(/^\| ours \/ theirs +\| +0\.50 \|/m);
    expect(text).toMatch(/^\| +\| +0\.50 to 1\.50 \|/m);
    expect(text.match(/not measured \|$/gm)).toHaveLength(AIMS.length);
  });
});
