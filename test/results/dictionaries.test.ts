import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOUND_TYPE } from '#cobre/results/codes';
import { SCHEMAS } from '#cobre/results/columns';
import { writeDictionaries } from '#cobre/results/dictionaries';
import { readParquet } from '#cobre/results/parquet';
import { META, temporaryDirectory } from './fixture.js';
import { makeRichStudy } from './rich-fixture.js';

const NAMES = Object.fromEntries(Object.entries(BOUND_TYPE).map(([name, code]) => [code, name]));

describe('dictionaries of a case that has everything', () => {
  it('name all entities, by kind and id', () => {
    const directory = temporaryDirectory();
    writeDictionaries(directory, makeRichStudy(), META);
    const lines = readFileSync(join(directory, 'entities.csv'), 'utf8').split('\n');
    expect(lines.slice(9)).toEqual(['4,9,Up,2,0', '5,1,In,1,0', '5,2,Out,2,0', '7,6,Wind,1,0', '']);
  });

  it('name all bounds of what exists at a stage', async () => {
    const directory = temporaryDirectory();
    writeDictionaries(directory, makeRichStudy(), META);
    const rows = await readParquet(join(directory, 'bounds.parquet'), SCHEMAS.bounds, '');
    const of = (kind: number, id: number, stage: number) =>
      rows
        .filter((r) => r.entity_type_code === kind && r.entity_id === id && r.stage_id === stage)
        .map((r) => [NAMES[r.bound_type_code as number], r.lower_bound, r.upper_bound]);
    expect(of(0, 10, 0)).toEqual([
      ['storage_min', 0, 1000],
      ['storage_max', 0, 1000],
      ['turbined_min', 0, 100],
      ['turbined_max', 0, 100],
      ['outflow_min', 0, Infinity],
      ['generation_min', 0, 100],
      ['generation_max', 0, 100],
    ]);
    // Plant 30 is filled at stage 0 and operates from stage 1 on.
    expect(of(0, 30, 0).slice(0, 4)).toEqual([
      ['storage_min', 0, 1000],
      ['storage_max', 0, 1000],
      ['turbined_min', 0, 0],
      ['turbined_max', 0, 0],
    ]);
    expect(of(0, 30, 1)[0]).toEqual(['storage_min', 10, 1000]);
    expect(of(1, 4, 1)).toEqual([
      ['generation_min', 0, 100],
      ['generation_max', 0, 100],
    ]);
    expect(of(3, 5, 2)).toEqual([
      ['flow_min', -50, 100],
      ['flow_max', -50, 100],
    ]);
    expect(of(4, 9, 1)).toEqual([
      ['flow_min', 1, 8],
      ['flow_max', 1, 8],
    ]);
    // Out of service, or not yet in it.
    expect(of(4, 9, 2)).toEqual([]);
    expect(of(5, 2, 0)).toEqual([]);
    expect(of(5, 2, 1)[1]).toEqual(['flow_max', 1, 40]);
    expect(of(7, 6, 0)[1]).toEqual(['generation_max', 0, 100]);
    const order = rows.map((r) => [r.entity_type_code, r.entity_id, r.stage_id, r.bound_type_code] as number[]);
    const ascending = [...order].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]);
    expect(order).toEqual(ascending);
  });
});
