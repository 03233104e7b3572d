import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCase } from '#cobre/api/load';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { LoadOptions } from '#cobre/case/load-case';
import { readColumns } from './read-columns.js';

const hex = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

/** How much is done with a case. */
export interface Effort {
  readonly iterations: number;
  readonly scenarios: number;
}

/** All that a case leads to and that the way in which its files are written must not show in. */
export type CaseOutcome = Awaited<ReturnType<typeof caseOutcome>>;

/** Trains and simulates a case; numbers as bytes, files by name: tables as values, others as bytes, times left out. */
export async function caseOutcome(directory: string, { iterations, scenarios }: Effort) {
  const configOverrides: LoadOptions['configOverrides'] = {
    training: { stopping_rules: [{ type: 'iteration_limit', limit: iterations }] },
    exports: { stochastic: true },
    policy: { checkpointing: { enabled: false } },
  };
  const study = { ...(await loadCase(directory, { configOverrides })), name: 'case' };
  const outputDirectory = await mkdtemp(join(tmpdir(), 'cobre-outcome-'));
  try {
    const { policy, convergenceHistory } = await train(study, { outputDirectory });
    const { totalCost } = await simulate(study, policy, { outputDirectory, scenarios });
    const { lowerBound, upperBound, upperBoundStd } = convergenceHistory;
    return {
      hash: study.hash,
      digest: policy.digest(),
      bounds: [lowerBound, upperBound, upperBoundStd].map(hex),
      costs: hex(totalCost),
      files: await filesOf(outputDirectory),
    };
  } finally {
    rmSync(outputDirectory, { recursive: true, force: true });
  }
}

/** Columns and fields that tell when or how fast something was. */
const OF_THE_RUN = /(^|_)(ms|seconds|at)$/;
/** Files in which most is of the run: its host, its duration, its history by the clock. */
const RUN_FILES = /(^|\/)(_manifest|metadata|state)\.json$/;

/** A short stand-in for all that a file says, by the file's name. */
async function filesOf(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const name = path.slice(directory.length + 1);
    if (RUN_FILES.test(name)) continue;
    files[name] = createHash('sha256')
      .update(await saidBy(path))
      .digest('hex');
  }
  return files;
}

async function saidBy(path: string): Promise<string | Uint8Array> {
  if (path.endsWith('.parquet')) return JSON.stringify(await tableOf(path), bitsOf);
  if (path.endsWith('.json')) return JSON.stringify(withoutRun(JSON.parse(readFileSync(path, 'utf8'))), bitsOf);
  return readFileSync(path);
}

function withoutRun(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !OF_THE_RUN.test(key)));
}

/** Numbers that JSON would write alike are told apart. */
function bitsOf(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  return typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value))
    ? `${1 / value} ${value}`
    : value;
}

async function tableOf(path: string): Promise<Record<string, readonly unknown[]>> {
  const columns = await readColumns(path);
  const kept = columns.filter(({ element }) => !OF_THE_RUN.test(element.name));
  return Object.fromEntries(kept.map(({ element, data }) => [element.name, data]));
}
