import type { ParsedCase } from '../parsed-case.js';
import { checkBounds } from './bounds.js';
import { checkCascade } from './cascade.js';
import { checkCorrelation } from './correlation.js';
import { checkCoverage } from './coverage.js';
import { checkDuplicates } from './duplicates.js';
import { checkPenaltyOrder } from './penalty-order.js';
import { checkReferences } from './references.js';
import type { Report } from './report.js';
import { checkRunSettings } from './run-settings.js';
import { checkStages } from './stages.js';
import { checkStatistics } from './statistics.js';

/** The layers that need more than one value at a time; each looks only at files that the ones before left usable. */
export function checkCase(data: ParsedCase, report: Report): void {
  checkDuplicates(data, report);
  checkReferences(data, report);
  checkCoverage(data, report);
  checkCascade(data, report);
  checkBounds(data, report);
  checkStages(data, report);
  checkStatistics(data, report);
  checkCorrelation(data, report);
  checkRunSettings(data, report);
  checkPenaltyOrder(data, report);
}
