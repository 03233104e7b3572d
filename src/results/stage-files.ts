import { Builder } from 'flatbuffers';
import { CobreError } from '../errors.js';
import { activeSlotsOf } from '../sddp/cut-pool.js';
import type { StageBasis, StageCuts } from '../sddp/outcome.js';
import { FlatTable } from './flatbuffer-table.js';

/*
 * Policy files of one stage as FlatBuffers, laid out by the schema of the specification (data-model/binary-formats,
 * section 3.1). Field numbers are positions in that schema:
 *
 *   table BendersCut { cut_id: uint64; slot_index: uint32; iteration: uint32; forward_pass_idx: uint32;
 *     scenario_idx: uint32; intercept: double; coefficients: [double]; state_at_generation: [double];
 *     is_active: bool; domination_count: uint32; }
 *   table StageCuts { stage_id: uint32; state_dimension: uint32; capacity: uint32; warm_start_count: uint32;
 *     cuts: [BendersCut]; active_cut_indices: [uint32]; populated_count: uint32; }
 *   table StageBasis { stage_id: uint32; iteration: uint32; num_columns: uint32; num_rows: uint32;
 *     column_status: [ubyte]; row_status: [ubyte]; num_cut_rows: uint32; }
 *
 * `scenario_idx` and `domination_count` are left out, as Cobre 0.5 leaves them out; there is no file identifier.
 */

const CUT = {
  fields: 10,
  /** Of a cut that bounds the cost of a single opening, which stands last, from 1; beyond the schema. */
  fieldsOfOpening: 11,
  opening: 10,
  cutId: 0,
  slotIndex: 1,
  iteration: 2,
  forwardPassIndex: 3,
  intercept: 5,
  coefficients: 6,
  stateAtGeneration: 7,
  isActive: 8,
} as const;

const CUTS = {
  fields: 7,
  stageId: 0,
  stateDimension: 1,
  capacity: 2,
  warmStartCount: 3,
  cuts: 4,
  activeCutIndices: 5,
  populatedCount: 6,
} as const;

const BASIS = {
  fields: 7,
  stageId: 0,
  iteration: 1,
  numColumns: 2,
  numRows: 3,
  columnStatus: 4,
  rowStatus: 5,
  numCutRows: 6,
} as const;

const U32 = 4;
const F64 = 8;
/** Bytes of a cut beside its coefficients, and of a whole file beside its cuts: first guesses for the buffer. */
const CUT_OVERHEAD = 96;
const FILE_OVERHEAD = 256;

export function builder(bytes: number): Builder {
  const result = new Builder(bytes);
  // Every field stands in the file, zero or not: readers of other languages then see the same table everywhere.
  result.forceDefaults(true);
  return result;
}

/** HiGHS' basis codes are 0 (at lower bound) to 4 (nonbasic). */
export const BASIS_CODES = 5;

/**
 * Cuts of one stage as a `StageCuts` FlatBuffer.
 * @param forwardPasses trajectories an iteration: with them a cut's id is unique within its stage
 */
export function encodeStageCuts(
  stage: number,
  cuts: StageCuts,
  stateDimension: number,
  forwardPasses: number,
): Uint8Array {
  const { count, intercept, gradient, iteration, trajectory, opening, active, warmStart } = cuts;
  const branches = opening === null ? 0 : 1 + opening.reduce((most, each) => Math.max(most, each), 0);
  const out = builder(FILE_OVERHEAD + count * (CUT_OVERHEAD + stateDimension * F64));
  const tables: number[] = [];
  for (let slot = 0; slot < count; slot++) {
    out.startVector(F64, stateDimension, F64);
    for (let s = stateDimension - 1; s >= 0; s--) out.addFloat64(gradient[slot * stateDimension + s]);
    const coefficients = out.endVector();
    out.startVector(F64, 0, F64);
    const noState = out.endVector();
    out.startObject(opening === null ? CUT.fields : CUT.fieldsOfOpening);
    const pointId =
      slot < warmStart
        ? BigInt(slot)
        : BigInt(warmStart) + BigInt(iteration[slot]) * BigInt(forwardPasses) + BigInt(trajectory[slot]);
    const ofOpening = opening === null ? 0 : 1 + opening[slot];
    out.addFieldInt64(CUT.cutId, pointId * BigInt(1 + branches) + BigInt(ofOpening), 0n);
    out.addFieldInt32(CUT.slotIndex, slot, 0);
    out.addFieldInt32(CUT.iteration, iteration[slot], 0);
    out.addFieldInt32(CUT.forwardPassIndex, trajectory[slot], 0);
    out.addFieldFloat64(CUT.intercept, intercept[slot], 0);
    out.addFieldOffset(CUT.coefficients, coefficients, 0);
    out.addFieldOffset(CUT.stateAtGeneration, noState, 0);
    out.addFieldInt8(CUT.isActive, active === null ? 1 : active[slot], 0);
    if (opening !== null) out.addFieldInt32(CUT.opening, ofOpening, 0);
    tables.push(out.endObject());
  }
  out.startVector(U32, count, U32);
  for (let slot = count - 1; slot >= 0; slot--) out.addOffset(tables[slot]);
  const cutVector = out.endVector();
  const slots = activeSlotsOf(cuts);
  out.startVector(U32, slots.length, U32);
  for (const slot of slots.toReversed()) out.addInt32(slot);
  const activeSlots = out.endVector();
  out.startObject(CUTS.fields);
  out.addFieldInt32(CUTS.stageId, stage, 0);
  out.addFieldInt32(CUTS.stateDimension, stateDimension, 0);
  out.addFieldInt32(CUTS.capacity, count, 0);
  out.addFieldInt32(CUTS.warmStartCount, warmStart, 0);
  out.addFieldOffset(CUTS.cuts, cutVector, 0);
  out.addFieldOffset(CUTS.activeCutIndices, activeSlots, 0);
  out.addFieldInt32(CUTS.populatedCount, count, 0);
  out.finish(out.endObject());
  return out.asUint8Array();
}

