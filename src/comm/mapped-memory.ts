/** Buffers that are mappings of memory which other processes see too; what they hold must be copied out of them. */
const mappings = new WeakSet<ArrayBufferLike>();

export function rememberMapping(buffer: ArrayBuffer): void {
  mappings.add(buffer);
}

export function isMapping(buffer: ArrayBufferLike): boolean {
  return mappings.has(buffer);
}
