import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { loadStudy, validateCase } from '#cobre/case/load-case';
import { JSON_FILES, schemaOf } from '#cobre/case/schema/json-schema';
import { REAL_CASES, WHY_SKIPPED } from '../support/real-cases.js';

const caseNamed = (name: string) => join(REAL_CASES ?? '', name);

/** The cases that are there: those named below, or all that another directory holds. */
const EVERY = readdirSync(REAL_CASES ?? import.meta.dirname).filter((name) =>
  existsSync(join(caseNamed(name), 'config.json')),
);

describe.skipIf(REAL_CASES === null)(`public example cases${WHY_SKIPPED}`, () => {
  it.each([
    ['1dtoy', { stages: 4, hydros: 1, thermals: 2, lines: 0, buses: 1 }],
    ['4ree', { stages: 12, hydros: 4, thermals: 126, lines: 5, buses: 5 }],
    ['d01-thermal-dispatch', { stages: 2, hydros: 0, thermals: 2, lines: 0, buses: 1 }],
    ['d02-single-hydro', { stages: 2, hydros: 1, thermals: 1, lines: 0, buses: 1 }],
    ['d03-two-hydro-cascade', { stages: 3, hydros: 2, thermals: 1, lines: 0, buses: 1 }],
    ['d04-transmission', { stages: 2, hydros: 2, thermals: 1, lines: 1, buses: 2 }],
    ['d09-multi-deficit', { stages: 2, hydros: 0, thermals: 1, lines: 0, buses: 1 }],
    ['d14-block-factors', { stages: 2, hydros: 0, thermals: 2, lines: 0, buses: 1 }],
  ])('%s loads', async (name, counts) => {
    const study = await loadStudy(caseNamed(name));
    expect(study.name).toBe(name);
    const { stages, hydros, thermals, lines, buses } = study;
    const lists = Object.entries({ stages, hydros, thermals, lines, buses });
    expect(Object.fromEntries(lists.map(([key, list]) => [key, list.length]))).toEqual(counts);
  });

  it.each(EVERY)('%s loads, whatever it has', async (name) => {
    const { errors, study } = await validateCase(caseNamed(name));
    expect(errors).toEqual([]);
    expect(study?.name).toBe(name);
  });

  it.each(EVERY)('%s follows the published schemas', async (name) => {
    const ajv = new Ajv2020({ validateFormats: false });
    for (const file of JSON_FILES.filter((each) => existsSync(join(caseNamed(name), each)))) {
      const validate = ajv.compile(schemaOf(file));
      const content: unknown = JSON.parse(await readFile(join(caseNamed(name), file), 'utf8'));
      expect(validate(content), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
  });

  it('1dtoy has the values of its files', async () => {
    const study = await loadStudy(caseNamed('1dtoy'));
    expect([...study.initialStorage]).toEqual([83.222]);
    expect([...study.inflow.mean]).toEqual([40, 40, 40, 40]);
    expect([...study.inflow.std]).toEqual([10, 10, 10, 10]);
    expect([...study.load.mean]).toEqual([75, 75, 75, 75]);
    expect(study.stages.map((stage) => stage.hours)).toEqual([744, 696, 744, 720]);
    expect(study.config.training.treeSeed).toBe(42);
    expect(study.config.inflowNonNegativity).toBe('none');
  });

  it('4ree reads compressed tables', async () => {
    const { inflow, load } = await loadStudy(caseNamed('4ree'));
    expect([0, 4, 8].map((i) => inflow.mean[i])).toEqual([55969.7845080629, 58529.61415974475, 54715.84143708147]);
    expect([0, 5, 10].map((i) => load.mean[i])).toEqual([50650.8, 52406.4, 51571.2]);
  });

  it('d14 reads a table without rows, and its load factors', async () => {
    const study = await loadStudy(caseNamed('d14-block-factors'));
    expect(study.inflow.mean).toHaveLength(0);
    expect(study.loadFactors.map((factors) => [...factors])).toEqual([
      [0.8, 1.2],
      [0.8, 1.2],
    ]);
  });

  it('d16 reads autoregressive coefficients and the inflow before the study', async () => {
    const { inflowModel } = await loadStudy(caseNamed('d16-par1-lag-shift'));
    expect([...(inflowModel.autoregressive?.lag ?? [])]).toEqual([1, 1, 1]);
    expect([...(inflowModel.autoregressive?.stage ?? [])]).toEqual([0, 1, 2]);
    expect(inflowModel.pastInflows.map(({ values }) => values.length)).toEqual([1]);
  });
});