/**
 * Cuts back from `encodeStageCuts`.
 * @throws CobreError `ParseError` for a damaged file, `PolicyMismatch` for a stage or state other than expected
 */
export function decodeStageCuts(bytes: Uint8Array, file: string, stage: number, stateDimension: number): StageCuts {
  const root = FlatTable.root(bytes, file);
  expectEqual(file, 'stage_id', root.uint32(CUTS.stageId), stage);
  expectEqual(file, 'state_dimension', root.uint32(CUTS.stateDimension), stateDimension);
  const tables = root.tables(CUTS.cuts);
  const count = tables.length;
  expectEqual(file, 'populated_count', root.uint32(CUTS.populatedCount), count);
  const intercept = new Float64Array(count);
  const gradient = new Float64Array(count * stateDimension);
  const iteration = new Int32Array(count);
  const trajectory = new Int32Array(count);
  const opening = new Int32Array(count);
  const active = new Uint8Array(count);
  tables.forEach((cut, slot) => {
    expectEqual(file, `cuts[${slot}].slot_index`, cut.uint32(CUT.slotIndex), slot);
    active[slot] = cut.bool(CUT.isActive) ? 1 : 0;
    intercept[slot] = cut.float64(CUT.intercept);
    cut.readFloat64s(CUT.coefficients, gradient, slot * stateDimension, stateDimension);
    iteration[slot] = cut.uint32(CUT.iteration);
    trajectory[slot] = cut.uint32(CUT.forwardPassIndex);
    opening[slot] = cut.uint32(CUT.opening) - 1;
  });
  const warmStart = root.uint32(CUTS.warmStartCount);
  if (warmStart > count) expectEqual(file, 'warm_start_count', warmStart, count);
  return {
    count,
    intercept,
    gradient,
    iteration,
    trajectory,
    opening: opening.some((each) => each >= 0) ? opening : null,
    active: active.includes(0) ? active : null,
    warmStart,
  };
}

/** The starting basis of one stage as a `StageBasis` FlatBuffer. `iteration` is the one that left it behind. */
export function encodeStageBasis(stage: number, basis: StageBasis, iteration: number): Uint8Array {
  const out = builder(FILE_OVERHEAD + basis.columns.length + basis.rows.length);
  const columns = out.createByteVector(basis.columns);
  const rows = out.createByteVector(basis.rows);
  out.startObject(BASIS.fields);
  out.addFieldInt32(BASIS.stageId, stage, 0);
  out.addFieldInt32(BASIS.iteration, iteration, 0);
  out.addFieldInt32(BASIS.numColumns, basis.columns.length, 0);
  out.addFieldInt32(BASIS.numRows, basis.rows.length, 0);
  out.addFieldOffset(BASIS.columnStatus, columns, 0);
  out.addFieldOffset(BASIS.rowStatus, rows, 0);
  out.addFieldInt32(BASIS.numCutRows, basis.cutRows, 0);
  out.finish(out.endObject());
  return out.asUint8Array();
}

/** A basis back from `encodeStageBasis`. @throws CobreError like `decodeStageCuts` */
export function decodeStageBasis(bytes: Uint8Array, file: string, stage: number): StageBasis {
  const root = FlatTable.root(bytes, file);
  expectEqual(file, 'stage_id', root.uint32(BASIS.stageId), stage);
  const columns = root.bytes(BASIS.columnStatus);
  const rows = root.bytes(BASIS.rowStatus);
  const cutRows = root.uint32(BASIS.numCutRows);
  expectEqual(file, 'num_columns', root.uint32(BASIS.numColumns), columns.length);
  expectEqual(file, 'num_rows', root.uint32(BASIS.numRows), rows.length);
  const known = (code: number): boolean => code < BASIS_CODES;
  if (cutRows > rows.length || !columns.every(known) || !rows.every(known)) {
    throw new CobreError('ParseError', `${file} does not hold a basis`, {
      file,
      suggestion: 'The file was changed: train again or restore it from a copy.',
    });
  }
  return { columns, rows, cutRows };
}

export function expectEqual(file: string, field: string, value: number, expected: number): void {
  if (value === expected) return;
  throw new CobreError('PolicyMismatch', `${file}: ${field} is ${value}, expected ${expected}`, {
    file,
    field,
    value,
    suggestion: 'Keep the files of a policy directory together as they were written.',
  });
}
