import { z } from 'zod';
import { $schema, count, id, positive } from './primitives.js';

const model = z.enum(['constant_productivity', 'linearized_head', 'fpha']);

const share = z.number().min(0).max(1);

/** Points of an axis of the grid: both ends at the least. */
const points = z.uint32().min(2);

const fphaConfig = z.strictObject({
  source: z.enum(['precomputed', 'computed']),
  volume_discretization_points: points.nullish(),
  turbine_discretization_points: points.nullish(),
  spillage_discretization_points: points.nullish(),
  max_planes_per_hydro: count.nullish(),
  fitting_window: z
    .strictObject({
      volume_min_hm3: z.number().nullish(),
      volume_max_hm3: z.number().nullish(),
      volume_min_percentile: share.nullish(),
      volume_max_percentile: share.nullish(),
    })
    .nullish(),
});

const choice = { model, fpha_config: fphaConfig.nullish(), productivity_override: positive.nullish() };

const byStage = z.strictObject({
  hydro_id: id,
  selection_mode: z.literal('stage_ranges'),
  stage_ranges: z.array(z.strictObject({ start_stage_id: id, end_stage_id: id.nullish(), ...choice })),
});

const bySeason = z.strictObject({
  hydro_id: id,
  selection_mode: z.literal('seasonal'),
  default_model: model,
  seasons: z.array(z.strictObject({ season_id: id, ...choice })),
});

export const productionModelsSchema = z.strictObject({
  $schema,
  production_models: z.array(z.discriminatedUnion('selection_mode', [byStage, bySeason])),
});

type ProductionModelsFile = z.output<typeof productionModelsSchema>;
export type ProductionModelEntry = ProductionModelsFile['production_models'][number];
