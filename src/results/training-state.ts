import { z } from 'zod';
import { CobreError } from '../errors.js';
import type { IterationRecord, StoredBases, TrainingCourse, TrainingState, VisitedStates } from '../sddp/outcome.js';
import { BASIS_CODES } from './stage-files.js';
import { decodeVisited, encodeVisited, type VisitedShape, visitedSchema } from './visited-states-file.js';

/** In a policy directory: the history with the sizes of the bases, and the bases themselves. */
export const STATE_FILE = 'resume/state.json';
export const STATE_BASES = 'resume/bases.bin';
/** Trial points, where the selection of cuts needs them. */
export const STATE_VISITED = 'resume/states.bin';
/** Those that have no vertex of the inner approximation yet. */
export const STATE_WAITING = 'resume/waiting.bin';

const DAMAGED = 'The file was changed: resume from another checkpoint, or train again.';

const whole = z.number().int().nonnegative();
/** Numbers that JSON would lose are in words. */
const real = z.union([z.number(), z.enum(['-0', 'Infinity', '-Infinity', 'NaN']).transform(Number)]);
const record = z.object({
  iteration: whole,
  lowerBound: real,
  upperBoundMean: real,
  upperBoundStd: real,
  upperBoundStdError: real.nullable(),
  costToGoMean: real.nullable().default(null),
  gapPercent: real.nullable(),
  deterministicUpperBound: real.nullable().default(null),
  cutsAdded: whole,
  cutsRemoved: whole,
  cutsActive: whole,
  forwardPasses: whole,
  lpSolves: whole,
  timeForwardMs: real,
  timeBackwardMs: real,
  timeLowerBoundMs: real,
  timeTotalMs: real,
}) satisfies z.ZodType<IterationRecord>;
const stateSchema = z.object({
  history: z.array(record),
  /** By stage: rows that a basis knows, and its length, columns included; both 0 where there is none. */
  bases: z.object({ slots: whole, rows: z.array(whole), lengths: z.array(whole) }),
  visited: visitedSchema.nullish(),
  waiting: visitedSchema.nullish(),
  simulations: z
    .array(
      z.object({
        rule: whole,
        iteration: whole,
        replications: whole,
        costs: z.array(real),
        distance: real.nullable(),
      }),
    )
    .default([]),
});

/** The files of a training's state. */
interface StateFiles<File> {
  readonly state: File;
  readonly bases: File;
  /** `null` where there are no trial points. */
  readonly visited: File | null;
  readonly waiting: File | null;
}

/** A training's state as the files of a policy directory. Numbers are in the shortest form that reads back to the same bits. */
export function encodeTrainingState({
  history,
  bases,
  visited,
  waiting,
  simulations,
}: TrainingState): StateFiles<Uint8Array> {
  const { slots, rows, statuses } = bases;
  const lengths = statuses.map((all) => all.length / slots);
  const points = visited === null ? null : encodeVisited(visited);
  const others = waiting === null ? null : encodeVisited(waiting);
  const state = {
    history,
    bases: { slots, rows: [...rows], lengths },
    visited: points?.shape,
    waiting: others?.shape,
    simulations,
  };
  return {
    state: Buffer.from(`${JSON.stringify(state, inWords)}\n`, 'utf8'),
    bases: Buffer.concat(statuses),
    visited: points?.bytes ?? null,
    waiting: others?.bytes ?? null,
  };
}

function inWords(_name: string, value: unknown): unknown {
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

interface StoredFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * The state back from its files.
 * @param iterations how many the policy beside it has completed
 * @throws CobreError `ParseError`
 */
export function decodeTrainingState(
  course: TrainingCourse,
  { state, bases, visited, waiting }: StateFiles<StoredFile>,
  iterations: number,
): TrainingState {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(state.bytes).toString('utf8'));
  } catch (cause) {
    throw new CobreError('ParseError', `${state.file} is not valid JSON`, {
      file: state.file,
      suggestion: DAMAGED,
      cause,
    });
  }
  const parsed = stateSchema.safeParse(value);
  if (!parsed.success) throw damaged(state.file, parsed.error.issues[0]?.path.join('.') ?? '');
  const { history } = parsed.data;
  if (history.length !== iterations || history.some(({ iteration }, i) => iteration !== i + 1)) {
    throw damaged(state.file, 'history');
  }
  return {
    course,
    history,
    bases: splitBases(parsed.data.bases, bases),
    simulations: parsed.data.simulations,
    visited: readVisited(parsed.data.visited ?? null, state, visited),
    waiting: readVisited(parsed.data.waiting ?? null, state, waiting),
  };
}

function readVisited(shape: VisitedShape | null, state: StoredFile, file: StoredFile | null): VisitedStates | null {
  if (shape === null && file === null) return null;
  const points = shape === null || file === null ? null : decodeVisited(shape, file.bytes);
  if (points === null) throw damaged(file?.file ?? state.file, 'visited');
  return points;
}

function splitBases(
  { slots, rows, lengths }: z.infer<typeof stateSchema>['bases'],
  { file, bytes }: StoredFile,
): StoredBases {
  const total = lengths.reduce((sum, length) => sum + slots * length, 0);
  if (rows.length !== lengths.length || total !== bytes.length || rows.some((n, t) => n > lengths[t])) {
    throw damaged(file, 'bases');
  }
  if (!bytes.every((code) => code < BASIS_CODES)) throw damaged(file, 'bases');
  let at = 0;
  const statuses = lengths.map((length) => {
    const all = bytes.slice(at, at + slots * length);
    at += all.length;
    return new Uint8Array(all);
  });
  return { slots, rows: Int32Array.from(rows), statuses };
}

function damaged(file: string, field: string): CobreError {
  return new CobreError('ParseError', `${file} does not hold the state of a training`, {
    file,
    field,
    suggestion: DAMAGED,
  });
}
