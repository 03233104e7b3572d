import { type Finding, plantLabel, reportTo } from './finding.js';
import type { HydroPlant } from './plant.js';

/** What is wrong with the tailrace, the losses and the efficiency of a plant. All findings are errors. */
export function checkHeadModels(plant: HydroPlant): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, 'system/hydros.json', plantLabel(plant));
  const { tailrace, hydraulicLosses: losses, efficiency } = plant;
  if (tailrace?.type === 'polynomial') {
    if (tailrace.coefficients.length === 0) {
      report('SchemaViolation', 'tailrace.coefficients', [], 'the tailrace has no coefficients', 'Give at least one.');
    }
    tailrace.coefficients.forEach((value, i) => {
      if (Number.isFinite(value)) return;
      const message = 'a coefficient of the tailrace is not finite';
      report('OutOfRange', `tailrace.coefficients[${i}]`, value, message, 'Give finite numbers.');
    });
  }
  if (tailrace?.type === 'piecewise') {
    const { points } = tailrace;
    if (points.length < 2) {
      const message = `the tailrace has ${points.length} points`;
      report('SchemaViolation', 'tailrace.points', points.length, message, 'Give at least two points.');
    }
    points.forEach(({ outflowM3s, heightM }, i) => {
      const field = `tailrace.points[${i}]`;
      if (!Number.isFinite(outflowM3s) || !Number.isFinite(heightM)) {
        report('OutOfRange', field, [outflowM3s, heightM], 'a point of the tailrace is not finite', 'Correct it.');
      } else if (i > 0 && !(outflowM3s > points[i - 1].outflowM3s)) {
        const message = `the outflows of the tailrace do not grow: ${points[i - 1].outflowM3s}, then ${outflowM3s}`;
        report('PhysicalConstraint', `${field}.outflow_m3s`, outflowM3s, message, 'Sort the points by outflow.');
      } else if (i > 0 && heightM < points[i - 1].heightM) {
        const message = `the tailrace falls from ${points[i - 1].heightM} to ${heightM} m as the outflow grows`;
        report('PhysicalConstraint', `${field}.height_m`, heightM, message, 'Let the height grow with the outflow.');
      }
    });
  }
  if (losses?.type === 'factor' && !(losses.value >= 0 && losses.value < 1)) {
    const message = `the hydraulic losses are ${losses.value} of the head`;
    const suggestion = 'Give a share from 0 to below 1: 0.03 for 3 %.';
    report('OutOfRange', 'hydraulic_losses.value', losses.value, message, suggestion);
  }
  if (losses?.type === 'constant' && !(losses.valueM >= 0 && Number.isFinite(losses.valueM))) {
    const message = `the hydraulic losses are ${losses.valueM} m`;
    report('OutOfRange', 'hydraulic_losses.value_m', losses.valueM, message, 'Give metres, 0 or more.');
  }
  if (efficiency !== null && !(efficiency.value > 0 && efficiency.value <= 1)) {
    const message = `the efficiency is ${efficiency.value}`;
    const suggestion = 'Give a share above 0 and at most 1: 0.92 for 92 %.';
    report('OutOfRange', 'efficiency.value', efficiency.value, message, suggestion);
  }
  return findings;
}

/** What a plant lacks that planes are computed from: all of it must be stated, a lossless plant as losses of 0. */
export function missingHeadModels(plant: HydroPlant): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, 'system/hydros.json', plantLabel(plant));
  const models = [
    ['tailrace', plant.tailrace, 'a tailrace (a level that does not change is one coefficient)'],
    ['hydraulic_losses', plant.hydraulicLosses, 'hydraulic_losses (none are a factor of 0)'],
    ['efficiency', plant.efficiency, 'an efficiency'],
  ] as const;
  for (const [field, model, what] of models) {
    if (model !== null) continue;
    const message = `planes are to be computed and the plant has no ${field}`;
    report('MissingReference', field, null, message, `Give the plant ${what}, or use precomputed planes.`);
  }
  return findings;
}
