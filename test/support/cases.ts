import { fileURLToPath } from 'node:url';

/** The project's own examples. */
export const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
