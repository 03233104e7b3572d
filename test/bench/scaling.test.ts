import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { writeChapter } from '#bench/chapter';
import { writeScalingCase } from '#bench/scaling/case';
import type { Measurement } from '#bench/scaling/job';
import { type Point, scalingReport } from '#bench/scaling/report';
import { loadCase } from '#cobre/index';

const directory = mkdtempSync(join(tmpdir(), 'cobre-scaling-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the report on scaling', () => {
  const origin = {
    command: 'npm run bench:scaling',
    machine: [],
    rounds: 3,
    iterations: 5,
    forwardPasses: 64,
    scenarios: 512,
  };
  /** Each rank is in the passes as long as the iterations take. */
  const training = (ranks: number, iterationsMs: number, solveShare: number, waitShare: number): Measurement => ({
    callMs: iterationsMs + 1000,
    digest: 'p',
    training: {
      iterationsMs,
      rankMs: ranks * iterationsMs,
      solveMs: ranks * iterationsMs * solveShare,
      waitMs: ranks * iterationsMs * waitShare,
      lpSolves: 100_000,
    },
  });
  const simulation = (callMs: number): Measurement => ({ callMs, digest: 's', training: null });
  const one: Point = {
    layout: 'threads',
    ranks: 1,
    training: [40_000, 50_000, 60_000].map((ms) => training(1, ms, 1, 0)),
    simulation: [10_000, 12_000, 11_000].map(simulation),
  };
  // Round by round 4, 4 and 3 times as fast.
  const four: Point = {
    layout: 'threads',
    ranks: 4,
    training: [10_000, 12_500, 20_000].map((ms) => training(4, ms, 0.75, 0.2)),
    simulation: [5000, 4000, 5500].map(simulation),
  };
  const rows = (text: string, ranks: number) =>
    text
      .split('\n')
      .filter((line) => new RegExp(`^\\| ${ranks} `).test(line))
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(2, -1),
      );

  it('has median times, the median of the speedups round by round, and shares of the ranks’ time', () => {
    const [trained, simulated] = rows(scalingReport(one, [four], origin), 4);
    // Ranks take 4 * 0.75 / 4, 3 and 4 * 0.75 / 3 of the solving time of one: 0.75, 0.75 and 1.
    expect(trained).toEqual(['12.5 s', '13.5 s', '4.00', '100 %', '75 %', '20 %', '5 %', '0.75']);
    expect(simulated).toEqual(['5.00 s', '2.00', '50 %']);
  });

  it('leaves a layout without a number of ranks empty there', () => {
    const two: Point = { ...four, layout: 'processes', ranks: 2 };
    const [, simulated] = rows(scalingReport(one, [four, two], origin), 4);
    expect(simulated.slice(3)).toEqual(['', '', '']);
  });

  it('is not written where ranks came to different policies', () => {
    const other = { ...four, training: four.training.map((each) => ({ ...each, digest: 'q' })) };
    expect(() => scalingReport(one, [other], origin)).toThrow('training: not all came to the same, but to p, q');
  });
});

describe('the case that is scaled', () => {
  it('is two years of four regions whose inflow remembers a month', async () => {
    const example = fileURLToPath(new URL('../../examples/four-regions', import.meta.url));
    await writeScalingCase(example, join(directory, 'case'));
    const [study, base] = [await loadCase(join(directory, 'case')), await loadCase(example)];
    expect(study.stages.length).toBe(24);
    expect(study.stages.map(({ openings }) => openings)).toEqual(new Array(24).fill(20));
    expect(study.inflowModel.autoregressive?.coefficient).toEqual(new Float64Array(4 * 24).fill(0.6));
    const december = base.inflow.mean.slice(11 * 4, 12 * 4);
    expect(study.inflowModel.pastInflows.map(({ values }) => values[0])).toEqual([...december]);
  });
});

describe('a chapter of a report', () => {
  const file = join(directory, 'report.md');
  const first = '# First\n\nold\n\n```sh\n# a comment\n```\n';

  it('begins a file, and is put at the end of one without it', () => {
    writeChapter(file, first);
    writeChapter(file, '# Second\n\ntext\n');
    expect(readFileSync(file, 'utf8')).toBe(`${first}\n# Second\n\ntext\n`);
  });

  it('takes the place of the one with its title, and leaves the others', () => {
    writeFileSync(file, `${first}\n# Second\n\ntext\n`);
    writeChapter(file, '# First\n\nnew\n');
    expect(readFileSync(file, 'utf8')).toBe('# First\n\nnew\n\n# Second\n\ntext\n');
  });
});
