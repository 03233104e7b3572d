import type { CutSettings, ScenarioSource, Study } from '../case/study.js';
import type { TrainingCourse } from './outcome.js';

/**
 * To be raised with every change that lets a training take another course on the same input: another solver or other
 * options of it, other units of work, another use of random numbers.
 */
const COURSE_VERSION = 2;

/**
 * The course that a training of `study` takes.
 * @param warmStart digest of the policy that it begins with, or `null`
 * @param boundary digest of the cost-to-go that holds at its end, or `null`
 */
export function courseOf(study: Study, warmStart: string | null, boundary: string | null): TrainingCourse {
  const { forwardPasses, treeSeed, forwardSeed, cuts, source } = study.config.training;
  return {
    version: COURSE_VERSION,
    forwardPasses,
    treeSeed,
    forwardSeed,
    warmStart,
    boundary,
    cutFormulation: cuts.formulation,
    cutSelection: selectionInWords(cuts),
    scenarioSource: sourceInWords(source),
  };
}

function sourceInWords({ inflow, load, sources, historicalYears }: ScenarioSource): string {
  const schemes = Object.entries({ inflow, load, ncs: sources }).filter(([, scheme]) => scheme !== 'in_sample');
  const words = schemes.map(([name, scheme]) => `${name} ${scheme}`);
  if (historicalYears !== null) words.push(`years ${historicalYears.join(' ')}`);
  return words.join(', ');
}

/** Whether two courses are over the same openings, where the data of the case are those of `study`. */
export function sameOpenings({ stages }: Study, a: TrainingCourse, b: TrainingCourse): boolean {
  // The other schemes, and years where no openings are taken from history, are of paths alone.
  const fromHistory = stages.some(({ sampling }) => sampling === 'historical_residuals');
  const ofOpenings = ({ scenarioSource }: TrainingCourse) =>
    scenarioSource
      .split(', ')
      .filter((each) => each.endsWith(' external') || (fromHistory && each.startsWith('years ')))
      .join(', ');
  return a.treeSeed === b.treeSeed && ofOpenings(a) === ofOpenings(b);
}

function selectionInWords({ selection, activityTolerance, maxActivePerStage }: CutSettings): string {
  if (selection === null && maxActivePerStage === null) return '';
  const settings: Record<string, string | number> = { ...selection, activityTolerance };
  if (maxActivePerStage !== null) settings.maxActivePerStage = maxActivePerStage;
  return Object.keys(settings)
    .sort()
    .map((name) => `${name} ${settings[name]}`)
    .join(', ');
}

/** What of a course differs from that of `study`, a warm start apart, as sentences; none if it can be gone on with. */
export function courseDifferences(study: Study, course: TrainingCourse, boundary: string | null): string[] {
  const own = courseOf(study, course.warmStart, boundary);
  const fields = [
    ['training.forward_passes', course.forwardPasses, own.forwardPasses],
    ['training.tree_seed', course.treeSeed, own.treeSeed],
    ['training.scenario_source.seed', course.forwardSeed, own.forwardSeed],
    ['training.cut_formulation', course.cutFormulation, own.cutFormulation],
    ['training.cut_selection', course.cutSelection || 'off', own.cutSelection || 'off'],
    ['training.scenario_source', course.scenarioSource || 'in_sample', own.scenarioSource || 'in_sample'],
  ] as const;
  const differences = fields
    .filter(([, was, is]) => was !== is)
    .map(([name, was, is]) => `${name} was ${was}, is ${is}`);
  if (course.boundary !== own.boundary) differences.push('policy.boundary named another cost-to-go');
  if (course.version !== own.version) differences.push('it was written by a version of cobre with other arithmetic');
  return differences;
}
