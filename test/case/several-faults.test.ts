import { describe, expect, it } from 'vitest';
import { loadStudy, validateCase } from '#cobre/case/load-case';
import { ValidationError } from '#cobre/errors';
import { BUSES, CONFIG, cell, expectError, HYDROS, INFLOW, LINES, THERMALS } from '../support/broken-case.js';
import { type CasePatch, makeCase } from '../support/case-builder.js';

describe('several faults', () => {
  it('are reported together, across files and layers', async () => {
    const directory = await makeCase({
      [THERMALS]: (content) => {
        content.thermals[0].cost_per_mwh = 'dear';
      },
      [BUSES]: null,
      [HYDROS]: (content) => {
        content.hydros[0].reservoir.min_storage_hm3 = 900;
        content.hydros[1].downstream_id = 77;
        content.hydros[1].color = 'blue';
      },
      [CONFIG]: '{',
      ...cell(INFLOW, 'mean_m3s', 0, Number.NaN),
      'system/pumping_stations.json': {
        pumping_stations: [
          {
            id: 1,
            name: 'Lift',
            bus_id: 0,
            source_hydro_id: 5,
            destination_hydro_id: 0,
            consumption_mw_per_m3s: 0.4,
            flow: { min_m3s: 0, max_m3s: 20 },
          },
        ],
      },
    });
    const { errors } = await validateCase(directory);
    expect(errors.map((error) => `${error.kind} ${error.file} ${error.field ?? ''}`.trim()).sort()).toEqual([
      'CapacityViolation system/hydros.json hydros[0].reservoir.min_storage_hm3',
      'MissingFile system/buses.json',
      'MissingReference system/hydros.json hydros[1].downstream_id',
      'MissingReference system/pumping_stations.json pumping_stations[0].source_hydro_id',
      'OutOfRange scenarios/inflow_seasonal_stats.parquet mean_m3s',
      'ParseError config.json',
      'SchemaViolation system/hydros.json hydros[1].color',
      'TypeMismatch system/thermals.json thermals[0].cost_per_mwh',
    ]);
  });

  it('come as one ValidationError from loadStudy', async () => {
    const directory = await makeCase({ [CONFIG]: null, [BUSES]: null });
    const error = await loadStudy(directory).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).errors.map((each) => each.file)).toEqual([CONFIG, BUSES]);
  });
});

describe('a case directory', () => {
  it.each([
    ['that does not exist', 'nowhere', 'does not exist'],
    ['that is a file', 'config.json', 'is a file'],
  ])('%s is one error', async (_, name, words) => {
    const { errors, study } = await validateCase(`${await makeCase()}/${name}`);
    expect(study).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors[0].kind).toBe('MissingFile');
    expect(errors[0].message).toContain(words);
  });

  it('with a folder where a file should be is refused', async () => {
    const patch: CasePatch = { [LINES]: null, [`${LINES}/lines.json`]: {} };
    await expectError(patch, { kind: 'IoError', file: LINES, says: 'directory' });
  });
});
