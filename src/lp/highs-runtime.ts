import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableMemoryError } from './solver-status.js';

/** Pointer into the solver's WebAssembly memory. */
export type Pointer = number;

export const BYTES_PER_DOUBLE = 8;
export const BYTES_PER_INTEGER = 4;

/**
 * The C functions of HiGHS that a stage solver needs, as the wasm build exports them: `HighsInt` is 32 bits,
 * arrays are pointers into the module's memory, and the return value is 0 (ok), 1 (warning) or -1 (error).
 * Source: HiGHS C API, highs_c_api.h.
 */
interface HighsFunctions {
  readonly version: { readonly string: string };
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  _Highs_create(): Pointer;
  _Highs_destroy(highs: Pointer): void;
  _Highs_passLp(
    highs: Pointer,
    numCol: number,
    numRow: number,
    numNz: number,
    format: number,
    sense: number,
    offset: number,
    colCost: Pointer,
    colLower: Pointer,
    colUpper: Pointer,
    rowLower: Pointer,
    rowUpper: Pointer,
    start: Pointer,
    index: Pointer,
    value: Pointer,
  ): number;
  _Highs_addRows(
    highs: Pointer,
    numRow: number,
    lower: Pointer,
    upper: Pointer,
    numNz: number,
    start: Pointer,
    index: Pointer,
    value: Pointer,
  ): number;
  _Highs_changeColsBoundsByRange(highs: Pointer, from: number, to: number, lower: Pointer, upper: Pointer): number;
  _Highs_changeRowsBoundsByRange(highs: Pointer, from: number, to: number, lower: Pointer, upper: Pointer): number;
  _Highs_changeColBounds(highs: Pointer, column: number, lower: number, upper: number): number;
  _Highs_changeCoeff(highs: Pointer, row: number, column: number, value: number): number;
  _Highs_setBasis(highs: Pointer, colStatus: Pointer, rowStatus: Pointer): number;
  _Highs_getBasis(highs: Pointer, colStatus: Pointer, rowStatus: Pointer): number;
  _Highs_getBasicVariables(highs: Pointer, variables: Pointer): number;
  _Highs_getBasisSolve(highs: Pointer, rhs: Pointer, solution: Pointer, numNz: Pointer, index: Pointer): number;
  _Highs_clearSolver(highs: Pointer): number;
  _Highs_run(highs: Pointer): number;
  _Highs_getModelStatus(highs: Pointer): number;
  _Highs_getObjectiveValue(highs: Pointer): number;
  _Highs_getSolution(highs: Pointer, colValue: Pointer, colDual: Pointer, rowValue: Pointer, rowDual: Pointer): number;
  _Highs_getIntInfoValue(highs: Pointer, name: Pointer, value: Pointer): number;
  _Highs_setBoolOptionValue(highs: Pointer, name: Pointer, value: number): number;
  _Highs_setIntOptionValue(highs: Pointer, name: Pointer, value: number): number;
  _Highs_setDoubleOptionValue(highs: Pointer, name: Pointer, value: number): number;
  _Highs_setStringOptionValue(highs: Pointer, name: Pointer, value: Pointer): number;
}

type HighsLoader = (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}) => Promise<HighsFunctions>;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Compiles the solver, once in a process: the compiled module can be handed to any number of threads, and what has been
 * optimised of it stays so for later calls.
 */
export function compileHighs(): Promise<WebAssembly.Module> {
  compiled ??= compiledAnew().catch((reason: unknown) => {
    // The next call may have the memory that this one lacked.
    compiled = undefined;
    throw reason;
  });
  return compiled;
}

async function compiledAnew(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('highs/runtime');
  return WebAssembly.compile(await readFile(path));
}

/** One instance of the solver: its functions, its memory, and small conveniences over both. */
export class HighsRuntime {
  readonly fn: HighsFunctions;
  readonly #memory: WebAssembly.Memory;
  readonly #names = new Map<string, Pointer>();
  #doubles: Float64Array;
  #integers: Int32Array;

  private constructor(fn: HighsFunctions, memory: WebAssembly.Memory) {
    this.fn = fn;
    this.#memory = memory;
    this.#doubles = new Float64Array(memory.buffer);
    this.#integers = new Int32Array(memory.buffer);
  }

  /** Starts an instance from a compiled module; compiles it first when none is given. */
  static async start(module?: WebAssembly.Module): Promise<HighsRuntime> {
    const compiled = module ?? (await compileHighs());
    // The package's declarations describe its CommonJS face; the ESM default export is the loader itself.
    const { default: loadHighs } = (await import('highs')) as unknown as { default: HighsLoader };
    let memory: WebAssembly.Memory | undefined;
    const loaded = await new Promise<HighsFunctions>((resolve, reject) => {
      loadHighs({
        // The package keeps its memory to itself; taking over the instantiation is its documented way in.
        instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
          // The package is told of success only: a failure has to leave by this promise.
          WebAssembly.instantiate(compiled, imports)
            .then((instance) => {
              memory = Object.values(instance.exports).find((e) => e instanceof WebAssembly.Memory);
              done(instance);
            })
            .catch(reject);
          return {};
        },
      }).then(resolve, reject);
    }).catch((cause: Error) => {
      throw availableMemoryError(`the solver cannot be started: ${cause.message}`);
    });
    if (memory === undefined) throw availableMemoryError('the solver module exports no memory');
    return new HighsRuntime(loaded, memory);
  }

  /** Of the solver, such as 1.15.1. */
  get version(): string {
    return this.fn.version.string;
  }

  /** The memory as doubles. Ask anew after every call that may allocate: growth detaches older views. */
  get doubles(): Float64Array {
    if (this.#doubles.buffer !== this.#memory.buffer) this.#doubles = new Float64Array(this.#memory.buffer);
    return this.#doubles;
  }

  /** The memory as 32-bit integers, under the same rule. */
  get integers(): Int32Array {
    if (this.#integers.buffer !== this.#memory.buffer) this.#integers = new Int32Array(this.#memory.buffer);
    return this.#integers;
  }

  /** Bytes of memory in use by the instance, free space inside its heap included. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  allocate(bytes: number): Pointer {
    const pointer = this.fn._malloc(Math.max(8, bytes));
    if (pointer === 0) throw availableMemoryError(`the solver's memory has no room for ${bytes} more bytes`);
    return pointer;
  }

  /** A C string that lives as long as the instance: option and info names come again and again. */
  name(text: string): Pointer {
    let pointer = this.#names.get(text);
    if (pointer === undefined) {
      const bytes = new TextEncoder().encode(`${text}\0`);
      pointer = this.allocate(bytes.length);
      new Uint8Array(this.#memory.buffer).set(bytes, pointer);
      this.#names.set(text, pointer);
    }
    return pointer;
  }
}
