import type { StageScaling, ValueRange } from './diagnostics.js';
import type { StageProblems } from './stage-problems.js';

/** How far apart the numbers of each stage problem lie, without cuts and as they are handed to the solver. */
export function stageScalings({ templates, rhs }: StageProblems): StageScaling[] {
  return templates.map(({ value, rowLower, rowUpper, layout }, stage) => ({
    stage,
    coefficients: rangeOf([value]),
    // The random rows' own bounds are placeholders.
    rightHandSides: rangeOf([rhs[stage], rowLower.subarray(layout.randomRows), rowUpper.subarray(layout.randomRows)]),
  }));
}

function rangeOf(arrays: readonly Float64Array[]): ValueRange {
  let min = Infinity;
  let max = 0;
  for (const values of arrays) {
    for (const value of values) {
      const size = Math.abs(value);
      if (size === 0 || size === Infinity) continue;
      min = Math.min(min, size);
      max = Math.max(max, size);
    }
  }
  return { min: max === 0 ? 0 : min, max };
}
