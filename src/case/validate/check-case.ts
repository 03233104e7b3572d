import type { ParsedCase } from '../parsed-case.js';
import { checkBounds } from './bounds.js';
import { checkCascade } from './cascade.js';
import { checkCorrelation } from './correlation.js';
import { checkCoverage } from './coverage.js';
import { checkDuplicates } from './duplicates.js';
import { checkExternal } from './external.js';
import { checkFactorBlocks } from './factors.js';
import { checkGenericConstraints } from './generic.js';
import { checkGeometry } from './geometry.js';
import { checkInflowHistory } from './inflow-history.js';
import { checkInflowModel } from './inflow-model.js';
import { checkInitialStorage } from './initial-storage.js';
import { checkPenaltyOrder } from './penalty-order.js';
import { checkProduction } from './production.js';
import { checkReferences } from './references.js';
import type { Report } from './report.js';
import { checkRunSettings } from './run-settings.js';
import { checkService } from './service.js';
import { checkStageBounds } from './stage-bounds.js';
import { checkStages } from './stages.js';
import { checkTableRanges } from './table-rows.js';

/** The layers that need more than one value at a time; each looks only at files that the ones before left usable. */
export function checkCase(data: ParsedCase, report: Report): void {
  checkDuplicates(data, report);
  checkReferences(data, report);
  checkCoverage(data, report);
  checkFactorBlocks(data, report);
  checkCascade(data, report);
  checkBounds(data, report);
  checkInitialStorage(data, report);
  checkService(data, report);
  checkStages(data, report);
  checkTableRanges(data, report);
  checkStageBounds(data, report);
  checkGeometry(data, report);
  checkProduction(data, report);
  checkGenericConstraints(data, report);
  checkInflowModel(data, report);
  checkInflowHistory(data, report);
  checkExternal(data, report);
  checkCorrelation(data, report);
  checkRunSettings(data, report);
  checkPenaltyOrder(data, report);
}
