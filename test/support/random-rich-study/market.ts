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
      // Now and then one is paid for what one takes, or pays to be rid of it.
      price: amount(-20, 150),
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

/** What a plant, a line or a source may always do none of. */
const AVOIDABLE: readonly GenericVariable[] = [
  'hydro_turbined',
  'hydro_generation',
  'hydro_diversion',
  'line_direct',
  'line_reverse',
  'non_controllable_generation',
];

/** Least bound that a constraint is drawn with. */
const LEAST_BOUND = -5;

/**
 * Soft constraints of up to three terms on anything that the system has; and hard ones, that cap what is avoidable at no
 * less than 0.
 */
export function genericArb(
  id: number,
  counts: Counts,
  blocks: number,
  { cost, size }: Scales,
): fc.Arbitrary<GenericConstraint> {
  const termsArb = (among: readonly GenericVariable[], coefficients: readonly number[]) => {
    const termArb = fc.constantFrom(...among.filter((variable) => entitiesOf(variable, counts) > 0)).chain(
      (variable): fc.Arbitrary<GenericTerm> =>
        fc.record({
          variable: fc.constant(variable),
          entity: fc.nat(entitiesOf(variable, counts) - 1),
          coefficient: fc.constantFrom(...coefficients),
          block: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(blocks - 1) }),
        }),
    );
    return fc.array(termArb, { minLength: 1, maxLength: 3 });
  };
  const named = { id: fc.constant(id), name: fc.constant(`G${id}`) };
  const soft = fc.record({
    ...named,
    sense: fc.constantFrom('>=' as const, '<=' as const, '==' as const),
    terms: termsArb(GENERIC_VARIABLES, [1, 1, -1, 0.5]),
    constant: orNone(amount(-5, 5)),
    slackPenalty: fc.constantFrom(1, 20, 300).map((price) => price * cost),
  });
  const hard = fc.record({
    ...named,
    sense: fc.constant('<=' as const),
    terms: termsArb(AVOIDABLE, [1, 0.5]),
    constant: fc.constant(LEAST_BOUND * size),
    slackPenalty: fc.constant(null),
  });
  return fc.oneof({ weight: 4, arbitrary: soft }, { weight: 1, arbitrary: hard });
}

/** Bounds at some stages: of all blocks, of the first, or of both. */
export function boundsArb(constraints: number, stages: number, { size }: Scales) {
  const bound = amount(LEAST_BOUND, 40).map((value) => value * size);
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
