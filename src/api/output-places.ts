import { basename, dirname, resolve } from 'node:path';
import type { Study } from '../case/study.js';

const SIMULATION = 'simulation';

/**
 * The directory in which a simulation's results get their folder `simulation`: the output directory, or what
 * `simulation.output_path` says, relative to it. A path that ends in `simulation` names that folder itself.
 */
export function simulationPlace({ config }: Study, outputDirectory: string): string {
  const { outputPath } = config.simulation;
  if (outputPath === null) return outputDirectory;
  const place = resolve(outputDirectory, outputPath);
  if (basename(place) !== SIMULATION) return place;
  return dirname(place) === resolve(outputDirectory) ? outputDirectory : dirname(place);
}
