import { forebayHeight, type ReservoirGeometry } from './geometry.js';
import { interpolate } from './piecewise-linear.js';
import type { Efficiency, HydraulicLosses, TailraceModel } from './plant.js';

/** Power of 1 m3/s of water that falls 1 m [MW]: 9.81 m/s2 times 1000 kg/m3 in megawatts. */
const MW_PER_M4S = 9.81 / 1000;

/** Prepared level below the plant: a polynomial, or points sorted by outflow. */
type Tailrace =
  | { readonly kind: 'polynomial'; readonly coefficients: readonly number[] }
  | { readonly kind: 'points'; readonly outflows: Float64Array; readonly heights: Float64Array };

/** The exact production function of a plant, ready to be evaluated. */
export interface ProductionFunction {
  readonly geometry: ReservoirGeometry;
  readonly tailrace: Tailrace;
  readonly losses: HydraulicLosses;
  readonly efficiency: number;
}

/** The parts of a plant that decide its head. */
interface HeadModels {
  readonly tailrace: TailraceModel | null;
  readonly hydraulicLosses: HydraulicLosses | null;
  readonly efficiency: Efficiency | null;
}

function prepareTailrace(model: TailraceModel | null): Tailrace {
  if (model === null) return { kind: 'polynomial', coefficients: [] };
  if (model.type === 'polynomial') return { kind: 'polynomial', coefficients: model.coefficients };
  const sorted = [...model.points].sort((a, b) => a.outflowM3s - b.outflowM3s || a.heightM - b.heightM);
  return {
    kind: 'points',
    outflows: Float64Array.from(sorted, ({ outflowM3s }) => outflowM3s),
    heights: Float64Array.from(sorted, ({ heightM }) => heightM),
  };
}

/** The production function; a model that is null counts as a level of 0 m, no losses, an efficiency of 1. */
export function productionFunction(geometry: ReservoirGeometry, models: HeadModels): ProductionFunction {
  return {
    geometry,
    tailrace: prepareTailrace(models.tailrace),
    losses: models.hydraulicLosses ?? { type: 'constant', valueM: 0 },
    efficiency: models.efficiency?.value ?? 1,
  };
}

/** Level below the plant [m] at a total outflow [m3/s]. */
export function tailraceHeight({ tailrace }: ProductionFunction, outflow: number): number {
  if (tailrace.kind === 'points') return interpolate(tailrace.outflows, tailrace.heights, outflow);
  let height = 0;
  for (let k = tailrace.coefficients.length - 1; k >= 0; k -= 1) height = height * outflow + tailrace.coefficients[k];
  return height;
}

/** Net head [m], never below 0, at a volume [hm3], turbined flow [m3/s] and spillage [m3/s]. */
export function netHead(production: ProductionFunction, volume: number, turbined: number, spillage: number): number {
  const gross = forebayHeight(production.geometry, volume) - tailraceHeight(production, turbined + spillage);
  const { losses } = production;
  const net = losses.type === 'factor' ? gross * (1 - losses.value) : gross - losses.valueM;
  return net > 0 ? net : 0;
}

/**
 * The exact production function phi(v, q, s) [MW] at a volume [hm3], turbined flow [m3/s] and spillage [m3/s]:
 * 9.81 / 1000 times efficiency times flow times net head.
 */
export function power(production: ProductionFunction, volume: number, turbined: number, spillage: number): number {
  return MW_PER_M4S * production.efficiency * turbined * netHead(production, volume, turbined, spillage);
}
