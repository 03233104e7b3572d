import { describe, expect, test } from 'vitest';
import { stageSystem } from '#cobre/case/stage-system';
import type { Hydro } from '#cobre/case/study';
import { bounded, change, makeContract, makePump, makeRichStudy, makeSource } from '../support/make-rich-study.js';
import { makeBus, makeHydro, makeLine, makeStages, makeThermal } from '../support/small-study.js';

const NEVER_ENDS = 2 ** 31 - 1;
const stages = makeStages(4);

/** Four plants in a row, 0 at the top, each as a test says. */
function river(...plants: Partial<Hydro>[]) {
  return makeRichStudy({
    stages,
    hydros: plants.map((plant, id) => makeHydro({ id, downstream: id + 1 < plants.length ? id + 1 : null, ...plant })),
  });
}

describe('status of a plant', () => {
  test('operates in its service window, and only there', () => {
    const study = river({ service: { from: 1, until: 3 } });
    expect(stages.map((_, t) => stageSystem(study, t).hydros[0].status)).toEqual([
      'absent',
      'operating',
      'operating',
      'absent',
    ]);
  });

  test('fills from the first stage of the filling up to the first of its service; the last of these ends it', () => {
    const study = river({ service: { from: 3, until: NEVER_ENDS }, filling: { from: 1, inflow: 4 } });
    const plants = stages.map((_, t) => stageSystem(study, t).hydros[0]);
    expect(plants.map(({ status }) => status)).toEqual(['absent', 'filling', 'filling', 'operating']);
    expect(plants.map(({ fillingEnds }) => fillingEnds)).toEqual([false, false, true, false]);
    expect(plants[1].fillingInflow).toBe(4);
  });

  test('without a filling no stage ends one', () => {
    const study = river({ service: { from: 2, until: NEVER_ENDS } });
    expect(stages.map((_, t) => stageSystem(study, t).hydros[0].fillingEnds)).toEqual([false, false, false, false]);
    expect(stageSystem(study, 0).hydros[0].fillingInflow).toBe(0);
  });
});

describe('the river at a stage', () => {
  test('runs past plants that are not there, however many follow each other', () => {
    const later = { service: { from: 2, until: NEVER_ENDS } };
    const study = river({}, later, later, {});
    expect(stageSystem(study, 1).hydros.map(({ downstream }) => downstream)).toEqual([3, 3, 3, null]);
    expect(stageSystem(study, 2).hydros.map(({ downstream }) => downstream)).toEqual([1, 2, 3, null]);
  });

  test('runs into the sea where nothing is below', () => {
    const study = river({}, { service: { from: 0, until: 1 } });
    expect(stageSystem(study, 0).hydros[0].downstream).toBe(1);
    expect(stageSystem(study, 1).hydros[0].downstream).toBeNull();
  });

  test('a reservoir that fills holds the water back', () => {
    const study = river({}, { service: { from: 3, until: NEVER_ENDS }, filling: { from: 1, inflow: 1 } }, {});
    expect(stages.map((_, t) => stageSystem(study, t).hydros[0].downstream)).toEqual([2, 1, 1, 1]);
  });

  test('a channel leads to its target, or past it', () => {
    const study = river({ diversion: { target: 2, maxFlow: 7 } }, {}, { service: { from: 1, until: 2 } }, {});
    expect(stages.map((_, t) => stageSystem(study, t).hydros[0].diversionTarget)).toEqual([3, 2, 3, 3]);
    expect(stageSystem(study, 0).hydros[0].maxDiversion).toBe(7);
    expect(stageSystem(study, 0).hydros[1].maxDiversion).toBe(0);
    expect(stageSystem(study, 0).hydros[1].diversionTarget).toBeNull();
  });
});

test('every kind of entity exists from the first stage of its service to the one before the end', () => {
  const service = { from: 1, until: 3 };
  const study = makeRichStudy({
    stages,
    buses: [makeBus(), makeBus({ id: 1 })],
    hydros: [makeHydro(), makeHydro({ id: 1 })],
    lines: [makeLine({ service })],
    thermals: [makeThermal({ service })],
    pumps: [makePump({ service })],
    contracts: [makeContract({ service })],
    sources: [makeSource({ service })],
  });
  for (const kind of ['lines', 'thermals', 'pumps', 'contracts', 'sources'] as const) {
    const exists = stages.map((_, t) => stageSystem(study, t)[kind][0].exists);
    expect(exists, kind).toEqual([false, true, true, false]);
  }
});

