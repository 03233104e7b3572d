// Trains every public example case of cobre-rs/cobre and writes docs/cases.md: the optimum that its own tests state, ours,
// the difference, time and linear programs solved. Usage: npm run docs:cases -- DIRECTORY [--check] [NAME...], where
// DIRECTORY is the folder `examples` of a copy of that repository at v0.5.1. With --check nothing is written.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCase, train } from 'cobre';
import { parquetWriteBuffer } from 'hyparquet-writer';

/**
 * Optimum [$] and absolute tolerance of each case by crates/cobre-sddp/tests/deterministic.rs of v0.5.1. `derived`: by hand,
 * in the comments there. `recorded`: the number that the implementation itself once gave.
 */
const STATED = {
  'd01-thermal-dispatch': [182_500, 1e-6, 'derived'],
  'd02-single-hydro': [23_635_000 / 9, 1e-4, 'derived'],
  'd03-two-hydro-cascade': [4_171_000 / 3, 1e-4, 'derived'],
  'd04-transmission': [5_263_443_883 / 657, 1e-4, 'derived'],
  'd05-fpha-constant-head': [23_635_000 / 9, 1e-6, 'derived'],
  'd06-fpha-variable-head': [732_952_154 / 225, 1e-4, 'derived'],
  'd08-evaporation': [94_644_561_875 / 36_009, 1e-4, 'derived'],
  'd09-multi-deficit': [80_738_000, 1e-6, 'derived'],
  'd10-inflow-nonnegativity': [28_562_500 / 9, 1e-4, 'derived'],
  'd11-water-withdrawal': [3_930_320_000 / 657, 1e-4, 'derived'],
  'd13-generic-constraint': [15_330_000, 1e-2, 'derived'],
  'd14-block-factors': [176_900, 1e-4, 'derived'],
  'd15-non-controllable-source': [437_927, 1e-2, 'derived'],
  'd16-par1-lag-shift': [7_756_250, 1, 'derived'],
  'd19-multi-hydro-par': [1_332_571.796_891_952_6, 1, 'recorded'],
  'd20-operational-violations': [195_744_444.444_444_48, 1e-2, 'derived'],
  'd21-min-outflow-regression': [285_716_111.111_111_1, 1e-2, 'derived'],
  'd22-per-block-min-outflow': [140_376_666.666_666_66, 1e-2, 'derived'],
  'd24-productivity-override': [23_945_000 / 9, 1e-4, 'derived'],
  'd25-discount-rate': [2_611_454.584_787_283, 1e-4, 'derived'],
  'd26-estimated-par2': [50_607_484.905_810_06, 1, 'recorded'],
  'd27-per-stage-thermal-cost': [10_950_000, 1e-4, 'derived'],
};

/**
 * Noise of the openings, hydro by hydro and stage by stage, that cobre-rs v0.5.1 draws for the cases whose recorded optimum
 * depends on it (its test's seed 42): read off its own generator. Its three stages of d19 share one draw.
 */
const THEIR_NOISE = {
  'd19-multi-hydro-par': Array(3).fill([0.40098936496495646, 0.22792558815859804]),
  'd26-estimated-par2': [
    0.40098936496495646, 1.8408985584459048, 1.4966534827106373, -1.202462095278717, 0.1429973271226148,
    -0.5153539674501004, 1.4545910025749513, 0.16307757983657462, 0.8937770112446144, 0.8687411790813134,
    0.2683470000327544, 1.3366540931051532,
  ].map((noise) => [noise]),
};

const [directory, ...rest] = process.argv.slice(2);
if (directory === undefined || !existsSync(join(directory, 'deterministic'))) {
  console.error(
    'usage: npm run docs:cases -- DIRECTORY [--check] [NAME...]   (DIRECTORY: examples/ of cobre-rs/cobre v0.5.1)',
  );
  process.exit(2);
}
const check = rest.includes('--check');
const wanted = rest.filter((each) => each !== '--check');
const cases = [
  ...['1dtoy', '4ree'].map((name) => ({ name, path: join(directory, name) })),
  ...readdirSync(join(directory, 'deterministic'))
    .sort()
    .map((name) => ({ name, path: join(directory, 'deterministic', name) })),
].filter(
  ({ name, path }) =>
    existsSync(join(path, 'config.json')) && (wanted.length === 0 || wanted.some((each) => name.startsWith(each))),
);

