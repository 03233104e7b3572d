import type { ParsedCase } from '../parsed-case.js';
import type { Report } from './report.js';

/** Water flows downhill: following `downstream_id` never leads back. Each cycle is reported once. */
export function checkCascade(data: ParsedCase, report: Report): void {
  const hydros = data.hydros?.hydros ?? [];
  const downstream = new Map(hydros.map((hydro) => [hydro.id, hydro.downstream_id ?? null]));
  const settled = new Set<number>();
  for (const [i, { id: start }] of hydros.entries()) {
    const walked: number[] = [];
    let at: number | null = start;
    while (at !== null && !settled.has(at) && !walked.includes(at)) {
      walked.push(at);
      at = downstream.get(at) ?? null;
    }
    if (at !== null && walked.includes(at)) {
      const cycle = walked.slice(walked.indexOf(at));
      report.error('PhysicalConstraint', `the cascade runs in a cycle: hydros ${[...cycle, at].join(' -> ')}`, {
        file: 'system/hydros.json',
        field: `hydros[${cycle.length === walked.length ? i : hydros.findIndex((hydro) => hydro.id === at)}].downstream_id`,
        value: downstream.get(at),
        context: { hydros: cycle },
        suggestion: 'Set downstream_id of the last plant of the river to null.',
      });
    }
    for (const id of walked) settled.add(id);
  }
}