test('a pumping station without one of its reservoirs is not there; a reservoir that fills will do', () => {
  for (const missing of [0, 1]) {
    const study = makeRichStudy({
      stages,
      hydros: [0, 1].map((id) =>
        makeHydro({
          id,
          ...(id === missing ? { service: { from: 2, until: 3 }, filling: { from: 1, inflow: 0 } } : {}),
        }),
      ),
      pumps: [makePump()],
    });
    expect(stages.map((_, t) => stageSystem(study, t).pumps[0].exists)).toEqual([false, true, true, false]);
  }
});

describe('what changes at a stage', () => {
  test('holds there and only there, and for the entity that is named', () => {
    const study = makeRichStudy({
      stages,
      hydros: [makeHydro(), makeHydro({ id: 1 })],
      changes: [{}, { hydros: change({ minStorage: 9, maxStorage: 90, withdrawal: 3, maxDiversion: 2 }, 1) }],
    });
    const before = stageSystem(study, 0).hydros;
    const [other, changed] = stageSystem(study, 1).hydros;
    expect(other).toEqual(before[0]);
    expect(changed).toEqual({ ...before[1], minStorage: 9, maxStorage: 90, withdrawal: 3, maxDiversion: 2 });
    expect(stageSystem(study, 2).hydros).toEqual(before);
  });

  test('replaces the penalties that it names and no others', () => {
    const study = makeRichStudy({
      stages,
      hydros: [makeHydro({ penalties: { spillage: 1, diversion: 2 } })],
      changes: [{ hydros: change({ penalties: { spillage: 8 }, minOutflow: 5 }) }],
    });
    const { penalties, minOutflow } = stageSystem(study, 0).hydros[0];
    expect(penalties).toEqual({ ...study.hydros[0].penalties, spillage: 8 });
    expect(minOutflow).toBe(5);
    expect(stageSystem(study, 1).hydros[0].penalties.spillage).toBe(1);
  });

  test('the inflow kept for a filling', () => {
    const study = makeRichStudy({
      stages,
      hydros: [makeHydro({ service: { from: 3, until: 4 }, filling: { from: 0, inflow: 4 } })],
      changes: [{}, { hydros: change({ fillingInflow: 6 }) }],
    });
    expect(stages.map((_, t) => stageSystem(study, t).hydros[0].fillingInflow)).toEqual([4, 6, 4, 4]);
  });

  test('limits and prices of all other entities', () => {
    const study = makeRichStudy({
      stages,
      buses: [makeBus(), makeBus({ id: 1 })],
      hydros: [makeHydro(), makeHydro({ id: 1 })],
      lines: [makeLine()],
      thermals: [makeThermal()],
      pumps: [makePump()],
      contracts: [makeContract()],
      sources: [makeSource({ maxMw: 30 })],
      changes: [
        {
          buses: change({ excessCost: 7 }, 1),
          lines: change({ directMw: 1, exchangeCost: 3 }),
          thermals: change({ minMw: 1, cost: 120 }),
          pumps: change({ minFlow: 1, maxFlow: 2 }),
          contracts: change({ price: -4, maxMw: 5 }),
          sources: change({ availableMw: 12 }),
          generic: bounded(17, 0, 0),
        },
      ],
    });
    const now = stageSystem(study, 0);
    expect(now.buses.map(({ excessCost }) => excessCost)).toEqual([0.01, 7]);
    expect(now.lines[0]).toEqual({ ...study.lines[0], directMw: 1, exchangeCost: 3, exists: true });
    expect(now.thermals[0]).toEqual({ ...study.thermals[0], minMw: 1, cost: 120, exists: true });
    expect(now.pumps[0]).toEqual({ ...study.pumps[0], minFlow: 1, maxFlow: 2, exists: true });
    expect(now.contracts[0]).toEqual({ ...study.contracts[0], price: -4, maxMw: 5, exists: true });
    expect(now.sources[0]).toEqual({ ...study.sources[0], availableMw: 12, exists: true });
    expect(now.generic).toEqual([{ constraint: 0, block: 0, bound: 17 }]);

    const next = stageSystem(study, 1);
    expect(next.buses).toEqual(study.buses);
    expect(next.thermals[0]).toEqual({ ...study.thermals[0], exists: true });
    // All of the capacity, where nothing else is said.
    expect(next.sources[0].availableMw).toBe(30);
    expect(next.generic).toEqual([]);
  });
});
