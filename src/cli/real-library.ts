import { joinJob, refuseJob } from '../api/join-job.js';
import { loadStoredPolicy } from '../api/training-origin.js';
import { loadCase, Policy, simulate, train, validate } from '../index.js';
import { readConvergence, readSimulationSummary, readTrainingSummary } from '../results/summary.js';
import type { Library } from './library.js';
import { readRunSummary } from './read-run-summary.js';

/** The library as it is. Loaded only by the program itself, so that tests of commands need none of it. */
export const realLibrary: Library<Policy> = {
  joinJob,
  refuseJob,
  loadCase,
  validate,
  train,
  simulate,
  loadPolicy: async (study, outputDirectory) => loadStoredPolicy(study, outputDirectory),
  readSummary: (outputDirectory) =>
    readRunSummary(outputDirectory, {
      training: readTrainingSummary,
      convergence: readConvergence,
      simulation: readSimulationSummary,
      policy: (directory) => Policy.load(directory),
    }),
  async solverVersion() {
    // The package's types describe its CommonJS build, where the loader is the default's default.
    const { default: loaded } = await import('highs');
    const loadHighs = loaded as unknown as typeof loaded.default;
    return (await loadHighs()).version.string;
  },
};
