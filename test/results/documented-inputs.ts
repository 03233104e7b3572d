import type { SchemaElement } from 'hyparquet';

/** Columns of files that a run writes as a case may have them (Cobre 0.5, case format reference); `?` marks nullable ones. */
export const INPUT_FILES: Readonly<Record<string, readonly string[]>> = {
  fpha_hyperplanes: [
    'hydro_id INT32',
    'stage_id INT32?',
    'plane_id INT32',
    'gamma_0 DOUBLE',
    'gamma_v DOUBLE',
    'gamma_q DOUBLE',
    'gamma_s DOUBLE',
    'kappa DOUBLE?',
    'valid_v_min_hm3 DOUBLE?',
    'valid_v_max_hm3 DOUBLE?',
    'valid_q_max_m3s DOUBLE?',
  ],
  inflow_seasonal_stats: ['hydro_id INT32', 'stage_id INT32', 'mean_m3s DOUBLE', 'std_m3s DOUBLE'],
  inflow_ar_coefficients: [
    'hydro_id INT32',
    'stage_id INT32',
    'lag INT32',
    'coefficient DOUBLE',
    'residual_std_ratio DOUBLE',
  ],
  inflow_annual_component: [
    'hydro_id INT32',
    'stage_id INT32',
    'annual_coefficient DOUBLE',
    'annual_mean_m3s DOUBLE',
    'annual_std_m3s DOUBLE',
  ],
  noise_openings: ['stage_id INT32', 'opening_index UINT_32', 'entity_index UINT_32', 'value DOUBLE'],
  load_seasonal_stats: ['bus_id INT32', 'stage_id INT32', 'mean_mw DOUBLE', 'std_mw DOUBLE'],
};

/** The columns of a file in the same words. */
export function storedColumns(schema: readonly SchemaElement[]): string[] {
  return schema
    .slice(1)
    .map(
      ({ name, type, converted_type, repetition_type }) =>
        `${name} ${converted_type ?? type}${repetition_type === 'OPTIONAL' ? '?' : ''}`,
    );
}
