/**
 * Builds `dist/` with the communication backends that are wanted:
 *
 *   node build.mjs [--features mpi,tcp,shm] [--outDir dist]
 *
 * Without `--features` all of them; `--features none` or an empty list leaves `local` alone, which is always there.
 * What `dist/` contains is written into `dist/features.json`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What belongs to a feature, as paths below the output folder; `*` stands for the rest of a file name. */
const PARTS = {
  mpi: ['src/comm/mpi', 'workers/mpi-*'],
  tcp: ['src/comm/tcp', 'workers/tcp-*'],
  // Threads that share a memory are ranks of this backend as well.
  shm: ['src/comm/shm', 'workers/rank-thread.*', 'workers/shm-*'],
};

const root = dirname(fileURLToPath(import.meta.url));

function wantedFeatures(text) {
  if (text === undefined) return Object.keys(PARTS);
  const names = text.split(',').map((name) => name.trim());
  const wanted = names.filter((name) => name !== '' && name !== 'none' && name !== 'local');
  const unknown = wanted.find((name) => !(name in PARTS));
  if (unknown !== undefined) {
    throw new Error(`there is no feature '${unknown}'; choose from ${Object.keys(PARTS).join(', ')}, or none`);
  }
  return Object.keys(PARTS).filter((name) => wanted.includes(name));
}

function featuresOf(outDir) {
  const file = join(outDir, 'features.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).features : null;
}

function compile(outDir) {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const buildInfo = join(outDir, '.tsbuildinfo');
  const args = [tsc, '-p', join(root, 'tsconfig.json'), '--outDir', outDir, '--tsBuildInfoFile', buildInfo];
  const { status, error } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}

function remove(outDir, part) {
  const path = join(outDir, part);
  if (!part.endsWith('*')) return rmSync(path, { recursive: true, force: true });
  const stem = part.slice(part.lastIndexOf('/') + 1, -1);
  if (!existsSync(dirname(path))) return;
  for (const file of readdirSync(dirname(path))) {
    if (file.startsWith(stem)) rmSync(join(dirname(path), file), { recursive: true });
  }
}

const { values } = parseArgs({ options: { features: { type: 'string' }, outDir: { type: 'string' } } });
const outDir = resolve(root, values.outDir ?? 'dist');
const features = wantedFeatures(values.features);
const before = featuresOf(outDir);
// The compiler does not write again what it believes to be there.
if (before === null || features.some((name) => !before.includes(name)))
  rmSync(join(outDir, '.tsbuildinfo'), { force: true });
process.exitCode = compile(outDir);
if (process.exitCode === 0) {
  for (const name of Object.keys(PARTS)) {
    if (!features.includes(name)) for (const part of PARTS[name]) remove(outDir, part);
  }
  writeFileSync(join(outDir, 'features.json'), `${JSON.stringify({ features })}\n`);
}
