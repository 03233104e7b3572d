/** A rank program of the tests. */
export function programUrl(name: string): URL {
  return new URL(`./programs/${name}.mjs`, import.meta.url);
}
