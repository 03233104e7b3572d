/**
 * Builds native/built/mpi-<flavour>.node against an installed MPI library:
 *
 *     npm run build:mpi                              # every MPI that can be found
 *     npm run build:mpi -- --mpicc mpicc.mpich       # this one
 *     npm run build:mpi -- --node-include /usr/include/node
 *
 * Needs a C compiler, the library's development files (its `mpicc`), and Node's headers, which come with Node.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MPICC_CANDIDATES = ['mpicc', 'mpicc.openmpi', 'mpicc.mpich'];
const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, 'built');

const { values } = parseArgs({
  options: { mpicc: { type: 'string', multiple: true }, 'node-include': { type: 'string' } },
});

function fail(message) {
  console.error(message);
  process.exit(1);
}

function nodeInclude() {
  const prefix = dirname(dirname(process.execPath));
  const candidates = [values['node-include'], join(prefix, 'include', 'node'), '/usr/include/node'];
  const found = candidates.find((directory) => directory && existsSync(join(directory, 'node_api.h')));
  return (
    found ??
    fail("Node's headers (node_api.h) were not found; name their directory: npm run build:mpi -- --node-include DIR")
  );
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
  fail('no mpicc was found; install the development files of Open MPI or MPICH, or name one: -- --mpicc PATH');
}

const include = nodeInclude();
const scratch = mkdtempSync(join(tmpdir(), 'cobre-build-mpi-'));
try {
  mkdirSync(built, { recursive: true });
  const done = new Set();
  for (const mpicc of requested) {
    const flavour = flavourOf(mpicc, scratch);
    // A plain `mpicc` is usually one of the others under another name.
    if (done.has(flavour)) continue;
    done.add(flavour);
    const output = join(built, `mpi-${flavour}.node`);
    const linking = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
    const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-fPIC', ...linking, `-I${include}`];
    const fresh = `${output}.new`;
    execFileSync(mpicc, [...flags, '-o', fresh, join(here, 'mpi.c'), '-ldl'], { stdio: 'inherit' });
    // A process that has the old one loaded keeps it.
    renameSync(fresh, output);
    console.log(`native/built/mpi-${flavour}.node (${mpicc})`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
