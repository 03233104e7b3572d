import { z } from 'zod';
import { $schema, id, nonNegative, serviceStage } from './primitives.js';

export const pumpingStationsSchema = z.strictObject({
  $schema,
  pumping_stations: z.array(
    z.strictObject({
      id,
      name: z.string(),
      bus_id: id,
      source_hydro_id: id,
      destination_hydro_id: id,
      entry_stage_id: serviceStage,
      exit_stage_id: serviceStage,
      consumption_mw_per_m3s: nonNegative,
      flow: z.strictObject({ min_m3s: nonNegative, max_m3s: nonNegative }),
    }),
  ),
});
