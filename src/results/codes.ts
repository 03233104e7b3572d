/** Integer codes of categorical columns, as the public format fixes them. */

export const OPERATIVE_STATE = { deactivated: 0, maintenance: 1, operating: 2, saturated: 3 } as const;

export const STORAGE_BINDING = { none: 0, below_minimum: 1, above_maximum: 2, both: 3 } as const;

export const CONTRACT_TYPE = { import: 0, export: 1 } as const;

export const ENTITY_TYPE = {
  hydro: 0,
  thermal: 1,
  bus: 2,
  line: 3,
  pumping_station: 4,
  contract: 5,
  non_controllable: 7,
} as const;

export const BOUND_TYPE = {
  storage_min: 0,
  storage_max: 1,
  turbined_min: 2,
  turbined_max: 3,
  outflow_min: 4,
  outflow_max: 5,
  generation_min: 6,
  generation_max: 7,
  flow_min: 8,
  flow_max: 9,
} as const;

/** `{ name: code }` turned into `{ "code": name }`, as `codes.json` holds it. */
export function labelsByCode(codes: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(codes).map(([label, code]) => [String(code), label]));
}
