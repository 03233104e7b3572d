/**
 * Writes the cases of this folder to `cases/NAME/` and what is known of their optima to `cases/expected.json`.
 *
 *   node test/published/generate.mjs            rewrites them
 *   node test/published/generate.mjs --check    changes nothing; exits with 1 if a file differs
 */
import { fileURLToPath } from 'node:url';
import { writeCases } from '../../examples/write-cases.mjs';
import { hydroCases } from './hydro-cases.mjs';
import { networkCases } from './network-cases.mjs';
import { stockCases } from './stock-cases.mjs';

const folder = fileURLToPath(new URL('cases/', import.meta.url));
const entries = Object.entries({ ...hydroCases, ...stockCases, ...networkCases });

/** How close the bound has to come, relative to the size of what it is made of. */
const PRECISION = 1e-6;

/** The bound [$] is `scale * (sign * published + constant)`, and so is that of `optimum`, which has more digits. */
const expected = entries.map(([name, { published, tolerance = null, optimum, scale, ...more }]) => {
  const { sign = 1, constant = 0, precision = PRECISION, awaiting = [] } = more;
  return [name, { published, tolerance, optimum, precision, scale, sign, constant, awaiting }];
});

const check = process.argv.includes('--check');
const stale = writeCases(
  folder,
  {
    ...Object.fromEntries(entries.map(([name, { directory }]) => [name, directory])),
    '.': { tables: {}, documents: { 'expected.json': Object.fromEntries(expected) } },
  },
  check,
);
for (const path of stale) console.log(`${check ? 'differs' : 'wrote'} test/published/cases/${path}`);
if (check && stale.length > 0) process.exitCode = 1;
