import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Study } from '../case/study.js';
import { CobreError, type ErrorDetails } from '../errors.js';
import { policyDigest } from '../results/policy-digest.js';
import { policyDirectory, readPolicy } from '../results/policy-files.js';
import { activeSlotsOf } from '../sddp/cut-pool.js';
import { endOf, type FutureEnd, futureAfter } from '../sddp/future-end.js';
import type { PolicyData, StageCuts } from '../sddp/outcome.js';
import { stateSize } from '../sddp/stage-problems.js';

/** The cost-to-go of a stage of another policy, as what comes after the last stage of a study. */
export interface Boundary {
  /** The active ones of that stage, all of them as cuts that a training begins with. */
  readonly cuts: StageCuts;
  readonly end: FutureEnd;
  /** SHA-256 (hex) of all this: two boundaries have the same one exactly where they say the same. */
  readonly digest: string;
}

/**
 * Reads what `policy.boundary` of a case names; `null` where it names nothing.
 * @param outputDirectory what its path is relative to
 * @throws CobreError `CheckpointFailed` when there is no such policy or stage, or it has other state variables;
 *   `InvalidArgument` when there is no output directory that the path is relative to
 */
export function loadBoundary(study: Study, outputDirectory: string | undefined): Boundary | null {
  const { boundary } = study.config.policy;
  if (boundary === null) return null;
  const directory = policyDirectory(placeOf(boundary.path, outputDirectory));
  const policy = read(directory);
  const stage = boundary.sourceStage;
  const available = policy.cuts.flatMap(({ count }, t) => (count > 0 ? [t] : []));
  const cuts = policy.cuts[stage];
  if (cuts === undefined || cuts.count === 0) {
    const why =
      cuts === undefined
        ? `it has no stage ${stage}, only 0 to ${policy.cuts.length - 1}`
        : `nothing comes after its stage ${stage}, so that it has no cuts`;
    throw unusable(directory, why, 'policy.boundary.source_stage', {
      value: stage,
      suggestion:
        available.length === 0
          ? 'Name the policy of a study of two stages or more.'
          : `Choose a stage that has cuts: ${available.join(', ')}.`,
    });
  }
  const states = stateSize(study);
  if (policy.stateDimension !== states) {
    throw unusable(
      directory,
      `it has ${policy.stateDimension} state variables (storages and past inflows), the case has ${states}`,
      'policy.boundary.path',
      { suggestion: 'Name a policy of the same hydro plants whose inflow depends on as many earlier periods.' },
    );
  }
  const others = otherPlants(study, policy);
  if (others !== null) {
    throw unusable(directory, others, 'policy.boundary.path', {
      suggestion: 'Name a policy of the same hydro plants, or set policy.validate_compatibility to false.',
    });
  }
  checkPlaces(study, policy, stage, directory);
  const active = activeOnly(cuts, states);
  const end = futureAfter(policy, stage);
  return { cuts: active, end, digest: digestOf(active, end, policy) };
}

/**
 * Refuses a policy for what it takes for the cost after the last stage, where that is not what the case's
 * `policy.boundary` names. A policy brings its own end with it: where the other policy cannot be found any more there is
 * only a warning that nothing was compared, and none where nothing tells what its path is relative to.
 * @throws CobreError `PolicyMismatch`; as `loadBoundary` where the other policy is there, and of no use
 */
export function checkBoundary(study: Study, policy: PolicyData, outputDirectory: string | undefined): void {
  const { boundary } = study.config.policy;
  if (boundary === null || endOf(policy, study) === null) return;
  const place =
    isAbsolute(boundary.path) || outputDirectory !== undefined ? placeOf(boundary.path, outputDirectory) : null;
  if (place === null) return;
  if (!existsSync(place)) {
    process.emitWarning(
      `there is no boundary policy in ${place} any more: the policy is taken with the cost after the last stage that it was trained with`,
      'CobreWarning',
    );
    return;
  }
  if (loadBoundary(study, outputDirectory)?.digest === digestOfEnd(study, policy)) return;
  throw new CobreError('PolicyMismatch', 'the policy was trained with another cost after the last stage', {
    field: 'policy.boundary',
    value: boundary.path,
    suggestion: 'Train the policy with this policy.boundary, or name the one that it was trained with.',
  });
}

