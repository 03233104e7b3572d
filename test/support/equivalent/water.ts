import type { Plant } from './hydro.js';
import type { NodeScope } from './node.js';
import { type Expression, fixed, minus, sum, times } from './program.js';

/** hm3 that a flow of 1 m3/s brings in an hour. */
const HM3_PER_M3S_HOUR = 0.0036;

/**
 * Each reservoir's change is what flows in less what flows out: over the stage, or block by block where blocks follow
 * each other. `pumped[p][k]` is the flow of station p [m3/s].
 */
export function addBalances(
  { program, stage, system, inflow }: NodeScope,
  plants: readonly Plant[],
  pumped: readonly (readonly Expression[])[],
): void {
  // Natural inflow of a place where nothing is built runs on to the next plant.
  const natural = plants.map(() => 0);
  system.hydros.forEach((hydro, h) => {
    const receiver = hydro.status === 'absent' ? hydro.downstream : h;
    if (receiver !== null) natural[receiver] += inflow[h];
  });

  // What enters each reservoir in each block, all together [m3/s].
  const net = plants.map((plant, h) =>
    stage.blocks.map(() => [
      fixed(natural[h]),
      plant.boughtInflow,
      times(-1, plant.evaporation),
      times(-1, plant.withdrawal),
    ]),
  );
  stage.blocks.forEach((_, k) => {
    const move = (flow: Expression, from: number, to: number | null) => {
      net[from][k].push(times(-1, flow));
      if (to !== null) net[to][k].push(flow);
    };
    plants.forEach((plant, h) => {
      const { downstream, diversionTarget } = system.hydros[h];
      move(plant.turbined[k], h, downstream);
      move(plant.spilled[k], h, downstream);
      move(plant.diverted[k], h, diversionTarget);
    });
    system.pumps.forEach((pump, p) => {
      move(pumped[p][k], pump.source, pump.target);
    });
  });

  plants.forEach(({ levels }, h) => {
    if (system.hydros[h].status === 'absent') return;
    const volumes = stage.blocks.map(({ hours }, k) => times(HM3_PER_M3S_HOUR * hours, sum(net[h][k])));
    if (stage.blockMode === 'chronological') {
      volumes.forEach((volume, k) => {
        program.constrain(0, minus(minus(levels[k + 1], levels[k]), volume), 0);
      });
    } else program.constrain(0, minus(minus(levels[1], levels[0]), sum(volumes)), 0);
  });
}
