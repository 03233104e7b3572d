/**
 * Builds mpi-<flavour>.node against an installed MPI library, by `npm run build:mpi`, never by an install.
 *
 *     npm run build:mpi                              # every MPI that can be found
 *     npm run build:mpi -- --mpicc mpicc.mpich       # this one
 *     npm run build:mpi -- --node-include /usr/include/node
 *     node node_modules/cobre/native/build-mpi.mjs   # in an installed package, which has none of npm's scripts
 *
 * Needs a C compiler, the library's development files (its `mpicc`), and Node's headers, which come with Node.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from './compile.mjs';

const MPICC_CANDIDATES = ['mpicc', 'mpicc.openmpi', 'mpicc.mpich'];

const { values } = parseArgs({
  options: { mpicc: { type: 'string', multiple: true }, 'node-include': { type: 'string' } },
});

function fail(message) {
  console.error(message);
  process.exit(1);
}

function works(mpicc) {
  try {
    execFileSync(mpicc, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Asks the library's own header what it is. Intel MPI and Cray MPICH count as MPICH: they are derived from it. */
function flavourOf(mpicc, scratch) {
  const probe = join(scratch, 'flavour.c');
  writeFileSync(
    probe,
    '#include <mpi.h>\n#if defined(OPEN_MPI)\nflavour openmpi\n#elif defined(MPICH_VERSION) || defined(I_MPI_VERSION)\nflavour mpich\n#endif\n',
  );
  const text = execFileSync(mpicc, ['-E', '-P', probe], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return (
    /^flavour (\w+)$/m.exec(text)?.[1] ??
    fail(`${mpicc} is neither Open MPI nor MPICH or derived from it: its library is not supported`)
  );
}

const requested = values.mpicc ?? MPICC_CANDIDATES.filter(works);
for (const mpicc of requested) if (!works(mpicc)) fail(`${mpicc} cannot be run; name an MPI compiler that can`);
if (requested.length === 0) {
  fail('no mpicc was found; install the development files of Open MPI or MPICH, or name one with --mpicc PATH');
}

const scratch = mkdtempSync(join(tmpdir(), 'cobre-build-mpi-'));
try {
  const done = new Set();
  for (const mpicc of requested) {
    const flavour = flavourOf(mpicc, scratch);
    // A plain `mpicc` is usually one of the others under another name.
    if (done.has(flavour)) continue;
    done.add(flavour);
    compile({
      compiler: mpicc,
      source: 'mpi',
      name: `mpi-${flavour}`,
      libraries: ['-ldl'],
      nodeInclude: values['node-include'],
    });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
