/** Edit distance (Levenshtein): insertions, deletions and substitutions that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j] + 1, current[j - 1] + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length];
}

/** Share of a name's letters that may differ for it to count as a misspelling of another. */
const MISSPELLED_SHARE = 0.4;
/** Shorter names stand in too many others to mean one of them. */
const SHORTEST_PART = 3;
/** Longer names are no misspellings, and comparing them would take long. */
const LONGEST_NAME = 200;

/** The known name that `name` most likely means, by being part of it or spelt almost like it, or `null` if none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_NAME) return null;
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best === null) return null;
  const part = known.find((candidate) => candidate.includes(name));
  if (name.length >= SHORTEST_PART && part !== undefined) return part;
  const limit = Math.max(1, Math.floor(MISSPELLED_SHARE * Math.max(name.length, best.length)));
  return bestDistance <= limit ? best : null;
}
