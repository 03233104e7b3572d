import { describe, expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import { CONTRACT_BOUNDS, CONTRACTS, expectWarnings, HYDROS, INITIAL, set } from '../support/broken-case.js';
import { makeCase } from '../support/case-builder.js';
import { fullCase } from '../support/full-case.js';
import { smallCase, table } from '../support/small-case.js';

describe('prices of contracts that are easily taken the other way round:', () => {
  expectWarnings(
    [
      [
        'an export that costs',
        set(CONTRACTS, 'contracts[0].price_per_mwh', 80),
        'contracts[0] is an export at a price of 80, so that every MWh sold costs 80 $ | Revenue has a price below 0: write -80',
      ],
      [
        'an import that earns',
        set(CONTRACTS, 'contracts[1].price_per_mwh', -5),
        'contracts[1] is an import at a price of -5, so that every MWh bought earns 5 $',
      ],
      [
        'an export that costs at a stage',
        {
          [CONTRACT_BOUNDS]: table({
            contract_id: ['INT32', [0, 1]],
            stage_id: ['INT32', [1, 2]],
            price_per_mwh: ['DOUBLE', [null, 7]],
          }),
        },
        `contract 1 in row 1 (counted from 0) of ${CONTRACT_BOUNDS} is an export at a price of 7`,
      ],
    ],
    fullCase,
  );
});

describe('penalties that let a last resort come first:', () => {
  expectWarnings([
    [
      'spilling that is dearer than too little outflow',
      set(HYDROS, 'hydros[0].penalties', { spillage_cost: 650 }),
      `outflow_violation_below_cost is 600, not above the spillage_cost (650), at hydro 0`,
    ],
    [
      'a least storage that is cheaper than a deficit',
      set(HYDROS, 'hydros[1].penalties', { storage_violation_below_cost: 5999 }),
      'system/hydros.json: storage_violation_below_cost is 5999, not above the dearest deficit, of penalties.json (6000), at hydro 1',
    ],
    ['all plants', set('penalties.json', 'hydro.storage_violation_below_cost', 1), 'at hydro 0 and 1 more (1)'],
  ]);

  it('are nothing to speak of where a plant has no use for them', async () => {
    const patch = {
      ...set('penalties.json', 'hydro.filling_target_violation_cost', 1),
      ...set(INITIAL, 'storage', [
        { hydro_id: 0, value_hm3: 300 },
        { hydro_id: 1, value_hm3: 100 },
      ]),
    };
    const { errors, warnings } = await validateCase(await makeCase(patch, smallCase()));
    expect([errors, warnings]).toEqual([[], []]);
  });
});
