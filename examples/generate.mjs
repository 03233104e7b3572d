/**
 * Writes the computed files of the example cases: every Parquet table, and the JSON of `four-regions`.
 *
 *   node examples/generate.mjs            rewrites them
 *   node examples/generate.mjs --check    changes nothing; exits with 1 if a file differs from what would be written
 *
 * The numbers are in `<case>.mjs` beside this script. Each exports `{ tables, documents }`, from path inside the case
 * to rows (an array of objects) or to a JSON value.
 */
import { fileURLToPath } from 'node:url';
import * as cascade from './cascade.mjs';
import * as fourRegions from './four-regions.mjs';
import * as oneReservoir from './one-reservoir.mjs';
import { writeCases } from './write-cases.mjs';

const CASES = { 'one-reservoir': oneReservoir, cascade, 'four-regions': fourRegions };

const check = process.argv.includes('--check');
const stale = writeCases(fileURLToPath(new URL('.', import.meta.url)), CASES, check);
for (const path of stale) console.log(`${check ? 'differs' : 'wrote'} examples/${path}`);
if (check && stale.length > 0) process.exitCode = 1;
