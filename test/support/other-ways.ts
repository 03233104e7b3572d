import type { RunOptions } from '#cobre/options';
import { some } from './long.js';

/** Ways of running that must come to the bits that one worker comes to: in the sweep all, else the widest. */
export const OTHER_WAYS: readonly RunOptions[] = some(
  [{ numWorkers: 4 }, { numWorkers: 2 }, { numWorkers: 2, backend: 'tcp' }],
  1,
);