/** How much longer one of two stages may be than the other: a month of 31 days follows one of 28. */
const ALIKE = 1.2;

/** Refuses a policy that takes inflows of weeks for those of months: as many are remembered, but they mean something else. */
function checkPlaces(study: Study, policy: PolicyData, stage: number, directory: string): void {
  const { stages, hydros } = study;
  const places = hydros.length === 0 ? 0 : policy.stateDimension / hydros.length - 1;
  for (let age = 1; age <= places; age++) {
    const ours = stages[stages.length - age]?.hours;
    const theirs = policy.stageHours?.[stage + 1 - age];
    // What lies before a study is not told here.
    if (ours === undefined || theirs === undefined) return;
    if (Math.max(ours, theirs) <= ALIKE * Math.min(ours, theirs)) continue;
    throw unusable(
      directory,
      `its state has the inflow of ${theirs} h where the case has that of the ${ours} h of stage ${stages[stages.length - age].id}`,
      'policy.boundary.path',
      { suggestion: 'Name a policy whose stages before that one are as long as the last ones of the case.' },
    );
  }
}

function placeOf(path: string, outputDirectory: string | undefined): string {
  if (outputDirectory !== undefined) return resolve(outputDirectory, path);
  if (isAbsolute(path)) return path;
  throw new CobreError('InvalidArgument', 'policy.boundary needs an output directory, which its path is relative to', {
    field: 'outputDirectory',
    suggestion: 'Give outputDirectory, or an absolute policy.boundary.path.',
  });
}

function read(directory: string): PolicyData {
  try {
    return readPolicy(directory);
  } catch (cause) {
    throw unusable(directory, (cause as Error).message, 'policy.boundary.path', {
      suggestion: 'Point policy.boundary.path to the policy directory of a finished training.',
      cause,
    });
  }
}

/** What was taken out of the other policy's stage problem is no part of its cost-to-go. */
function activeOnly(cuts: StageCuts, states: number): StageCuts {
  const slots = activeSlotsOf(cuts);
  const gradient = new Float64Array(slots.length * states);
  slots.forEach((slot, k) => {
    gradient.set(cuts.gradient.subarray(slot * states, (slot + 1) * states), k * states);
  });
  return {
    count: slots.length,
    intercept: Float64Array.from(slots, (slot) => cuts.intercept[slot]),
    gradient,
    iteration: new Int32Array(slots.length),
    trajectory: Int32Array.from(slots, (_, k) => k),
    opening: cuts.opening && Int32Array.from(slots, (slot) => cuts.opening?.[slot] ?? -1),
    active: null,
    warmStart: slots.length,
  };
}

/** As the digest of a boundary, of what a policy of `study` takes for the cost after the last stage; `null`: nothing. */
export function digestOfEnd(study: Study, policy: PolicyData): string | null {
  const end = endOf(policy, study);
  if (end === null) return null;
  return digestOf(activeOnly(policy.cuts[study.stages.length - 1], policy.stateDimension), end, policy);
}

function digestOf(cuts: StageCuts, end: FutureEnd, policy: PolicyData): string {
  const hash = createHash('sha256');
  hash.update(policyDigest({ ...policy, cuts: [cuts] }));
  hash.update(JSON.stringify([end.floor, end.openings, end.cvar && [end.cvar.alpha, end.cvar.lambda]]));
  return hash.digest('hex');
}

function unusable(
  directory: string,
  detail: string,
  field: string,
  more: Pick<ErrorDetails, 'value' | 'suggestion' | 'cause'>,
): CobreError {
  return new CobreError('CheckpointFailed', `the boundary policy in ${directory} cannot be used: ${detail}`, {
    file: 'config.json',
    field,
    context: { checkpoint_path: directory, operation: 'read', detail },
    ...more,
  });
}

/** That a policy is of other plants than a case, in words; `null` where it is not, or where that is not to be looked at. */
export function otherPlants({ hydros, config }: Study, { hydroIds }: PolicyData): string | null {
  if (!config.policy.validateCompatibility || hydroIds === null) return null;
  const ids = hydros.map(({ id }) => id);
  if (hydroIds.length === ids.length && hydroIds.every((id, h) => id === ids[h])) return null;
  return `its hydro plants have the ids ${hydroIds.join(', ')}, those of the case ${ids.join(', ')}`;
}
