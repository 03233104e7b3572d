import type { StageVertices } from '../sddp/outcome.js';
import { FlatTable } from './flatbuffer-table.js';
import { builder, expectEqual } from './stage-files.js';

/*
 * Vertices of one stage as a FlatBuffer, laid out by the schema of the specification (data-model/binary-formats, section
 * 3.1). Field numbers are positions in that schema:
 *
 *   table Vertex { vertex_id: uint64; iteration: uint32; forward_pass_idx: uint32; scenario_idx: uint32;
 *     components: [double]; upper_bound_value: double; lipschitz_constant: double; }
 *   table StageVertices { stage_id: uint32; state_dimension: uint32; vertices: [Vertex]; stage_lipschitz: double; }
 *
 * The schema knows one Lipschitz constant a stage: the largest of the state variables' own, which follow in a field of
 * their own, `lipschitz_by_state: [double]`.
 */

const VERTEX = {
  fields: 7,
  vertexId: 0,
  iteration: 1,
  forwardPassIndex: 2,
  scenarioIndex: 3,
  components: 4,
  upperBoundValue: 5,
  lipschitzConstant: 6,
} as const;

const VERTICES = {
  fields: 5,
  stageId: 0,
  stateDimension: 1,
  vertices: 2,
  stageLipschitz: 3,
  lipschitzByState: 4,
} as const;

const U32 = 4;
const F64 = 8;
const VERTEX_OVERHEAD = 80;
const FILE_OVERHEAD = 256;

/** Vertices of one stage as a `StageVertices` FlatBuffer. */
export function encodeStageVertices(stage: number, vertices: StageVertices): Uint8Array {
  const { count, states, value, iteration, trajectory, lipschitz } = vertices;
  const width = lipschitz.length;
  const steepest = lipschitz.reduce((most, each) => Math.max(most, each), 0);
  const out = builder(FILE_OVERHEAD + count * (VERTEX_OVERHEAD + width * F64));
  const doubles = (array: Float64Array) => {
    out.startVector(F64, array.length, F64);
    for (let s = array.length - 1; s >= 0; s--) out.addFloat64(array[s]);
    return out.endVector();
  };
  const tables: number[] = [];
  for (let i = 0; i < count; i++) {
    const components = doubles(states.subarray(i * width, (i + 1) * width));
    out.startObject(VERTEX.fields);
    out.addFieldInt64(VERTEX.vertexId, BigInt(i), 0n);
    out.addFieldInt32(VERTEX.iteration, iteration[i], 0);
    out.addFieldInt32(VERTEX.forwardPassIndex, trajectory[i], 0);
    out.addFieldInt32(VERTEX.scenarioIndex, 0, 0);
    out.addFieldOffset(VERTEX.components, components, 0);
    out.addFieldFloat64(VERTEX.upperBoundValue, value[i], 0);
    out.addFieldFloat64(VERTEX.lipschitzConstant, steepest, 0);
    tables.push(out.endObject());
  }
  out.startVector(U32, count, U32);
  for (const table of tables.toReversed()) out.addOffset(table);
  const vector = out.endVector();
  const byState = doubles(lipschitz);
  out.startObject(VERTICES.fields);
  out.addFieldInt32(VERTICES.stageId, stage, 0);
  out.addFieldInt32(VERTICES.stateDimension, width, 0);
  out.addFieldOffset(VERTICES.vertices, vector, 0);
  out.addFieldFloat64(VERTICES.stageLipschitz, steepest, 0);
  out.addFieldOffset(VERTICES.lipschitzByState, byState, 0);
  out.finish(out.endObject());
  return out.asUint8Array();
}

/** Vertices back from `encodeStageVertices`. @throws CobreError `ParseError`, `PolicyMismatch` */
export function decodeStageVertices(bytes: Uint8Array, file: string, stage: number, width: number): StageVertices {
  const root = FlatTable.root(bytes, file);
  expectEqual(file, 'stage_id', root.uint32(VERTICES.stageId), stage);
  expectEqual(file, 'state_dimension', root.uint32(VERTICES.stateDimension), width);
  const tables = root.tables(VERTICES.vertices);
  const count = tables.length;
  const states = new Float64Array(count * width);
  const lipschitz = new Float64Array(width);
  root.readFloat64s(VERTICES.lipschitzByState, lipschitz, 0, width);
  tables.forEach((vertex, i) => {
    vertex.readFloat64s(VERTEX.components, states, i * width, width);
  });
  return {
    count,
    states,
    value: Float64Array.from(tables, (vertex) => vertex.float64(VERTEX.upperBoundValue)),
    iteration: Int32Array.from(tables, (vertex) => vertex.uint32(VERTEX.iteration)),
    trajectory: Int32Array.from(tables, (vertex) => vertex.uint32(VERTEX.forwardPassIndex)),
    lipschitz,
  };
}
