import fc from 'fast-check';
import type { InflowModelData } from '#cobre/case/study';
import { noExtras } from '../plain-study.js';
import { amount, many, type RandomParts, type Scales } from '../random-study.js';

/** Deviations [m3/s] that a memory is drawn with: near each other, so that coefficients do not blow inflow up. */
export const DEVIATION = [6, 9] as const;

/** Inflow data of plants that remember one month or two, with statistics of the two months before the study. */
export function inflowModelArb(parts: RandomParts, { size }: Scales): fc.Arbitrary<InflowModelData> {
  const stages = parts.stages.length;
  const hydros = parts.hydros.length;
  const row = fc.record({
    order: fc.integer({ min: 1, max: 2 }),
    coefficients: many(2, () => amount(-0.3, 0.7)),
    ratio: amount(0.3, 1),
  });
  const before = (min: number, max: number) => many(2 * hydros, () => amount(min, max).map((value) => value * size));
  return fc
    .record({
      rows: many(hydros * stages, () => row),
      mean: before(0, 30),
      std: before(...DEVIATION),
      past: before(-5, 40),
    })
    .map(({ rows, mean, std, past }): InflowModelData => {
      const flat = rows.flatMap(({ order, coefficients, ratio }, at) =>
        coefficients.slice(0, order).map((coefficient, l) => ({
          hydro: Math.floor(at / stages),
          stage: at % stages,
          lag: l + 1,
          coefficient,
          ratio,
        })),
      );
      return {
        ...noExtras(parts.stages, hydros, 0).inflowModel,
        preStudyStages: [
          { id: -2, startDate: '2023-11-01', endDate: '2023-12-01', season: 10 },
          { id: -1, startDate: '2023-12-01', endDate: '2024-01-01', season: 11 },
        ],
        preStudyMean: Float64Array.from(mean),
        preStudyStd: Float64Array.from(std),
        autoregressive: {
          hydro: Int32Array.from(flat, ({ hydro }) => hydro),
          stage: Int32Array.from(flat, ({ stage }) => stage),
          lag: Int32Array.from(flat, ({ lag }) => lag),
          coefficient: Float64Array.from(flat, ({ coefficient }) => coefficient),
          residualStdRatio: Float64Array.from(flat, ({ ratio }) => ratio),
        },
        pastInflows: parts.hydros.map((_, h) => ({
          values: Float64Array.of(past[2 * h], past[2 * h + 1]),
          seasons: null,
        })),
      };
    });
}
