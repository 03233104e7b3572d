import { basename } from 'node:path';
import { loadCase } from '#cobre/api/load';
import type { Study } from '#cobre/case/study';
import { makeCase } from './case-builder.js';
import { EXAMPLE_DIRECTORIES, PUBLISHED_DIRECTORIES } from './known-cases.js';
import { richStudies } from './rich-studies/index.js';
import { RUNNING_CASES } from './running-cases.js';

/** A study by name; made when it is asked for. */
export interface NamedStudy {
  readonly name: string;
  make(): Promise<Study>;
}

/** Those with every file of the format, by where their scenarios come from. */
export const WHOLE_STUDIES: readonly NamedStudy[] = Object.entries(RUNNING_CASES).map(([name, make]) => ({
  name: `everything, ${name}`,
  make: async () => loadCase(await makeCase({}, make())),
}));

/** Every study that the project has: cases that are kept, small ones for each feature, those with every file. */
export const FEATURE_STUDIES: readonly NamedStudy[] = [
  ...WHOLE_STUDIES,
  ...richStudies.map((make) => ({ name: `small, ${make.name}`, make: async () => make().study })),
  ...[...EXAMPLE_DIRECTORIES, ...PUBLISHED_DIRECTORIES].map((directory) => ({
    name: basename(directory),
    make: () => loadCase(directory),
  })),
];
