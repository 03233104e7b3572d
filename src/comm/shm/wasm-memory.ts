/** The part of the WebAssembly JavaScript interface used here; it is declared only for browsers otherwise. */
export interface SharedWasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Makes the memory longer by so many pages; throws a `RangeError` beyond the maximum. */
  grow(pages: number): number;
}

interface WebAssemblyNamespace {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => SharedWasmMemory;
}

const wasm = (globalThis as unknown as { readonly WebAssembly: WebAssemblyNamespace }).WebAssembly;

/** A memory that threads share. `maximum` pages are reserved as addresses, and committed only when used. */
export function createSharedWasmMemory(initial: number, maximum: number): SharedWasmMemory {
  return new wasm.Memory({ initial, maximum, shared: true });
}
