import {
  describeRanks,
  testFailures,
  testFullDisk,
  testInterrupt,
  testPlan,
  testStop,
  testStopInSimulation,
  testUnderLauncher,
} from '../cli/ranks-suite.js';
import { JOB_KINDS } from '../support/cli-job.js';

for (const kind of JOB_KINDS) {
  describeRanks(kind, () => {
    testPlan(kind);
    testInterrupt(kind);
    testStopInSimulation(kind);
    testStop(kind);
    if (kind.backend === 'tcp') return;
    testFailures(kind);
    testFullDisk(kind);
    if (kind.launched) testUnderLauncher(kind);
  });
}
