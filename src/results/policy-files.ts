import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { CobreError } from '../errors.js';
import type { PolicyData, StageBasis, StageCuts, StageVertices, VisitedStates } from '../sddp/outcome.js';
import { courseHash, courseSchema } from './course-hash.js';
import { flushDirectory, jsonText, makeDirectory, readFile, readJson, writeFileInto } from './files.js';
import { withIoErrors } from './io-error.js';
import { policyDigest } from './policy-digest.js';
import {
  decodeStageBasis,
  decodeStageCuts,
  encodeStageBasis,
  encodeStageCuts,
  encodeStageStates,
} from './stage-files.js';
import {
  decodeTrainingState,
  encodeTrainingState,
  STATE_BASES,
  STATE_FILE,
  STATE_VISITED,
  STATE_WAITING,
} from './training-state.js';
import { cobreVersion } from './version.js';
import { decodeStageVertices, encodeStageVertices } from './vertex-files.js';

const FORMAT_VERSION = '1.0.0';
const METADATA = 'metadata.json';
/** What a policy directory may hold. Anything else there is somebody's own and is not overwritten. */
export const OWN_ENTRIES: ReadonlySet<string> = new Set(['cuts', 'basis', 'states', 'vertices', 'resume', METADATA]);
const RETRAIN = 'Train again, or point to the policy directory of a finished training.';
const GZIP = '.gz';

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const cvarSchema = z.object({ alpha: z.number(), lambda: z.number() });
const splitFutureSchema = z.object({ openings: z.array(count), cvar: z.array(cvarSchema.nullable()) });
const metadataSchema = z.looseObject({
  cobre_version: z.string(),
  created_at: z.string(),
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
  hydro_ids: z.array(z.number().int()).nullish(),
  split_future: splitFutureSchema.nullish(),
  future_floors: z.array(z.number().nullable()).nullish(),
  stage_hours: z.array(z.number().positive()).nullish(),
  foreign_cuts: z.boolean().nullish(),
  training_course: courseSchema.nullish(),
  files: z.record(z.string(), sha256),
  checksum: sha256,
});
type PolicyMetadata = z.infer<typeof metadataSchema>;

/** How a policy is to be written, and what its data do not say about its training. */
interface PolicyOrigin {
  /** ISO 8601. Default: now. */
  readonly createdAt?: string;
  /** Iterations that the training was allowed. Default: as many as it completed. */
  readonly maxIterations?: number;
  /** Whether its binary files are compressed (gzip). */
  readonly compress?: boolean;
  /** Trial points of the training to be written beside the cuts, or `null`. */
  readonly visited?: VisitedStates | null;
  /** Whether each file is to be on the disk before the next is written. */
  readonly flush?: boolean;
  /** Whether the directory is there already, and must not be made again should it have gone. */
  readonly directoryIsThere?: boolean;
}

