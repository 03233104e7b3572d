import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's own examples. */
export const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

const shared = fileURLToPath(new URL('../../../shared/cases/', import.meta.url));

/** Folder of further real cases, or `null` on machines without it: tests that need it are skipped there. */
export const sharedCases: string | null = existsSync(shared) ? shared : null;
