// Runs two ranks in the way that the arguments say. Prints what they returned, or the error, as JSON.
import { runRanks } from 'cobre/comm';

const [backend, startMethod] = process.argv.slice(2);
const options = { size: 2, backend, startMethod, args: 20 };
const outcome = await runRanks(new URL('sum.mjs', import.meta.url), options).catch((error) => ({
  error: (error.inner ?? error).toJSON(),
}));
console.log(JSON.stringify(outcome));
