import {
  describeRanks,
  testFailures,
  testFullDisk,
  testInterrupt,
  testStop,
  testStopInSimulation,
  testUnderLauncher,
} from '../cli/ranks-suite.js';
import { JOB_KINDS } from '../support/cli-job.js';

for (const kind of JOB_KINDS) {
  describeRanks(kind, () => {
    testInterrupt(kind);
    testStopInSimulation(kind);
    if (kind.backend === 'tcp') return;
    testStop(kind);
    testFailures(kind);
    testFullDisk(kind);
    if (kind.launched) testUnderLauncher(kind);
  });
}
