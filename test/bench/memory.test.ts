import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LAYOUT_NAMES } from '#bench/memory/job';
import { peaksOf } from '#bench/memory/peak-memory';
import { memoryReport } from '#bench/memory/report';

const MIB = 2 ** 20;
const peaks = (parent: number, ...children: number[]) => ({
  parent: parent * MIB,
  children: children.map((each) => each * MIB),
});

describe('the report on memory', () => {
  const measured = [
    {
      layout: LAYOUT_NAMES[2],
      training: [peaks(90, 150, 160)],
      simulation: new Map([
        [200, [peaks(80, 150, 100), peaks(81, 140, 100), peaks(82, 160, 100)]],
        [2000, [peaks(81, 160, 120), peaks(81, 150, 120), peaks(81, 90, 120)]],
      ]),
    },
  ];
  const lines = memoryReport(measured, { command: 'npm run bench:memory', rounds: 3, iterations: 40 }).split('\n');
  const cells = (label: string) =>
    lines
      .find((line) => line.includes(label))
      ?.split('|')
      .map((cell) => cell.trim())
      .slice(2, -1);

  it('has medians in MiB of the parent and of each rank, and the ratio of most scenarios to fewest', () => {
    expect(cells('parent')).toEqual(['90', '81', '81', '1.00']);
    expect(cells('rank 0')).toEqual(['150', '150', '150', '1.00']);
  });

  it('marks growth that is more than noise', () => {
    expect(cells('rank 1')).toEqual(['160', '100', '120', '**1.20**']);
  });
});

describe.runIf(process.platform === 'linux')('the peak of a process', () => {
  const program = fileURLToPath(new URL('./programs/takes-memory.mjs', import.meta.url));

  it('is told for the program and for the processes that it starts, in the order of their start', async () => {
    const small = await peaksOf(program, ['0']);
    const large = await peaksOf(program, ['50', '100', '200']);
    expect(small.children).toEqual([]);
    const above = [large.parent, ...large.children].map((bytes) => Math.round((bytes - small.parent) / MIB / 50));
    expect(above).toEqual([1, 2, 4]);
  });

  it('is not told for a program that fails', async () => {
    await expect(peaksOf(program, ['fail'])).rejects.toThrow('ended with code 1');
  });
});