const rows = [];
let bad = 0;
for (const { name, path } of cases) {
  const [stated, tolerance, how] = STATED[name] ?? [null, null, null];
  const noise = THEIR_NOISE[name];
  const at = noise === undefined ? path : await withNoise(path, noise);
  try {
    const study = await loadCase(at);
    const began = performance.now();
    const result = await train(study);
    const seconds = (performance.now() - began) / 1000;
    const solves = result.records.reduce((sum, record) => sum + record.lpSolves, 0);
    let sameBits = true;
    for (const numWorkers of [2, 4]) {
      const other = await train(study, { numWorkers });
      sameBits &&= other.policy.digest() === result.policy.digest() && sameNumbers(other, result);
    }
    if (!sameBits) bad++;
    const difference = stated === null ? null : result.finalLowerBound - stated;
    const within = difference === null || Math.abs(difference) <= tolerance;
    if (!within) bad++;
    rows.push({
      name,
      stated,
      how,
      ours: result.finalLowerBound,
      upper: result.finalUpperBound,
      difference,
      tolerance,
      within,
      iterations: result.iterations,
      seconds,
      solves,
      sameBits,
    });
    console.log(
      `${within ? 'ok ' : 'NO '} ${name}: ${result.finalLowerBound} stated ${stated} difference ${difference} upper ${result.finalUpperBound} iterations ${result.iterations}${sameBits ? '' : '; BITS DIFFER on more workers'}`,
    );
  } catch (error) {
    bad++;
    console.log(`NO  ${name}: ${error.message}`);
    for (const inner of error.errors ?? [])
      console.log(`      ${inner.kind} ${inner.file} ${inner.field}: ${inner.message}`);
  }
}
if (!check && wanted.length === 0) writeFileSync(join(import.meta.dirname, 'cases.md'), page(rows));
process.exitCode = bad === 0 ? 0 : 1;

/** Whether bounds of all iterations are equal to the last bit. */
function sameNumbers(a, b) {
  return ['lowerBound', 'upperBound', 'upperBoundStd'].every((name) => {
    const [x, y] = [a.convergenceHistory[name], b.convergenceHistory[name]];
    return x.length === y.length && x.every((value, i) => Object.is(value, y[i]));
  });
}

/** A copy of a case with the given openings, one a stage. */
async function withNoise(path, noise) {
  const copy = mkdtempSync(join(tmpdir(), 'cobre-case-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(path, copy, { recursive: true });
  const rows = noise.flatMap((values, stage) => values.map((value, entity) => ({ stage, entity, value })));
  const column = (name, data) => ({ name, data });
  const bytes = parquetWriteBuffer({
    columnData: [
      column(
        'stage_id',
        rows.map(({ stage }) => stage),
      ),
      column(
        'opening_index',
        rows.map(() => 0),
      ),
      column(
        'entity_index',
        rows.map(({ entity }) => entity),
      ),
      column(
        'value',
        rows.map(({ value }) => value),
      ),
    ],
    schema: [
      { name: 'root', num_children: 4 },
      { name: 'stage_id', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'opening_index', type: 'INT32', converted_type: 'UINT_32', repetition_type: 'REQUIRED' },
      { name: 'entity_index', type: 'INT32', converted_type: 'UINT_32', repetition_type: 'REQUIRED' },
      { name: 'value', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    ],
  });
  writeFileSync(join(copy, 'scenarios', 'noise_openings.parquet'), new Uint8Array(bytes));
  return copy;
}

function page(rows) {
  const number = (value, digits = 2) =>
    value === null
      ? ''
      : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const line = (row) =>
    `| ${row.name} | ${row.stated === null ? 'none' : number(row.stated, 4)}${row.how === 'recorded' ? ' (recorded)' : ''} | ${number(row.ours, 4)} | ${
      row.difference === null ? '' : row.difference.toExponential(1)
    } | ${row.tolerance ?? ''} | ${number(row.upper, 2)} | ${row.iterations} | ${number(row.solves, 0)} | ${number(row.seconds, 2)} | ${row.sameBits ? 'yes' : 'NO'} |`;
  return `# The public example cases

Written by \`npm run docs:cases -- DIRECTORY\` from real runs, on one worker. DIRECTORY is the folder \`examples\` of
[cobre-rs/cobre](https://github.com/cobre-rs/cobre) at v0.5.1 (Apache-2.0, the Cobre authors), whose cases load here as they are.

*Stated* is the optimum [$] that the tests of that implementation state, *tolerance* the absolute one they allow; where they
state none, they ask for a run without errors. *Recorded* numbers are not derived by hand there: the implementation once gave
them, and they depend on the noise that it draws; we give the case that noise, as \`scenarios/noise_openings.parquet\`, for ours
comes from another generator. *Ours* is the lower bound at the end of the training that the case asks for, *upper* the mean cost of
the last iteration's forward passes: of a single path in \`1dtoy\`, whose costs differ widely. *Same bits*: policy and bounds of all
iterations on 1, 2 and 4 workers are equal to the last bit.

| case | stated | ours | difference | tolerance | upper | iterations | LP solves | time [s] | same bits |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
${rows.map(line).join('\n')}
`;
}
