import { describe, expect, it } from 'vitest';
import { EXPECTED } from './expected.js';
import { OPTIMA } from './formulations/optima.js';

/** The optima are written down with at least this many digits. */
const WRITTEN_PRECISION = 1e-9;

describe('what the cases are compared with', () => {
  it('is formulated for every case', () => {
    expect(Object.keys(OPTIMA).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED))(
    'is the optimum of the source’s own formulation: %s',
    async (name, { published, tolerance, optimum }) => {
      const found = await OPTIMA[name]();
      if (published !== null) expect(Math.abs(found - published)).toBeLessThanOrEqual(tolerance as number);
      expect(Math.abs(found - optimum)).toBeLessThan(WRITTEN_PRECISION * Math.abs(optimum));
    },
  );
});
