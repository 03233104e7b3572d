import { readFileSync } from 'node:fs';

const packageJson = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** Version of this package, written into the results. */
export const cobreVersion: string = packageJson.version;
