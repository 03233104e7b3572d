import { ALWAYS, type Service } from '../study-system.js';

/** Position by id of entries that are sorted by id. */
export type Index = ReadonlyMap<number, number>;

export function sortedById<T extends { readonly id: number }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => a.id - b.id);
}

export function indexOf(entries: readonly { readonly id: number }[]): Map<number, number> {
  return new Map(entries.map(({ id }, i) => [id, i]));
}

/** The position of an id that validation has found to exist. */
export function at(index: Index, id: number): number {
  const found = index.get(id);
  if (found === undefined) throw new Error(`id ${id} has passed validation but is not known`);
  return found;
}

/**
 * Position of the first stage with this id or a greater one. Beyond the last stage positions go on counting, so that a
 * plant that starts long after the study is not taken for one that starts right after it.
 */
export function firstStageFrom(stages: readonly { readonly id: number }[], id: number): number {
  const last = stages[stages.length - 1].id;
  if (id > last) return stages.length + (id - last - 1);
  return stages.filter((stage) => stage.id < id).length;
}

/** When an entity is there: from its entry stage on, until its exit stage begins. */
export function serviceOf(
  stages: readonly { readonly id: number }[],
  entity: { readonly entry_stage_id?: number | null | undefined; readonly exit_stage_id?: number | null | undefined },
): Service {
  const { entry_stage_id: entry, exit_stage_id: exit } = entity;
  return {
    from: typeof entry === 'number' ? firstStageFrom(stages, entry) : ALWAYS.from,
    until: typeof exit === 'number' ? firstStageFrom(stages, exit) : ALWAYS.until,
  };
}
