import type { ResourceLimits } from 'node:worker_threads';
import { CobreError } from '../../errors.js';

/** A young generation is three semi-spaces in V8. */
const SEMI_SPACES = 3;

/** Flags that belong to the parent's own program or debugger, and whether a value follows them. */
const OWN_FLAGS: readonly { readonly pattern: RegExp; readonly takesValue: boolean }[] = [
  { pattern: /^(-e|--eval|-p|--print|-pe)$/, takesValue: true },
  { pattern: /^(--input-type|--eval|--print|--inspect.*|--watch.*|--test.*)(=.*)?$/, takesValue: false },
];

/** The flags of Node that a rank's process takes over from its parent: loaders and conditions, not a program of its own. */
export function inheritedFlags(execArgv: readonly string[]): string[] {
  const flags: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const own = OWN_FLAGS.find(({ pattern }) => pattern.test(execArgv[i]));
    if (own === undefined) flags.push(execArgv[i]);
    else if (own.takesValue) i++;
  }
  return flags;
}

/**
 * Settings of a thread that runs a file of ours. By default it takes over all flags, and leaves out what a thread cannot have,
 * such as `--max-old-space-size`; but with `--input-type`, as `node --eval` may have it, it would refuse the file.
 */
export function threadFlags(execArgv: readonly string[]): { readonly execArgv?: string[] } {
  return inheritedFlags(execArgv).length === execArgv.length ? {} : { execArgv: [] };
}

/** Limits of a rank's engine as flags of a process. */
export function limitFlags(limits: ResourceLimits): string[] {
  const { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young, ...others } = limits;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new CobreError('IncompatibleSettings', `runRanks: a process has no limit ${unknown}`, {
      field: `resourceLimits.${unknown}`,
      value: limits[unknown as keyof ResourceLimits],
      suggestion: "use maxOldGenerationSizeMb and maxYoungGenerationSizeMb, or start method 'thread'",
    });
  }
  return [
    ...(old === undefined ? [] : [`--max-old-space-size=${Math.ceil(old)}`]),
    ...(young === undefined ? [] : [`--max-semi-space-size=${Math.ceil(young / SEMI_SPACES)}`]),
  ];
}
