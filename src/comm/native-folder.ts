/** Where the native modules of this platform are put by `npm run build:native` and `build:mpi`, with a slash at the end. */
export function nativeFolder(): URL {
  return new URL(`../../../native/built/${process.platform}-${process.arch}/`, import.meta.url);
}
