import type { CompleteCase } from '../parsed-case.js';
import type { ExternalScenarios, Study } from '../study.js';
import type { Index } from './positions.js';
import type { Statistics } from './tables.js';

interface ExternalColumns {
  readonly stage: Float64Array;
  readonly scenario: Float64Array;
  readonly entity: Float64Array;
  readonly value: Float64Array;
}

/**
 * Scenarios by stage, scenario and entity. A stage with fewer scenarios than another repeats its own in turn, so that
 * all stages have the same number. What the file does not speak of has the value of `otherwise`.
 */
function buildExternalScenarios(
  columns: ExternalColumns | undefined,
  stages: Index,
  entities: Index,
  otherwise: Float64Array,
): ExternalScenarios | null {
  if (columns === undefined || columns.stage.length === 0) return null;
  const { stage, scenario, entity, value } = columns;
  const count = new Array<number>(stages.size).fill(0);
  for (let row = 0; row < stage.length; row++) {
    const t = stages.get(stage[row]);
    if (t !== undefined) count[t] = Math.max(count[t], scenario[row] + 1);
  }
  const scenarios = Math.max(...count);
  const size = entities.size;
  const values = new Float64Array(stages.size * scenarios * size);
  for (let t = 0; t < stages.size; t++) {
    const own = otherwise.subarray(t * size, (t + 1) * size);
    for (let n = 0; n < scenarios; n++) values.set(own, (t * scenarios + n) * size);
  }
  for (let row = 0; row < stage.length; row++) {
    const t = stages.get(stage[row]);
    const e = entities.get(entity[row]);
    if (t === undefined || e === undefined) continue;
    for (let n = scenario[row]; n < scenarios; n += count[t]) values[(t * scenarios + n) * size + e] = value[row];
  }
  return { scenarios, values };
}

/** The three kinds of scenarios that a case may bring as values; `null` where no pass draws from them. */
export function buildExternal(
  { config, externalInflow, externalLoad, externalAvailability }: CompleteCase,
  index: Record<'stages' | 'hydros' | 'buses' | 'sources', Index>,
  { inflow, load, availability }: Statistics,
): Pick<Study, 'externalInflow' | 'externalLoad' | 'externalAvailability'> {
  const sources = [config.training.scenario_source, config.simulation.scenario_source];
  const uses = (key: 'inflow' | 'load' | 'ncs') => sources.some((source) => source?.[key]?.scheme === 'external');
  const i = uses('inflow') ? externalInflow?.columns : undefined;
  const l = uses('load') ? externalLoad?.columns : undefined;
  const a = uses('ncs') ? externalAvailability?.columns : undefined;
  return {
    externalInflow: buildExternalScenarios(
      i && { stage: i.stage_id, scenario: i.scenario_id, entity: i.hydro_id, value: i.value_m3s },
      index.stages,
      index.hydros,
      inflow.mean,
    ),
    externalLoad: buildExternalScenarios(
      l && { stage: l.stage_id, scenario: l.scenario_id, entity: l.bus_id, value: l.value_mw },
      index.stages,
      index.buses,
      load.mean,
    ),
    externalAvailability: buildExternalScenarios(
      a && { stage: a.stage_id, scenario: a.scenario_id, entity: a.ncs_id, value: a.value },
      index.stages,
      index.sources,
      availability.mean,
    ),
  };
}
