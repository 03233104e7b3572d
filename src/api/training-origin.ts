import { resolve } from 'node:path';
import type { Study } from '../case/study.js';
import { CobreError } from '../errors.js';
import type { TrainingOrigin } from '../options.js';
import { findCheckpoint } from '../results/find-checkpoint.js';
import { Policy } from '../results/policy.js';
import { policyDigest } from '../results/policy-digest.js';
import { policyDirectory, readPolicy } from '../results/policy-files.js';
import { endOf, isSplit } from '../sddp/future-end.js';
import type { PolicyData, StageCuts } from '../sddp/outcome.js';
import { openingsOf, splitFutureOf, stateSize } from '../sddp/stage-problems.js';
import { iterationLimit } from '../sddp/stopping-rules.js';
import type { TrainingStart } from '../sddp/train.js';
import { courseDifferences, courseOf, sameOpenings } from '../sddp/training-course.js';
import { inflowModel } from '../stochastic/inflow-parameters.js';
import { type Boundary, digestOfEnd, loadBoundary, otherPlants } from './boundary.js';

/** What a training begins with, as it needs it and as it is told. */
export interface Origin {
  readonly start: TrainingStart | null;
  readonly origin: TrainingOrigin;
  /** Name of the training that is gone on with, among the checkpoints of its output directory; `null` for another one. */
  readonly training: string | null;
}

/**
 * Reads what the case's `policy.mode` asks a training to begin with, and what `policy.boundary` puts after its end.
 * @throws CobreError `CheckpointFailed`, `InvalidArgument` when there is no output directory that the path is relative to
 */
export function findOrigin(study: Study, outputDirectory: string | undefined): Origin {
  const { mode } = study.config.policy;
  const boundary = loadBoundary(study, outputDirectory);
  if (mode === 'fresh') {
    const start = boundary && startWith(study, boundary);
    return { start, origin: { mode, iterations: 0, directory: null, foreignCuts: false }, training: null };
  }
  const path = storedPolicy(study, outputDirectory);
  return mode === 'resume' ? resume(study, outputDirectory, path, boundary) : warmStart(study, path, boundary);
}

/** No cuts but those of the end. */
function startWith(study: Study, boundary: Boundary): TrainingStart {
  const cuts = study.stages.map((_, t) => (t + 1 === study.stages.length ? boundary.cuts : NO_CUTS));
  return { cuts, warmStart: null, end: boundary.end, boundary: boundary.digest, training: null };
}

const NO_CUTS: StageCuts = {
  count: 0,
  intercept: new Float64Array(0),
  gradient: new Float64Array(0),
  iteration: new Int32Array(0),
  trajectory: new Int32Array(0),
  opening: null,
  active: null,
  warmStart: 0,
};

/** The directory that `policy.path` means. @throws CobreError `InvalidArgument` */
export function storedPolicy(study: Study, outputDirectory: string | undefined): string {
  const { mode, path } = study.config.policy;
  if (outputDirectory !== undefined) return resolve(outputDirectory, path);
  const absolute = resolve('/', path);
  if (absolute === path) return path;
  throw new CobreError(
    'InvalidArgument',
    `policy.mode "${mode}" needs an output directory, which policy.path is relative to`,
    {
      field: 'outputDirectory',
      suggestion: 'Give outputDirectory, or an absolute policy.path.',
    },
  );
}

function resume(study: Study, outputDirectory: string | undefined, path: string, boundary: Boundary | null): Origin {
  const {
    policy,
    directory,
    training: name,
    passedOver,
  } = findCheckpoint(outputDirectory, path, {
    studyHash: study.hash,
    limit: iterationLimit(study.config.training.stoppingRules),
    differences: (course) => courseDifferences(study, course, boundary?.digest ?? null),
  });
  const { training } = policy;
  if (training === null) throw new Error('a checkpoint was found without the state of its training');
  const foreignCuts = beganWithForeignCuts(policy);
  if (passedOver.length > 0) {
    process.emitWarning(
      `resuming from ${directory}, as a later checkpoint cannot be used: ${passedOver.join('; ')}`,
      'CobreWarning',
    );
  }
  return {
    start: {
      cuts: policy.cuts,
      vertices: policy.vertices,
      warmStart: training.course.warmStart,
      foreignCuts,
      end: endOf(policy, study),
      boundary: training.course.boundary,
      training,
    },
    origin: { mode: 'resume', iterations: policy.completedIterations, directory, foreignCuts },
    training: name,
  };
}

/**
 * The policy that a case is to be simulated with where it is not trained.
 * @throws CobreError `CheckpointFailed`, `InvalidArgument` as `storedPolicy`
 */
export function loadStoredPolicy(study: Study, outputDirectory: string): Policy {
  return new Policy(readStored(policyDirectory(storedPolicy(study, outputDirectory))));
}

function readStored(directory: string): PolicyData {
  try {
    return readPolicy(directory);
  } catch (cause) {
    throw unusable(directory, (cause as Error).message, cause);
  }
}

