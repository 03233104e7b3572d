import { createHash } from 'node:crypto';
import type { StudyContent } from './resolve/build-study.js';

/**
 * SHA-256 (hex) of everything that shapes the problem: system, stages, stochastic data and the treatment of negative
 * inflow. Names and the settings of a run (seeds, passes, stopping rules, exports) do not enter, so that a policy can
 * be recognised as belonging to a study however it is run.
 */
export function studyHash(content: StudyContent): string {
  const { config, ...problem } = content;
  const text = canonicalJson({ ...problem, inflowNonNegativity: config.inflowNonNegativity });
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with sorted keys, without names; numbers in their shortest form that reads back to the same bits. */
function canonicalJson(value: unknown): string {
  if (value instanceof Float64Array || value instanceof Int32Array)
    return `[${Array.from(value, (number) => JSON.stringify(number)).join(',')}]`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([key]) => key !== 'name');
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}
