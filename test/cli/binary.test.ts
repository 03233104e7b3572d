import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSync } from '../support/child.js';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const binary = join(root, manifest.bin.cobre);
const cobre = (...args: string[]) => runSync(process.execPath, [binary, ...args]);

describe('the built program', () => {
  test('is what package.json names', () => {
    expect(existsSync(binary)).toBe(true);
    expect(readFileSync(binary, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('tells its version, and that of the solver inside', () => {
    expect(cobre('--version').stdout).toBe(`${manifest.version}\n`);
    const { status, stdout } = cobre('version', '--output-format', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).data).toMatchObject({
      version: manifest.version,
      node_version: process.versions.node,
      solver_version: expect.stringMatching(/^1\.\d+\.\d+$/),
    });
  });

  test('has help with examples and exit codes', () => {
    const { status, stdout } = cobre('--help');
    expect(status).toBe(0);
    for (const word of ['run', 'validate', 'init', 'summary', 'version', 'Examples:', '130']) {
      expect(stdout).toContain(word);
    }
  });

  test('ends with 1 on wrong arguments and 3 on a case that is not there', () => {
    expect(cobre('run', '.', '--workers', 'many').status).toBe(1);
    expect(cobre('nope').status).toBe(1);
    expect(cobre('run', join(root, 'no-such-case')).status).toBe(3);
  });
});
