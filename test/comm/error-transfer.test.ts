import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packError, unpackError } from '#cobre/comm/error-transfer';
import { CommError, type CommErrorDetails } from '#cobre/comm/index';
import { CobreError, SolverError, ValidationError, WorkerError } from '#cobre/errors';

/** What a thread boundary does to an error in this form. */
const across = (thrown: unknown): Error => unpackError(structuredClone(packError(thrown)));

const detailsArb: fc.Arbitrary<CommErrorDetails> = fc.oneof(
  fc.record({
    commKind: fc.constant('CollectiveFailed' as const),
    operation: fc.string(),
    mpiErrorCode: fc.option(fc.integer()),
    failedRank: fc.option(fc.nat()),
  }),
  fc.record({
    commKind: fc.constant('InvalidBufferSize' as const),
    operation: fc.string(),
    expected: fc.nat(),
    actual: fc.integer(),
  }),
  fc.record({ commKind: fc.constant('InvalidRoot' as const), root: fc.integer(), size: fc.nat() }),
  fc.record({ commKind: fc.constant('InvalidCommunicator' as const) }),
  fc.record({ commKind: fc.constant('AllocationFailed' as const), requestedBytes: fc.nat() }),
);

const cobreArb = fc
  .record({
    message: fc.string(),
    file: fc.option(fc.string(), { nil: undefined }),
    field: fc.option(fc.string(), { nil: undefined }),
    value: fc.jsonValue(),
    suggestion: fc.option(fc.string(), { nil: undefined }),
  })
  .map(
    ({ message, file, field, value, suggestion }) =>
      new CobreError('OutOfRange', message, {
        value,
        ...(file === undefined ? {} : { file }),
        ...(field === undefined ? {} : { field }),
        ...(suggestion === undefined ? {} : { suggestion }),
      }),
  );

const oursArb: fc.Arbitrary<CobreError> = fc.oneof(
  cobreArb,
  fc.tuple(fc.string(), detailsArb).map(([message, details]) => new CommError(message, details)),
  fc.array(cobreArb, { minLength: 1, maxLength: 4 }).map((errors) => new ValidationError(errors)),
  fc
    .record({
      stage: fc.nat(),
      iteration: fc.option(fc.nat()),
      scenario: fc.option(fc.nat()),
      opening: fc.option(fc.nat()),
      status: fc.string(),
    })
    .map((place) => new SolverError('lost', place, 'look')),
);

const anyArb = fc.oneof(
  oursArb,
  fc.tuple(fc.nat(), fc.option(oursArb)).map(([rank, inner]) => new WorkerError(rank, { inner })),
);

describe('an error that crosses threads', () => {
  test('keeps its class, its message, its stack and its fields', () => {
    fc.assert(
      fc.property(anyArb, (error) => {
        const copy = across(error);
        expect(copy.constructor).toBe(error.constructor);
        expect(copy.stack).toBe(error.stack);
        expect((copy as CobreError).toJSON()).toEqual(error.toJSON());
        expect(copy).toEqual(error);
      }),
    );
  });

  test('keeps the class of native errors, and the name and fields of those it does not know', () => {
    expect(across(new RangeError('r'))).toBeInstanceOf(RangeError);
    class Special extends Error {
      override readonly name = 'Special';
      readonly level = 3;
    }
    const copy = across(new Special('s'));
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: 'Special', message: 's', level: 3 });
    const many = across(new AggregateError([new TypeError('t'), 'u'], 'several'));
    expect(many).toMatchObject({ name: 'AggregateError', errors: [{ name: 'TypeError', message: 't' }, {}] });
  });

  test('leaves out what cannot be cloned and stops at circles', () => {
    const circle: Error & { helper?: unknown } = new Error('round');
    circle.cause = circle;
    circle.helper = () => 1;
    const copy = across(circle) as typeof circle;
    expect(copy.message).toBe('round');
    expect(copy.helper).toBeUndefined();
    expect((copy.cause as Error).message).toBe('round');
  });

  test('is made up where a program threw something else', () => {
    for (const thrown of ['words', 7, null, undefined, Symbol('s'), { toString: null }]) {
      expect(across(thrown)).toBeInstanceOf(Error);
    }
    expect(across('words').message).toContain('words');
  });
});
