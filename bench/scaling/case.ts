/** The case that is scaled: `examples/four-regions` made longer and heavier. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';

const YEARS = 2;
const MONTHS = 12;
const OPENINGS = 20;
/** Of every region and month: weight of the month before, and what that leaves to the noise, sqrt(1 - 0.6^2). */
const LAG_COEFFICIENT = 0.6;
const RESIDUAL_STD_RATIO = 0.8;

/** What the case is, in words. */
export const CASE_TEXT = `\`examples/four-regions\`, made longer and heavier: ${YEARS * MONTHS} stages, ${OPENINGS} openings a stage, 4 reservoirs whose inflow remembers the
month before (PAR(1)), 118 thermal plants, 5 buses`;

interface Stage {
  id: number;
  season_id?: number;
  start_date: string;
  end_date: string;
  num_scenarios: number;
}

/** A row of a table by name of column. */
type Row = Record<string, number>;

/** Writes the case into `directory`, which need not exist. `example` is the directory of `four-regions`. */
export async function writeScalingCase(example: string, directory: string): Promise<void> {
  cpSync(example, directory, { recursive: true, filter: (path) => !path.startsWith(join(example, 'output')) });
  editJson(join(directory, 'stages.json'), (document) => {
    const { stages } = document as { stages: Stage[] };
    return {
      ...document,
      season_definitions: {
        cycle_type: 'monthly',
        seasons: Array.from({ length: MONTHS }, (_, m) => ({ id: m, label: `Month ${m + 1}`, month_start: m + 1 })),
      },
      stages: years().flatMap((year) =>
        stages.map((stage, month) => ({
          ...stage,
          id: year * MONTHS + month,
          season_id: month,
          start_date: later(stage.start_date, year),
          end_date: later(stage.end_date, year),
          num_scenarios: OPENINGS,
        })),
      ),
    };
  });
  const inflow = await repeatTable(join(directory, 'scenarios/inflow_seasonal_stats.parquet'));
  await repeatTable(join(directory, 'scenarios/load_seasonal_stats.parquet'));
  writeTable(
    join(directory, 'scenarios/inflow_ar_coefficients.parquet'),
    inflow.map(({ hydro_id, stage_id }) => ({
      hydro_id,
      stage_id,
      lag: 1,
      coefficient: LAG_COEFFICIENT,
      residual_std_ratio: RESIDUAL_STD_RATIO,
    })),
  );
  // The month before the study brought what its season brings on average.
  const december = inflow.filter(({ stage_id }) => stage_id === MONTHS - 1);
  editJson(join(directory, 'initial_conditions.json'), (document) => ({
    ...document,
    past_inflows: december.map(({ hydro_id, mean_m3s }) => ({ hydro_id, values_m3s: [mean_m3s] })),
  }));
}

function years(): number[] {
  return Array.from({ length: YEARS }, (_, year) => year);
}

/** A date of the form `2025-02-01`, so many years on. */
function later(date: string, by: number): string {
  return `${Number(date.slice(0, 4)) + by}${date.slice(4)}`;
}

function editJson(file: string, edit: (document: Record<string, unknown>) => Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8')))));
}

/** Every year is like the first. */
async function repeatTable(file: string): Promise<Row[]> {
  const first = (await parquetReadObjects({ file: await asyncBufferFromFile(file) })) as Row[];
  const rows = years().flatMap((year) => first.map((row) => ({ ...row, stage_id: row.stage_id + year * MONTHS })));
  writeTable(file, rows);
  return rows;
}

const isWhole = (column: string): boolean => column.endsWith('_id') || column === 'lag';

function writeTable(file: string, rows: readonly Row[]): void {
  const buffer = parquetWriteBuffer({
    columnData: Object.keys(rows[0]).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      type: (isWhole(name) ? 'INT32' : 'DOUBLE') satisfies BasicType,
      nullable: false,
    })),
    codec: 'UNCOMPRESSED',
  });
  writeFileSync(file, Buffer.from(buffer));
}
