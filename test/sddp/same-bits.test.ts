import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalCommunicator } from '#cobre/comm/index';
import { HighsRuntime } from '#cobre/lp/highs-runtime';
import { Policy } from '#cobre/results/policy';
import { trainPolicy } from '#cobre/sddp/train';
import { WorkQueue } from '#cobre/sddp/work-queue';
import { LONG, some } from '../support/long.js';
import { limited, runBits } from '../support/run-bits.js';
import { stochasticStudies } from '../support/small-study.js';

const studies = stochasticStudies.map((make) => [make.name, make] as const);

/** Hands the units of each phase out from the last to the first, as no schedule of threads is likely to. */
function handOutBackwards(): void {
  const left = new WeakMap<WorkQueue, number>();
  vi.spyOn(WorkQueue.prototype, 'open').mockImplementation(function (this: WorkQueue, units) {
    left.set(this, units);
  });
  vi.spyOn(WorkQueue.prototype, 'next').mockImplementation(function (this: WorkQueue) {
    const unit = (left.get(this) ?? 0) - 1;
    left.set(this, unit);
    return unit;
  });
}

afterEach(() => vi.restoreAllMocks());

describe('policy, bounds and simulated costs are the same to the last bit', () => {
  it.each(some(studies, 1))('for 1, 2 and 3 workers, and run to run: %s', async (_, make) => {
    // 40 iterations: the cut pool and the basis store grow on the way.
    const study = limited(make(), 40, 3);
    const alone = await runBits(study, 1, 40);
    for (const workers of [2, 3, 1]) expect(await runBits(study, workers, 40)).toEqual(alone);
  });

  it('with one trajectory, where the openings alone are shared out', async () => {
    const study = limited(stochasticStudies[1](), 25, 1);
    const alone = await runBits(study, 1, 40);
    for (const workers of LONG ? [2, 4, 8] : [4]) expect(await runBits(study, workers, 40)).toEqual(alone);
  });

  it('with more trajectories than bases are kept for', async () => {
    const study = limited(stochasticStudies[0](), 2, 70);
    expect(await runBits(study, 3, 40)).toEqual(await runBits(study, 1, 40));
  });

  it.each([
    ['as many trajectories as bases are kept for, or fewer', 10],
    ['more of them', 70],
  ])('in whatever order the units of work are done: %s', async (_, forwardPasses) => {
    const study = limited(stochasticStudies[1](), 4, forwardPasses);
    const runtime = await HighsRuntime.start();
    const forwards = trainPolicy(new LocalCommunicator(), study, runtime);
    handOutBackwards();
    const backwards = trainPolicy(new LocalCommunicator(), study, runtime);
    expect(new Policy(backwards.policy).digest()).toBe(new Policy(forwards.policy).digest());
    expect(backwards.policy.bases).toEqual(forwards.policy.bases);
    expect(backwards.history.map((r) => r.upperBoundMean)).toEqual(forwards.history.map((r) => r.upperBoundMean));
  });

  it('when stage models are given up and rebuilt for want of memory', async () => {
    const study = limited(stochasticStudies[1](), 20, 3);
    const runtime = await HighsRuntime.start();
    const roomy = trainPolicy(new LocalCommunicator(), study, runtime);
    const tight = trainPolicy(new LocalCommunicator(), study, runtime, { solverBytes: 1 });
    expect(new Policy(tight.policy).digest()).toBe(new Policy(roomy.policy).digest());
    expect(tight.history.map((r) => r.upperBoundMean)).toEqual(roomy.history.map((r) => r.upperBoundMean));
  });
});
