import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CobreError } from '../errors.js';
import type { PolicyData, StageBasis, StageCuts } from '../sddp/outcome.js';
import { readFile, readJson, writeFile, writeJson } from './files.js';
import { ioError, withIoErrors } from './io-error.js';
import { policyDigest } from './policy-digest.js';
import { decodeStageBasis, decodeStageCuts, encodeStageBasis, encodeStageCuts } from './stage-files.js';
import { cobreVersion } from './version.js';

const FORMAT_VERSION = '1.0.0';
const METADATA = 'metadata.json';
/** What a policy directory may hold. Anything else there is somebody's own and is not overwritten. */
const OWN_ENTRIES = new Set(['cuts', 'basis', 'states', METADATA]);
const RETRAIN = 'Train again, or point to the policy directory of a finished training.';

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const metadataSchema = z.looseObject({
  cobre_version: z.string(),
  completed_iterations: count,
  final_lower_bound: z.number().nullable(),
  best_upper_bound: z.number().nullable(),
  state_dimension: count,
  num_stages: count,
  system_hash: z.string(),
  forward_passes: count,
  rng_seed: count,
  case_name: z.string(),
  policy_digest: sha256,
  files: z.record(z.string(), sha256),
  checksum: sha256,
});

/** What a policy's data does not say about its training. */
export interface PolicyOrigin {
  /** ISO 8601. Default: now. */
  readonly createdAt?: string;
  /** Iterations that the training was allowed. Default: as many as it completed. */
  readonly maxIterations?: number;
}

/** A trained policy: the cuts that bound each stage's cost-to-go from below. */
export class Policy {
  readonly data: PolicyData;

  constructor(data: PolicyData) {
    this.data = data;
  }

  /** SHA-256 (hex) of the cuts, see `policyDigest`. */
  digest(): string {
    return policyDigest(this.data);
  }

  /**
   * The policy's estimate of the cost-to-go after a stage: the largest of its cuts at `state`, and at least 0.
   * @param stage zero-based
   * @param state storage at the end of the stage [hm3], by hydro
   * @returns [$], seen from the next stage
   * @throws CobreError `InvalidArgument` for a stage or a state that the policy does not have
   */
  evaluate(stage: number, state: Float64Array): number {
    const cuts = this.data.cuts[stage];
    const dimension = this.data.stateDimension;
    if (cuts === undefined) {
      throw new CobreError('InvalidArgument', `the policy has no stage ${stage}`, {
        field: 'stage',
        value: stage,
        suggestion: `Stages run from 0 to ${this.data.cuts.length - 1}.`,
      });
    }
    if (state.length !== dimension) {
      throw new CobreError('InvalidArgument', `the state has ${state.length} entries instead of ${dimension}`, {
        field: 'state',
        value: state.length,
        suggestion: 'Give one storage for each hydro of the case.',
      });
    }
    let best = 0;
    for (let i = 0; i < cuts.count; i++) {
      let value = cuts.intercept[i];
      for (let s = 0; s < dimension; s++) value += cuts.gradient[i * dimension + s] * state[s];
      if (value > best) best = value;
    }
    return best;
  }

  /**
   * Writes the policy to `directory`, replacing a policy that is there once the new one is complete.
   * @throws CobreError `IoError`; `InvalidArgument` when the directory holds other files
   */
  async save(directory: string): Promise<void> {
    const target = resolve(directory);
    const foreign = foreignEntry(target);
    if (foreign !== null) {
      throw new CobreError('InvalidArgument', `${directory} holds other files (${foreign})`, {
        file: directory,
        suggestion: 'Choose a new directory, or one that holds nothing but a policy.',
      });
    }
    const fresh = `${target}.cobre-tmp`;
    const old = `${target}.cobre-old`;
    try {
      rmSync(fresh, { recursive: true, force: true });
      // A process killed between the two renames below left the earlier policy aside.
      if (existsSync(old) && !existsSync(target)) renameSync(old, target);
      rmSync(old, { recursive: true, force: true });
      writePolicy(fresh, this.data);
      if (existsSync(target)) renameSync(target, old);
      try {
        renameSync(fresh, target);
      } catch (cause) {
        if (existsSync(old)) renameSync(old, target);
        throw cause;
      }
      rmSync(old, { recursive: true, force: true });
    } catch (cause) {
      try {
        rmSync(fresh, { recursive: true, force: true });
      } catch {
        // What went wrong first is what the caller needs to know.
      }
      throw ioError(cause, directory, 'save the policy');
    }
  }

  /**
   * Reads a policy and verifies it: every byte that matters is covered by a checksum in `metadata.json`.
   * @param directory a policy directory, or an output directory with one in it
   * @throws CobreError `MissingFile`, `ParseError`, `PolicyMismatch` or `IoError`
   */
  static async load(directory: string): Promise<Policy> {
    const inside = join(directory, 'policy');
    const isPolicyDirectory = existsSync(join(directory, METADATA)) || !existsSync(join(inside, METADATA));
    return new Policy(readPolicy(isPolicyDirectory ? directory : inside));
  }
}

