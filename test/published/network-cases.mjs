/** HydroPowerModels' case of three buses in a triangle. Its place is in README.md. */
import { caseDirectory, everyStage } from './case-directory.mjs';

const STAGES = 12;

/** Resistance and reactance of a line. */
const LINES = [
  { from: 0, to: 2, r: 0.065, x: 1, capacity: 100 },
  { from: 2, to: 1, r: 0.025, x: 0.5, capacity: 65 },
  { from: 0, to: 1, r: 0.042, x: 1, capacity: 25 },
];
/** Voltage angle that a flow of 1 takes, in the linear power flow that counts resistance. */
const ANGLE = LINES.map(({ r, x }) => Number(((r * r + x * x) / x).toPrecision(12)));

function case3(inflow) {
  const none = everyStage(STAGES, 0);
  return caseDirectory({
    openings: everyStage(STAGES, 1),
    hours: 1,
    waterUnit: 1,
    buses: [
      { name: 'Hydro', load: none },
      { name: 'Cheap', load: none },
      { name: 'City', load: everyStage(STAGES, 100) },
    ],
    hydros: [{ name: 'Reservoir', storage: [0, 0.54], initial: 0.18, turbined: 80, inflow }],
    thermals: [
      { bus: 1, max: 100, cost: 20 },
      { bus: 2, max: 50, cost: 100 },
    ],
    lines: LINES.map(({ from, to, capacity }) => ({ from, to, capacity, reverse: capacity })),
    deficitCost: 1000,
    iterations: 60,
    documents: {
      'constraints/generic_constraints.json': {
        constraints: [
          {
            id: 0,
            name: 'voltage angles around the triangle',
            expression: `${ANGLE[0]} * line_exchange(0) + ${ANGLE[1]} * line_exchange(1) - ${ANGLE[2]} * line_exchange(2)`,
            sense: '==',
            slack: { enabled: false },
          },
        ],
      },
    },
    tables: {
      'constraints/generic_constraint_bounds.parquet': none.map((bound, t) => ({
        constraint_id: 0,
        stage_id: t,
        block_id: null,
        bound,
      })),
    },
  });
}

export const networkCases = {
  triangle: {
    published: 11_000,
    tolerance: 1e-2,
    optimum: 11_000,
    directory: case3([80, 70, 60, 50, 40, 30, 20, 30, 40, 50, 60, 70]),
  },
  'triangle-dry': {
    published: 39_010.144,
    tolerance: 1e-2,
    optimum: 39_010.144821333,
    directory: case3(everyStage(STAGES, 0)),
  },
  'triangle-wet': {
    published: 6016.68,
    tolerance: 1e-2,
    optimum: 6016.6831066607,
    directory: case3(everyStage(STAGES, 200)),
  },
};

for (const each of Object.values(networkCases)) each.scale = 1;