function warmStart(study: Study, path: string, boundary: Boundary | null): Origin {
  const directory = policyDirectory(path);
  const policy = readStored(directory);
  checkFit(study, policy, directory);
  const differences = problemDifferences(study, policy, boundary);
  const foreignCuts = differences.length > 0;
  if (foreignCuts) {
    process.emitWarning(
      `the lower bound holds only if the cuts of the policy in ${directory} do, which were made for another problem: ${differences.join('; ')}`,
      'CobreWarning',
    );
  }
  const last = study.stages.length - 1;
  return {
    start: {
      // A boundary takes the place of one that the policy was trained with.
      cuts: policy.cuts.map((cuts, t) => (boundary !== null && t === last ? boundary.cuts : asWarmStart(cuts))),
      warmStart: policyDigest(policy),
      foreignCuts,
      end: boundary === null ? endOf(policy, study) : boundary.end,
      boundary: boundary?.digest ?? null,
      training: null,
    },
    origin: { mode: 'warm_start', iterations: 0, directory, foreignCuts },
    training: null,
  };
}

function checkFit(study: Study, policy: PolicyData, directory: string): void {
  const counts = [
    ['stages', policy.cuts.length, study.stages.length],
    ['state variables', policy.stateDimension, stateSize(study)],
  ] as const;
  for (const [what, has, needs] of counts) {
    if (has !== needs) throw unusable(directory, `it has ${has} ${what}, the case has ${needs}`);
  }
  const end = endOf(policy, study);
  const split = isSplit(policy, end);
  const openings = split ? (splitFutureOf(study, openingsOf(study), true, end)?.openings ?? []) : [];
  if (split && policy.splitFuture?.openings.some((n, t) => n !== openings[t])) {
    throw unusable(directory, 'it has cuts of single openings, of which the case has another number');
  }
  // Opening 3 of another tree is other weather: its cuts would bound nothing of this one's.
  const { treeSeed } = study.config.training;
  if (split && study.noiseOpenings === null && policy.seed !== treeSeed) {
    throw unusable(directory, `it has cuts of single openings of tree_seed ${policy.seed}, the case has ${treeSeed}`);
  }
  // Cuts that a training made there, not those of a boundary, with which it began.
  const last = policy.cuts[study.stages.length - 1];
  if (study.cycleStart === null && last.count > last.warmStart) {
    throw unusable(directory, 'it has a cost-to-go after the last stage, where the case ends: its graph was cyclic');
  }
  const others = otherPlants(study, policy);
  if (others !== null) throw unusable(directory, others);
}

/** Earlier versions do not tell: of a warm start of theirs nobody knows whose cuts it had. A boundary's are the case's own. */
function beganWithForeignCuts({ foreignCuts, cuts }: PolicyData): boolean {
  return foreignCuts ?? cuts.slice(0, -1).some(({ warmStart }) => warmStart > 0);
}

/** In what the problem that a policy's cuts were made for differs from that of `study`, in words; none: the cuts hold. */
function problemDifferences(study: Study, policy: PolicyData, boundary: Boundary | null): string[] {
  const differences: string[] = [];
  if (policy.studyHash !== study.hash) differences.push('its case has other data');
  const own = courseOf(study, null, null);
  if (policy.training !== null && policy.training.course.version !== own.version) {
    differences.push('it was written by a version of cobre with other arithmetic');
  }
  const course = policy.training?.course ?? { ...own, treeSeed: policy.seed };
  const drawn = study.noiseOpenings === null && isRandom(study);
  if (drawn && !sameOpenings(study, course, own)) {
    const { treeSeed } = study.config.training;
    differences.push(
      course.treeSeed === treeSeed
        ? 'its openings came from another training.scenario_source'
        : `its openings are those of tree_seed ${course.treeSeed}, not ${treeSeed}`,
    );
  }
  if (boundary !== null && boundary.digest !== digestOfEnd(study, policy)) {
    differences.push('it has another cost after the last stage than policy.boundary');
  }
  if (beganWithForeignCuts(policy)) differences.push('it began with such cuts itself');
  return differences;
}

function isRandom(study: Study): boolean {
  const { stochasticLoadBuses, stochasticSources } = study;
  return stochasticLoadBuses.length + stochasticSources.length > 0 || inflowModel(study).sigma.some((each) => each > 0);
}

/** Cuts as those that a training began with: they are of no iteration of its own. */
function asWarmStart(cuts: StageCuts): StageCuts {
  return {
    ...cuts,
    iteration: new Int32Array(cuts.count),
    trajectory: Int32Array.from({ length: cuts.count }, (_, slot) => slot),
    warmStart: cuts.count,
  };
}

function unusable(directory: string, detail: string, cause?: unknown): CobreError {
  return new CobreError('CheckpointFailed', `the policy in ${directory} cannot be used: ${detail}`, {
    file: 'config.json',
    field: 'policy.path',
    suggestion:
      'Point policy.path to the policy of a training with the same stages and hydro plants, or set policy.mode to "fresh".',
    context: { checkpoint_path: directory, operation: 'read', detail },
    ...(cause === undefined ? {} : { cause }),
  });
}
