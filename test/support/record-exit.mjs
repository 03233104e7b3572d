// Loaded before a program that a launcher starts: launchers tell the exit code of one rank at most.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.on('exit', (code) => {
  const { RECORD, OMPI_COMM_WORLD_RANK, PMI_RANK } = process.env;
  writeFileSync(join(RECORD, `${OMPI_COMM_WORLD_RANK ?? PMI_RANK}.code`), String(code));
});
