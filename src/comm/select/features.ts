import { readFileSync } from 'node:fs';
import { type BackendName, type Feature, OPTIONAL_BACKENDS } from './backend-kind.js';

/** Written by the build beside what it built. */
const FEATURES_FILE = new URL('../../../features.json', import.meta.url);

let known: readonly Feature[] | undefined;

/** The features this build has, in order of priority. Without a record of them (bare `tsc`) it has all. */
export function buildFeatures(): readonly Feature[] {
  known ??= readFeatures(FEATURES_FILE);
  return known;
}

function readFeatures(file: URL): readonly Feature[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return OPTIONAL_BACKENDS;
  }
  const { features } = JSON.parse(text) as { features: readonly string[] };
  return OPTIONAL_BACKENDS.filter((name) => features.includes(name));
}

/** The backends of a build, in the order in which `auto` tries them. `local` is always among them. */
export function availableBackends(features: readonly Feature[] = buildFeatures()): readonly BackendName[] {
  return [...OPTIONAL_BACKENDS.filter((name) => features.includes(name)), 'local'];
}
