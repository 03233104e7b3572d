import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TrainingCourse } from '../sddp/outcome.js';

const whole = z.number().int().nonnegative();

export const courseSchema = z.object({
  version: whole,
  forwardPasses: whole,
  treeSeed: whole,
  forwardSeed: whole,
  warmStart: z.string().nullable(),
  boundary: z.string().nullable().default(null),
  cutFormulation: z.enum(['single', 'multi']).default('single'),
  cutSelection: z.string().default(''),
  scenarioSource: z.string().default(''),
}) satisfies z.ZodType<TrainingCourse>;

/** SHA-256 (hex) of a course: what the format calls the hash of the algorithm's configuration. */
export function courseHash(course: TrainingCourse): string {
  const entries = Object.entries(course).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}
