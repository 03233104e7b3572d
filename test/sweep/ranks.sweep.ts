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
    if (!kind.launched) return;
    testStop(kind);
    testFailures(kind);
    testFullDisk(kind);
    testUnderLauncher(kind);
  });
}
