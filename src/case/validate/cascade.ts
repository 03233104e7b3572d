import type { ParsedCase } from '../parsed-case.js';
import type { Report } from './report.js';

const FILE = 'system/hydros.json';

/** Water flows downhill: following rivers and channels never leads back. Only pumping stations lift it. */
export function checkCascade(data: ParsedCase, report: Report): void {
  const hydros = data.hydros?.hydros ?? [];
  const downstream = new Map(hydros.map((hydro) => [hydro.id, hydro.downstream_id ?? null]));
  const channel = new Map(hydros.map((hydro) => [hydro.id, hydro.diversion?.downstream_id ?? null]));
  if (!checkRivers(hydros, downstream, report)) checkChannels(hydros, downstream, channel, report);
  for (const [i, { source_hydro_id, destination_hydro_id }] of (data.pumps?.pumping_stations ?? []).entries()) {
    if (source_hydro_id !== destination_hydro_id) continue;
    const field = `pumping_stations[${i}].destination_hydro_id`;
    report.error('PhysicalConstraint', `${field}: water is pumped back to hydro ${source_hydro_id}, its source`, {
      file: 'system/pumping_stations.json',
      field,
      value: destination_hydro_id,
      suggestion: 'Name two different reservoirs.',
    });
  }
}

type Hydros = NonNullable<ParsedCase['hydros']>['hydros'];
type Next = ReadonlyMap<number, number | null>;

/** Each cycle of a river is reported once. Returns whether there is any. */
function checkRivers(hydros: Hydros, downstream: Next, report: Report): boolean {
  const settled = new Set<number>();
  let found = false;
  for (const [i, { id: start }] of hydros.entries()) {
    const walked: number[] = [];
    let at: number | null = start;
    while (at !== null && !settled.has(at) && !walked.includes(at)) {
      walked.push(at);
      at = downstream.get(at) ?? null;
    }
    if (at !== null && walked.includes(at)) {
      found = true;
      const cycle = walked.slice(walked.indexOf(at));
      const position = cycle.length === walked.length ? i : hydros.findIndex((hydro) => hydro.id === at);
      report.error('PhysicalConstraint', `the cascade runs in a cycle: hydros ${[...cycle, at].join(' -> ')}`, {
        file: FILE,
        field: `hydros[${position}].downstream_id`,
        value: downstream.get(at),
        context: { hydros: cycle },
        suggestion: 'Set downstream_id of the last plant of the river to null.',
      });
    }
    for (const id of walked) settled.add(id);
  }
  return found;
}

/** Channels that lead back to their beginning, down rivers and other channels. */
function checkChannels(hydros: Hydros, downstream: Next, channel: Next, report: Report): void {
  const reported = new Set<number>();
  for (const [i, { id, diversion }] of hydros.entries()) {
    if (!diversion || reported.has(id)) continue;
    const path = pathBetween(diversion.downstream_id, id, downstream, channel);
    if (path === null) continue;
    for (const each of path) reported.add(each);
    const field = `hydros[${i}].diversion.downstream_id`;
    report.error('PhysicalConstraint', `diverted water comes back: hydros ${[id, ...path].join(' -> ')}`, {
      file: FILE,
      field,
      value: diversion.downstream_id,
      context: { hydros: path },
      suggestion: 'Lead the channel to a plant that is not above; a pumping station lifts water.',
    });
  }
}

/** Plants from one to another, down rivers and channels, both included; `null` if there is no way. */
function pathBetween(from: number, to: number, downstream: Next, channel: Next): number[] | null {
  const cameFrom = new Map<number, number | null>([[from, null]]);
  for (const at of cameFrom.keys()) {
    if (at === to) {
      const path: number[] = [];
      for (let back: number | null = at; back !== null; back = cameFrom.get(back) ?? null) path.unshift(back);
      return path;
    }
    for (const next of [downstream.get(at), channel.get(at)]) {
      if (typeof next === 'number' && !cameFrom.has(next)) cameFrom.set(next, at);
    }
  }
  return null;
}
