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

/**
 * The known name that `name` most likely means, or `null` if none is near: the nearest of those that it is a part or an
 * abbreviation of, else the nearest of all, if it is spelt almost like it.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_NAME) return null;
  const part = name.length < SHORTEST_PART ? null : nearest(name, known.filter(isPart(name)));
  if (part !== null) return part;
  const best = nearest(name, known);
  if (best === null) return null;
  const limit = Math.max(1, Math.floor(MISSPELLED_SHARE * Math.max(name.length, best.length)));
  return distanceOf(name, best) <= limit ? best : null;
}

function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = distanceOf(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function distanceOf(name: string, candidate: string): number {
  return editDistance(name.toLowerCase(), candidate.toLowerCase());
}

/** Whether the name stands in a candidate, or its words, several of them, begin words of the candidate in this order. */
function isPart(name: string): (candidate: string) => boolean {
  const words = name.toLowerCase().split('_');
  return (candidate) => {
    if (candidate.includes(name)) return true;
    if (words.length < 2 || words.includes('')) return false;
    let found = 0;
    for (const word of candidate.toLowerCase().split('_')) {
      if (found < words.length && word.startsWith(words[found])) found += 1;
    }
    return found === words.length;
  };
}
