import { describe, expect, test } from 'vitest';
import { runRanks } from '#cobre/comm/index';
import { GANGS } from '../support/gangs.js';
import { programUrl } from './program-url.js';

const size = 3;
const valueFrom = (rank: number) => ({ rank, list: Float64Array.of(rank, -0, Number.NaN), text: 'ä'.repeat(rank) });

describe.each(GANGS)('values of any kind, among $name', ({ options }) => {
  test('reach everybody, and what rank 0 does, its failure too, is known to all', async () => {
    const results = await runRanks(programUrl('exchange-values'), { size, ...options });
    for (const [rank, result] of results.entries()) {
      expect(result).toEqual({
        broadcast: valueFrom(size - 1),
        gathered: [0, 1, 2].map(valueFrom),
        empty: [undefined, undefined, undefined],
        calls: rank === 0 ? 1 : 0,
        done: new Map([['answer', 42]]),
        failures: [
          { name: 'RangeError', message: 'too far', shared: true },
          { name: 'TypeError', message: 'no', shared: true },
        ],
        own: false,
      });
    }
  });
});
