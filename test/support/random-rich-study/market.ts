import fc from 'fast-check';
import type {
  Contract,
  GenericConstraint,
  GenericTerm,
  GenericVariable,
  NonControllableSource,
  PumpingStation,
} from '#cobre/case/study';
import { GENERIC_VARIABLES } from '#cobre/case/study-system';
import { makeContract, makePump, makeSource } from '../make-rich-study.js';
import { amount, many, orNone, type Scales } from '../random-study.js';
import { serviceArb } from './hydros.js';

export function contractArb(id: number, buses: number, stages: number, { cost, size }: Scales): fc.Arbitrary<Contract> {
  return fc
    .record({
      bus: fc.nat(buses - 1),
      exports: fc.boolean(),
      price: amount(10, 150),
      minMw: orNone(amount(0, 4)),
      range: amount(0, 15),
      service: serviceArb(stages),
    })
    .map(({ bus, exports, price, minMw, range, service }) =>
      makeContract({
        id,
        bus,
        service,
        type: exports ? 'export' : 'import',
        price: (exports ? -price : price) * cost,
        minMw: minMw * size,
        maxMw: (minMw + range) * size,
      }),
    );
}

export function sourceArb(
  id: number,
  buses: number,
  stages: number,
  { cost, size }: Scales,
): fc.Arbitrary<NonControllableSource> {
  return fc
    .record({
      bus: fc.nat(buses - 1),
      maxMw: amount(1, 40),
      curtailmentCost: fc.constantFrom(0, 0.005, 1),
      service: serviceArb(stages),
    })
    .map(({ bus, maxMw, curtailmentCost, service }) =>
      makeSource({ id, bus, service, maxMw: maxMw * size, curtailmentCost: curtailmentCost * cost }),
    );
}

/** A least flow is hard: it is drawn only where water can be bought for it. */
export function pumpArb(
  id: number,
  hydros: number,
  buses: number,
  stages: number,
  mayOblige: boolean,
  { size }: Scales,
): fc.Arbitrary<PumpingStation> {
  return fc
    .record({
      bus: fc.nat(buses - 1),
      source: fc.nat(hydros - 1),
      offset: fc.integer({ min: 1, max: hydros - 1 }),
      consumption: amount(0.1, 2),
      minFlow: mayOblige ? orNone(amount(0.1, 1)) : fc.constant(0),
      range: amount(0, 10),
      service: serviceArb(stages),
    })
    .map(({ bus, source, offset, consumption, minFlow, range, service }) =>
      makePump({
        id,
        bus,
        source,
        target: (source + offset) % hydros,
        consumption,
        service,
        minFlow: minFlow * size,
        maxFlow: (minFlow + range) * size,
      }),
    );
}

/** How many of each thing a variable may speak of, by the first word of its name. */
export interface Counts {
  readonly hydro: number;
  readonly thermal: number;
  readonly line: number;
  readonly bus: number;
  readonly pumping: number;
  readonly contract: number;
  readonly non: number;
}

function entitiesOf(variable: GenericVariable, counts: Counts): number {
  return counts[variable.slice(0, variable.indexOf('_')) as keyof Counts];
}

/** Soft constraints of up to three terms on anything that the system has. */
export function genericArb(
  id: number,
  counts: Counts,
  blocks: number,
  { cost }: Scales,
): fc.Arbitrary<GenericConstraint> {
  const variables = GENERIC_VARIABLES.filter((variable) => entitiesOf(variable, counts) > 0);
  const termArb = fc.constantFrom(...variables).chain(
    (variable): fc.Arbitrary<GenericTerm> =>
      fc.record({
        variable: fc.constant(variable),
        entity: fc.nat(entitiesOf(variable, counts) - 1),
        coefficient: fc.constantFrom(1, 1, -1, 0.5),
        block: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(blocks - 1) }),
      }),
  );
  return fc.record({
    id: fc.constant(id),
    name: fc.constant(`G${id}`),
    sense: fc.constantFrom('>=' as const, '<=' as const, '==' as const),
    terms: fc.array(termArb, { minLength: 1, maxLength: 3 }),
    constant: orNone(amount(-5, 5)),
    slackPenalty: fc.constantFrom(1, 20, 300).map((price) => price * cost),
  });
}

/** Bounds at some stages: of all blocks, of the first, or of both. */
export function boundsArb(constraints: number, stages: number, { size }: Scales) {
  const bound = amount(-5, 40).map((value) => value * size);
  return many(stages, () =>
    many(constraints, (constraint) =>
      fc
        .record({ all: fc.option(bound), first: fc.option(bound) })
        .map(({ all, first }) => [
          ...(all === null ? [] : [{ constraint, block: null, bound: all }]),
          ...(first === null ? [] : [{ constraint, block: 0, bound: first }]),
        ]),
    ).map((lists) => lists.flat()),
  );
}
