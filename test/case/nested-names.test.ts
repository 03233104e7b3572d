import { describe } from 'vitest';
import { expectErrors, HYDROS, LINES, set, THERMALS } from '../support/broken-case.js';

const kind = 'SchemaViolation' as const;

describe('a flat name of a nested key is led to its place:', () => {
  expectErrors([
    [
      'by its words',
      set(THERMALS, 'thermals[0].min_generation_mw', 3),
      { kind, file: THERMALS, field: 'thermals[0].min_generation_mw', says: 'Did you mean generation.min_mw?' },
    ],
    [
      'by its last part',
      set(HYDROS, 'hydros[1].max_storage_hm3', 200),
      { kind, file: HYDROS, field: 'hydros[1].max_storage_hm3', says: 'Did you mean reservoir.max_storage_hm3?' },
    ],
    [
      'by both, of which one would do',
      set(LINES, 'lines[0].direct_mw', 20),
      { kind, file: LINES, field: 'lines[0].direct_mw', says: 'Did you mean capacity.direct_mw?' },
    ],
    [
      'but not where it may be none',
      set(THERMALS, 'thermals[0].colour', 'red'),
      { kind, file: THERMALS, field: 'thermals[0].colour', says: 'the known keys here are' },
    ],
  ]);
});
