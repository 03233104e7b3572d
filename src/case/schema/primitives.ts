import { z } from 'zod';

/** Identifier of an entity or stage, a 32-bit integer. */
export const id = z.int32();

/** Zero-based position, or a count that may be zero. */
export const index = z.uint32();

/** A count of at least one. */
export const count = z.uint32().min(1);

/** A finite number of at least zero. */
export const nonNegative = z.number().nonnegative();

/** A finite number above zero. */
export const positive = z.number().positive();

/** Calendar date, `YYYY-MM-DD`. */
export const date = z.iso.date();

/** Every JSON file may name the schema that it follows; the name has no effect. */
export const $schema = z.string().nullish();

/** What an issue of {@link unsupportedUnless} carries; `schema-errors.ts` turns it into a `NotSupported` error. */
interface NotSupportedParams {
  readonly kind: 'NotSupported';
  readonly suggestion: string;
}

/** A field whose values are refused as not supported yet, except those that change nothing. */
export function unsupportedUnless<T extends z.ZodType>(
  schema: T,
  isWithoutEffect: (value: z.output<T>) => boolean,
  feature: string,
  suggestion: string,
): T {
  return schema.superRefine((value, context) => {
    if (isWithoutEffect(value)) return;
    const params: NotSupportedParams = { kind: 'NotSupported', suggestion };
    context.addIssue({ code: 'custom', message: `${feature} is not supported yet`, params: { ...params } });
  });
}

/** A field of the format that must be absent or `null` because what it switches on is not supported yet. */
export function unsupported(feature: string, suggestion = 'Remove the field or set it to null.') {
  return unsupportedUnless(
    z.unknown(),
    (value) => value === undefined || value === null,
    feature,
    suggestion,
  ).optional();
}

/** Stage at which an entity enters or leaves service; without one it has always been there, or stays for ever. */
export const serviceStage = id.nullish();
