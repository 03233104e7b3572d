import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CobreError } from '#cobre/errors';
import { Policy } from '#cobre/results/policy';
import { policyDigest } from '#cobre/results/policy-digest';
import { writePolicy } from '#cobre/results/policy-files';
import type { PolicyData } from '#cobre/sddp/outcome';
import { makePolicy, temporaryDirectory } from './fixture.js';

const cut = (intercept: number, ...gradient: number[]) => ({
  count: 1,
  intercept: Float64Array.of(intercept),
  gradient: Float64Array.from(gradient),
  iteration: Int32Array.of(1),
  trajectory: Int32Array.of(0),
  opening: null,
  active: null,
  warmStart: 0,
});

const noCuts = {
  count: 0,
  intercept: new Float64Array(0),
  gradient: new Float64Array(0),
  iteration: new Int32Array(0),
  trajectory: new Int32Array(0),
  opening: null,
  active: null,
  warmStart: 0,
};

describe('policyDigest', () => {
  it('is SHA-256 over counts, intercepts and gradients, little-endian', () => {
    const policy: PolicyData = {
      ...makePolicy(),
      stateDimension: 2,
      cuts: [cut(1, -2, 0.5), noCuts],
    };
    // IEEE 754: 1 = 3ff0..., -2 = c000..., 0.5 = 3fe0..., each written backwards.
    const bytes = Buffer.from(
      `${'01000000'}${'000000000000f03f'}${'00000000000000c0'}${'000000000000e03f'}${'00000000'}`,
      'hex',
    );
    expect(policyDigest(policy)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('counts cuts, not the capacity of their arrays', () => {
    const exact = { ...makePolicy(), stateDimension: 1, cuts: [cut(5, 6)] };
    const roomy = {
      ...exact,
      cuts: [{ ...cut(5, 6), intercept: Float64Array.of(5, 99), gradient: Float64Array.of(6, 99) }],
    };
    expect(policyDigest(roomy)).toBe(policyDigest(exact));
  });

  it('differs when one bit differs', () => {
    const digest = (intercept: number) =>
      policyDigest({ ...makePolicy(), stateDimension: 1, cuts: [cut(intercept, 1)] });
    expect(digest(0)).not.toBe(digest(-0));
    expect(digest(1)).not.toBe(digest(1 + Number.EPSILON));
  });
});

describe('evaluate', () => {
  const policy = new Policy({
    ...makePolicy(),
    stateDimension: 1,
    cuts: [{ ...cut(0), count: 2, intercept: Float64Array.of(10, 4), gradient: Float64Array.of(-2, -0.5) }, noCuts],
  });

  it('is the largest cut, and never below 0', () => {
    expect(policy.evaluate(0, Float64Array.of(1))).toBe(8); // 10 - 2 * 1 above 4 - 0.5 * 1
    expect(policy.evaluate(0, Float64Array.of(6))).toBe(1); // 4 - 0.5 * 6 above 10 - 2 * 6
    expect(policy.evaluate(0, Float64Array.of(100))).toBe(0);
    expect(policy.evaluate(1, Float64Array.of(1))).toBe(0);
  });

  it('refuses a stage or a state that it does not have', () => {
    for (const stage of [-1, 2, 0.5, Number.NaN]) {
      expect(() => policy.evaluate(stage, Float64Array.of(1))).toThrow(
        expect.objectContaining({ kind: 'InvalidArgument', field: 'stage' }),
      );
    }
    expect(() => policy.evaluate(0, Float64Array.of(1, 2))).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', field: 'state' }),
    );
  });
});

describe('save and load', () => {
  it('gives the same policy back, from its directory or the one above', async () => {
    const output = temporaryDirectory();
    const policy = new Policy(makePolicy());
    await policy.save(join(output, 'policy'));
    for (const directory of [output, join(output, 'policy')]) {
      const loaded = await Policy.load(directory);
      expect(loaded.data).toEqual(policy.data);
      expect(loaded.digest()).toBe(policy.digest());
    }
    expect(readdirSync(output)).toEqual(['policy']);
    expect(readdirSync(join(output, 'policy')).sort()).toEqual(['basis', 'cuts', 'metadata.json']);
  });

  it('round-trips any numbers', async () => {
    const bits = fc.oneof(fc.double(), fc.constantFrom(-0, Number.MIN_VALUE, Number.MAX_VALUE, Infinity, -Infinity));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.array(bits, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
        bits,
        async (stateDimension, intercepts, slope) => {
          const data: PolicyData = {
            ...makePolicy(),
            stateDimension,
            cuts: intercepts.map((values) => ({
              count: values.length,
              intercept: Float64Array.from(values),
              gradient: new Float64Array(values.length * stateDimension).fill(slope),
              iteration: new Int32Array(values.length).fill(2 ** 31 - 1),
              trajectory: Int32Array.from(values, (_, i) => i),
              opening: null,
              active: null,
              warmStart: 0,
            })),
            splitFuture: null,
            vertices: null,
            bases: intercepts.map(() => null),
            upperBound: null,
            lowerBound: Number.NEGATIVE_INFINITY,
          };
          const directory = join(temporaryRoot, String(counter++));
          await new Policy(data).save(directory);
          expect((await Policy.load(directory)).data).toEqual(data);
          rmSync(directory, { recursive: true });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('replaces a policy, and nothing else', async () => {
    const directory = temporaryDirectory();
    await new Policy(makePolicy(5)).save(directory);
    await new Policy(makePolicy(2)).save(directory);
    expect(readdirSync(join(directory, 'cuts'))).toEqual(['stage_000.bin', 'stage_001.bin']);
    writeFileSync(join(directory, 'thesis.txt'), 'mine');
    await expect(new Policy(makePolicy()).save(directory)).rejects.toMatchObject({ kind: 'InvalidArgument' });
    expect(existsSync(join(directory, 'thesis.txt'))).toBe(true);
    expect((await Policy.load(directory)).data).toEqual(makePolicy(2));
  });

  it('writes equal bytes for equal policies', () => {
    const root = temporaryDirectory();
    const origin = { createdAt: '2024-01-01T00:00:00Z', maxIterations: 10 };
    writePolicy(join(root, 'a'), makePolicy(), origin);
    writePolicy(join(root, 'b'), makePolicy(), origin);
    const files = readdirSync(join(root, 'a'), { recursive: true, encoding: 'utf8' }).filter((f) => f.includes('.'));
    expect(files).toHaveLength(6);
    for (const file of files) {
      expect(Buffer.compare(readFileSync(join(root, 'a', file)), readFileSync(join(root, 'b', file)))).toBe(0);
    }
  });

  it('says what is wrong with a path that cannot be written', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    await expect(new Policy(makePolicy()).save(file)).rejects.toMatchObject({ kind: 'IoError', file });
    await expect(new Policy(makePolicy()).save(join(file, 'x'))).rejects.toMatchObject({ kind: 'IoError' });
  });

  it('says which file is missing', async () => {
    const directory = temporaryDirectory();
    await expect(Policy.load(directory)).rejects.toMatchObject({ kind: 'MissingFile' });
    await expect(Policy.load(join(directory, 'none'))).rejects.toMatchObject({ kind: 'MissingFile' });
    writePolicy(directory, makePolicy());
    const file = join(directory, 'cuts', 'stage_001.bin');
    rmSync(file);
    await expect(Policy.load(directory)).rejects.toMatchObject({ kind: 'MissingFile', file });
  });

  it('notices files of different policies put together', async () => {
    const root = temporaryDirectory();
    writePolicy(join(root, 'a'), makePolicy());
    writePolicy(join(root, 'b'), { ...makePolicy(), lowerBound: 1, cuts: makePolicy().cuts.with(0, noCuts) });
    cpSync(join(root, 'b', 'cuts', 'stage_000.bin'), join(root, 'a', 'cuts', 'stage_000.bin'));
    await expect(Policy.load(join(root, 'a'))).rejects.toMatchObject({ kind: 'PolicyMismatch' });
  });
});

let counter = 0;
const temporaryRoot = mkdtempSync(join(tmpdir(), 'cobre-policy-'));
afterAll(() => rmSync(temporaryRoot, { recursive: true, force: true }));

describe('damaged files', () => {
  it('load as the same policy or not at all, whatever byte is changed, removed or added', async () => {
    const root = temporaryDirectory();
    const good = join(root, 'good');
    writePolicy(good, makePolicy());
    const files = ['metadata.json', 'cuts/stage_000.bin', 'cuts/stage_002.bin', 'basis/stage_000.bin'];
    const bad = join(root, 'bad');
    cpSync(good, bad, { recursive: true });
    const damage = fc.oneof(
      fc.record({ how: fc.constant('flip' as const), where: fc.nat(), bit: fc.nat(7) }),
      fc.record({ how: fc.constant('truncate' as const), where: fc.nat(), bit: fc.constant(0) }),
      fc.record({ how: fc.constant('append' as const), where: fc.nat(), bit: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async (file, { how, where, bit }) => {
        const original = readFileSync(join(good, file));
        let bytes = Buffer.from(original);
        const at = where % bytes.length;
        if (how === 'flip') bytes[at] ^= 1 << bit;
        else if (how === 'truncate') bytes = bytes.subarray(0, at);
        else bytes = Buffer.concat([bytes, Buffer.of(0)]);
        writeFileSync(join(bad, file), bytes);
        try {
          expect((await Policy.load(bad)).data).toEqual(makePolicy());
        } catch (error) {
          expect(error).toBeInstanceOf(CobreError);
          expect(['ParseError', 'PolicyMismatch', 'MissingFile']).toContain((error as CobreError).kind);
        } finally {
          writeFileSync(join(bad, file), original);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are refused also where a directory stands for a file', async () => {
    const directory = temporaryDirectory();
    writePolicy(directory, makePolicy());
    rmSync(join(directory, 'metadata.json'));
    mkdirSync(join(directory, 'metadata.json'));
    await expect(Policy.load(directory)).rejects.toMatchObject({ kind: 'IoError' });
  });
});
