/** What a stage's noise group depends on. */
export interface GroupedStage {
  /** Season (zero-based), or `null` for a stage that shares its noise with no other. */
  readonly season: number | null;
  /** ISO date, `YYYY-MM-DD`. */
  readonly startDate: string;
}

/**
 * First stage of each stage's noise group, by stage: `groups[t] <= t`, and `groups[t] === t` where a group begins.
 *
 * Stages that follow one another in the same season and begin in the same year are a group, such as the weeks of a month:
 * a model fitted to months knows one shock a month, so that the weeks have the noise of the first. Where each stage has a
 * season and year of its own, as in monthly studies, each is a group.
 */
export function noiseGroups(stages: readonly GroupedStage[]): readonly number[] {
  const groups: number[] = [];
  stages.forEach(({ season, startDate }, t) => {
    const before = stages[t - 1];
    const shares = season !== null && before?.season === season && yearOf(before.startDate) === yearOf(startDate);
    groups.push(shares ? groups[t - 1] : t);
  });
  return groups;
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