function foreignEntry(directory: string): string | null {
  if (!existsSync(directory)) return null;
  const entries = withIoErrors(directory, 'read the directory', () => readdirSync(directory));
  return entries.find((entry) => !OWN_ENTRIES.has(entry)) ?? null;
}

/** `stage_007.bin`, as the format has it. */
function stageFile(stage: number): string {
  return `stage_${String(stage).padStart(3, '0')}.bin`;
}

function hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 over the other members of `metadata.json` as compact JSON with all names sorted. */
function checksumOf(metadata: Readonly<Record<string, unknown>>): string {
  const { checksum: _, ...others } = metadata;
  const sorted = (_name: string, value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return hex(Buffer.from(JSON.stringify(others, sorted), 'utf8'));
}

/**
 * Writes the files of a policy straight into `directory`: `cuts/stage_NNN.bin`, `basis/stage_NNN.bin`,
 * and last `metadata.json`. Equal policies give equal bytes but for `created_at` and the checksum over it.
 * @throws CobreError `IoError`
 */
export function writePolicy(directory: string, policy: PolicyData, origin: PolicyOrigin = {}): void {
  const files: Record<string, string> = {};
  const write = (name: string, bytes: Uint8Array): void => {
    files[name] = hex(bytes);
    writeFile(join(directory, name), bytes);
  };
  policy.cuts.forEach((cuts, stage) => {
    write(`cuts/${stageFile(stage)}`, encodeStageCuts(stage, cuts, policy.stateDimension, policy.forwardPasses));
  });
  policy.bases.forEach((basis, stage) => {
    if (basis !== null) {
      write(`basis/${stageFile(stage)}`, encodeStageBasis(stage, basis, policy.completedIterations));
    }
  });
  const metadata = {
    version: FORMAT_VERSION,
    cobre_version: cobreVersion,
    created_at: origin.createdAt ?? new Date().toISOString(),
    completed_iterations: policy.completedIterations,
    final_lower_bound: finiteOrNull(policy.lowerBound),
    best_upper_bound: policy.upperBound === null ? null : finiteOrNull(policy.upperBound),
    state_dimension: policy.stateDimension,
    num_stages: policy.cuts.length,
    // One hash covers the configuration and the system.
    config_hash: policy.studyHash,
    system_hash: policy.studyHash,
    max_iterations: origin.maxIterations ?? policy.completedIterations,
    forward_passes: policy.forwardPasses,
    warm_start_cuts: 0,
    rng_seed: policy.seed,
    total_visited_states: 0,
    case_name: policy.caseName,
    policy_digest: policyDigest(policy),
    files,
  };
  writeJson(join(directory, METADATA), { ...metadata, checksum: checksumOf(metadata) });
}

/** JSON has no infinities; a bound that was never computed is -Infinity (lower) or absent (upper). */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function readPolicy(directory: string): PolicyData {
  const metadataFile = join(directory, METADATA);
  const metadata = readJson(metadataFile, metadataSchema, RETRAIN);
  if (checksumOf(metadata) !== metadata.checksum) {
    throw mismatch(metadataFile, 'checksum', 'it was changed after it was written');
  }
  const read = (name: string): { file: string; bytes: Uint8Array } => {
    const file = join(directory, name);
    const bytes = readFile(file, RETRAIN);
    if (hex(bytes) !== metadata.files[name]) throw mismatch(file, 'files', 'it is not the file that was written');
    return { file, bytes };
  };
  const cuts: StageCuts[] = [];
  const bases: (StageBasis | null)[] = [];
  for (let stage = 0; stage < metadata.num_stages; stage++) {
    const cutFile = read(`cuts/${stageFile(stage)}`);
    cuts.push(decodeStageCuts(cutFile.bytes, cutFile.file, stage, metadata.state_dimension));
    const basisName = `basis/${stageFile(stage)}`;
    if (metadata.files[basisName] === undefined) {
      bases.push(null);
    } else {
      const basisFile = read(basisName);
      bases.push(decodeStageBasis(basisFile.bytes, basisFile.file, stage));
    }
  }
  const policy: PolicyData = {
    caseName: metadata.case_name,
    studyHash: metadata.system_hash,
    stateDimension: metadata.state_dimension,
    cuts,
    bases,
    completedIterations: metadata.completed_iterations,
    lowerBound: metadata.final_lower_bound ?? Number.NEGATIVE_INFINITY,
    upperBound: metadata.best_upper_bound,
    forwardPasses: metadata.forward_passes,
    seed: metadata.rng_seed,
  };
  if (policyDigest(policy) !== metadata.policy_digest) {
    throw mismatch(metadataFile, 'policy_digest', 'it does not belong to the cuts beside it');
  }
  return policy;
}

function mismatch(file: string, field: string, why: string): CobreError {
  return new CobreError('PolicyMismatch', `${file}: ${why}`, { file, field, suggestion: RETRAIN });
}
