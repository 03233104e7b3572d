import { z } from 'zod';
import type { VisitedStates } from '../sddp/outcome.js';

const whole = z.number().int().nonnegative();

/** What `resume/state.json` tells of the trial points beside it: their iterations, and how many stages they are of. */
export const visitedSchema = z.object({ iterations: z.array(whole), stages: whole });
export type VisitedShape = z.infer<typeof visitedSchema>;

const F64 = 8;

/** All points of stage 0, then of stage 1, and so on; float64, little-endian. */
export function encodeVisited({ iteration, states }: VisitedStates): { shape: VisitedShape; bytes: Uint8Array } {
  const total = states.reduce((sum, each) => sum + each.length, 0);
  const view = new DataView(new ArrayBuffer(total * F64));
  let at = 0;
  for (const each of states) {
    for (const value of each) {
      view.setFloat64(at, value, true);
      at += F64;
    }
  }
  return { shape: { iterations: [...iteration], stages: states.length }, bytes: new Uint8Array(view.buffer) };
}

/** The points back, or `null` where the bytes are not as many as the shape says. */
export function decodeVisited({ iterations, stages }: VisitedShape, bytes: Uint8Array): VisitedStates | null {
  const numbers = bytes.length / F64;
  const perStage = stages === 0 ? 0 : numbers / stages;
  const fits =
    iterations.length === 0 ? numbers === 0 : perStage === Math.floor(perStage) && perStage % iterations.length === 0;
  if (!fits || perStage * stages !== numbers) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const states = Array.from({ length: stages }, (_, t) =>
    Float64Array.from({ length: perStage }, (_unused, i) => view.getFloat64((t * perStage + i) * F64, true)),
  );
  return { iteration: Int32Array.from(iterations), states };
}