/** The policy directory that `directory` is or, where it is an output directory, has in it. */
export function policyDirectory(directory: string): string {
  const inside = join(directory, 'policy');
  return existsSync(join(directory, METADATA)) || !existsSync(join(inside, METADATA)) ? directory : inside;
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
 * Writes the files of a policy straight into `directory`: `cuts/stage_NNN.bin`, `basis/stage_NNN.bin`, what a training
 * can be resumed from (`resume/`) where the policy has it, and last `metadata.json`. Equal policies give equal bytes but
 * for `created_at`, the times in `resume/` and the checksums over them.
 * @throws CobreError `IoError`
 */
export function writePolicy(directory: string, policy: PolicyData, origin: PolicyOrigin = {}): void {
  const { compress = false, flush = false, directoryIsThere = false, visited = null } = origin;
  const files: Record<string, string> = {};
  const { training, vertices } = policy;
  const folders = [
    '',
    'cuts',
    'basis',
    ...(vertices === null ? [] : ['vertices']),
    ...(visited === null ? [] : ['states']),
    ...(training === null ? [] : ['resume']),
  ].map((each) => join(directory, each));
  withIoErrors(directory, 'write results', () => {
    if (!directoryIsThere) makeDirectory(directory);
    for (const folder of folders.slice(1)) if (!existsSync(folder)) mkdirSync(folder);
  });
  const write = (name: string, content: Uint8Array): void => {
    const [stored, bytes] = compress ? [name + GZIP, gzipSync(content)] : [name, content];
    files[stored] = hex(bytes);
    writeFileInto(join(directory, stored), bytes, flush);
  };
  policy.cuts.forEach((cuts, stage) => {
    write(`cuts/${stageFile(stage)}`, encodeStageCuts(stage, cuts, policy.stateDimension, policy.forwardPasses));
  });
  policy.bases.forEach((basis, stage) => {
    if (basis !== null) {
      write(`basis/${stageFile(stage)}`, encodeStageBasis(stage, basis, policy.completedIterations));
    }
  });
  vertices?.forEach((each, stage) => {
    write(`vertices/${stageFile(stage)}`, encodeStageVertices(stage, each));
  });
  visited?.states.forEach((states, stage) => {
    write(`states/${stageFile(stage)}`, encodeStageStates(stage, states, policy.stateDimension));
  });
  if (training !== null) {
    const encoded = encodeTrainingState(training);
    write(STATE_FILE, encoded.state);
    write(STATE_BASES, encoded.bases);
    if (encoded.visited !== null) write(STATE_VISITED, encoded.visited);
    if (encoded.waiting !== null) write(STATE_WAITING, encoded.waiting);
  }
  const metadata = {
    version: FORMAT_VERSION,
    cobre_version: cobreVersion,
    created_at: origin.createdAt ?? new Date().toISOString(),
    completed_iterations: policy.completedIterations,
    final_lower_bound: finiteOrNull(policy.lowerBound),
    best_upper_bound: policy.upperBound === null ? null : finiteOrNull(policy.upperBound),
    state_dimension: policy.stateDimension,
    num_stages: policy.cuts.length,
    config_hash: training === null ? policy.studyHash : courseHash(training.course),
    system_hash: policy.studyHash,
    max_iterations: origin.maxIterations ?? policy.completedIterations,
    forward_passes: policy.forwardPasses,
    warm_start_cuts: Math.max(0, ...policy.cuts.map(({ warmStart }) => warmStart)),
    rng_seed: policy.seed,
    total_visited_states: (visited?.iteration.length ?? 0) * policy.cuts.length,
    case_name: policy.caseName,
    policy_digest: policyDigest(policy),
    hydro_ids: policy.hydroIds,
    split_future: policy.splitFuture,
    future_floors: policy.futureFloors?.map(finiteOrNull),
    stage_hours: policy.stageHours,
    foreign_cuts: policy.foreignCuts,
    training_course: training?.course ?? null,
    files,
  };
  writeFileInto(join(directory, METADATA), jsonText({ ...metadata, checksum: checksumOf(metadata) }), flush);
  if (flush) for (const folder of folders) flushDirectory(folder);
}

/** JSON has no infinities; a bound that was never computed is -Infinity (lower) or absent (upper). */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/**
 * Reads what a policy directory says of itself, without the files it tells of.
 * @throws CobreError `MissingFile`, `ParseError`, `PolicyMismatch` or `IoError`
 */
export function readPolicyMetadata(directory: string): PolicyMetadata {
  const file = join(directory, METADATA);
  const metadata = readJson(file, metadataSchema, RETRAIN);
  if (checksumOf(metadata) !== metadata.checksum) {
    throw mismatch(file, 'checksum', 'it was changed after it was written');
  }
  return metadata;
}

/**
 * Reads a policy and verifies it: every byte that matters is covered by a checksum in `metadata.json`.
 * @throws CobreError `MissingFile`, `ParseError`, `PolicyMismatch` or `IoError`
 */
export function readPolicy(directory: string): PolicyData {
  const metadata = readPolicyMetadata(directory);
  const has = (name: string): boolean => (metadata.files[name] ?? metadata.files[name + GZIP]) !== undefined;
  const read = (name: string): { file: string; bytes: Uint8Array } => {
    const compressed = metadata.files[name + GZIP] !== undefined;
    const stored = compressed ? name + GZIP : name;
    const file = join(directory, stored);
    const bytes = readFile(file, RETRAIN);
    if (hex(bytes) !== metadata.files[stored]) throw mismatch(file, 'files', 'it is not the file that was written');
    return { file, bytes: compressed ? gunzipSync(bytes) : bytes };
  };
  const cuts: StageCuts[] = [];
  const bases: (StageBasis | null)[] = [];
  const vertices: StageVertices[] = [];
  for (let stage = 0; stage < metadata.num_stages; stage++) {
    const cutFile = read(`cuts/${stageFile(stage)}`);
    cuts.push(decodeStageCuts(cutFile.bytes, cutFile.file, stage, metadata.state_dimension));
    const verticesName = `vertices/${stageFile(stage)}`;
    if (has(verticesName)) {
      const { bytes, file } = read(verticesName);
      vertices.push(decodeStageVertices(bytes, file, stage, metadata.state_dimension));
    }
    const basisName = `basis/${stageFile(stage)}`;
    if (!has(basisName)) {
      bases.push(null);
    } else {
      const basisFile = read(basisName);
      bases.push(decodeStageBasis(basisFile.bytes, basisFile.file, stage));
    }
  }
  const course = metadata.training_course ?? null;
  const policy: PolicyData = {
    caseName: metadata.case_name,
    studyHash: metadata.system_hash,
    stateDimension: metadata.state_dimension,
    hydroIds: metadata.hydro_ids ?? null,
    cuts,
    splitFuture: metadata.split_future ?? null,
    ...(metadata.future_floors
      ? { futureFloors: metadata.future_floors.map((floor) => floor ?? Number.NEGATIVE_INFINITY) }
      : {}),
    ...(metadata.stage_hours ? { stageHours: metadata.stage_hours } : {}),
    ...(typeof metadata.foreign_cuts === 'boolean' ? { foreignCuts: metadata.foreign_cuts } : {}),
    vertices: vertices.length === 0 ? null : vertices,
    bases,
    completedIterations: metadata.completed_iterations,
    lowerBound: metadata.final_lower_bound ?? Number.NEGATIVE_INFINITY,
    upperBound: metadata.best_upper_bound,
    forwardPasses: metadata.forward_passes,
    seed: metadata.rng_seed,
    training:
      course === null || !has(STATE_FILE)
        ? null
        : decodeTrainingState(
            course,
            {
              state: read(STATE_FILE),
              bases: read(STATE_BASES),
              visited: has(STATE_VISITED) ? read(STATE_VISITED) : null,
              waiting: has(STATE_WAITING) ? read(STATE_WAITING) : null,
            },
            metadata.completed_iterations,
          ),
  };
  if (policyDigest(policy) !== metadata.policy_digest) {
    throw mismatch(join(directory, METADATA), 'policy_digest', 'it does not belong to the cuts beside it');
  }
  return policy;
}

function mismatch(file: string, field: string, why: string): CobreError {
  return new CobreError('PolicyMismatch', `${file}: ${why}`, { file, field, suggestion: RETRAIN });
}
