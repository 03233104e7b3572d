import { join } from 'node:path';
import type { Comm } from '../comm/communicator.js';
import { gatherValues } from '../comm/exchange-values.js';
import { decodePayload, encodePayload } from '../comm/process/frame.js';
import { writeFile } from '../results/files.js';
import { encodeScenario, type ScenarioFile, writeScenario } from '../results/write-scenario.js';
import type { SimulateHooks } from '../sddp/simulate.js';
import { cumulativeDiscounts } from '../sddp/stage-problems.js';
import type { SimulationJob } from './simulate.js';

type Output = Pick<SimulateHooks, 'onScenario'> & { readonly onBlockEnd?: () => void };

/** Each rank writes the scenarios that it simulated: for ranks of one machine. */
export function writeScenarios({ study, directory }: SimulationJob): Output {
  if (directory === null) return {};
  const discount = cumulativeDiscounts(study);
  return { onScenario: (result) => void writeScenario(directory, study, result, discount) };
}

/**
 * Ranks encode the scenarios that they simulated and hand them to rank 0 after each block, who alone writes: other
 * hosts need not see its file system.
 */
export function collectScenarios(comm: Comm, job: SimulationJob): Output {
  const { study, directory } = job;
  if (directory === null) return {};
  if (comm.size === 1) return writeScenarios(job);
  const discount = cumulativeDiscounts(study);
  let files: ScenarioFile[] = [];
  return {
    onScenario: (result) => {
      files.push(...encodeScenario(study, result, discount));
    },
    onBlockEnd: () => {
      const own = encodePayload(files);
      files = [];
      const lengths = gatherValues(comm, own.length);
      // One rank's after the other: nobody holds more than that beside its own.
      for (const [rank, length] of lengths.entries()) {
        const bytes = rank === comm.rank ? own : Buffer.allocUnsafeSlow(length);
        if (rank !== 0) comm.broadcast(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), rank);
        if (comm.rank !== 0) continue;
        for (const each of decodePayload(bytes) as ScenarioFile[]) writeFile(join(directory, each.file), each.bytes);
      }
    },
  };
}
