import type { Plant } from './hydro.js';
import type { NodeScope } from './node.js';
import { type Expression, minus, sum, times, ZERO } from './program.js';

/** What entities beside plants do, by entity and block; 0 where they are not there. */
export interface Network {
  readonly thermal: readonly (readonly Expression[])[];
  readonly direct: readonly (readonly Expression[])[];
  readonly reverse: readonly (readonly Expression[])[];
  readonly deficit: readonly (readonly Expression[])[];
  readonly excess: readonly (readonly Expression[])[];
  readonly contracted: readonly (readonly Expression[])[];
  /** Flow of pumping stations [m3/s]. */
  readonly pumped: readonly (readonly Expression[])[];
  readonly used: readonly (readonly Expression[])[];
  /** What of a source is available and not used [MW]. */
  readonly curtailed: readonly (readonly Expression[])[];
}

/** Everything that makes, takes or carries power, and the balance of each bus in each block. */
export function addNetwork(scope: NodeScope, plants: readonly Plant[]): Network {
  const { program, study, stage, system, t, opening, openings, pay, slack } = scope;
  const blocks = stage.blocks.length;
  // What each bus receives in each block [MW].
  const received = system.buses.map(() => stage.blocks.map((): Expression[] => []));
  const eachBlock = <E>(entities: readonly E[], build: (entity: E, index: number, k: number) => Expression) =>
    entities.map((entity, index) => stage.blocks.map((_, k) => build(entity, index, k)));
  const hourly = (price: number, k: number) => price * stage.blocks[k].hours;
  /** A quantity between bounds at a price for each unit and hour. */
  const dispatched = (lower: number, upper: number, price: number, k: number) => {
    const quantity = program.variable(lower, upper);
    pay(hourly(price, k), quantity);
    return quantity;
  };

  system.hydros.forEach(({ bus }, h) => {
    stage.blocks.forEach((_, k) => {
      received[bus][k].push(plants[h].generation[k]);
    });
  });

  const thermal = eachBlock(system.thermals, (plant, _, k) => {
    if (!plant.exists) return ZERO;
    const power = dispatched(plant.minMw, plant.maxMw, plant.cost, k);
    received[plant.bus][k].push(power);
    return power;
  });

  const flow = (way: 'direct' | 'reverse') =>
    eachBlock(system.lines, (line, l, k) => {
      // From a bus to itself there is nothing to carry.
      if (!line.exists || line.sourceBus === line.targetBus) return ZERO;
      const [from, to, capacity] =
        way === 'direct'
          ? [line.sourceBus, line.targetBus, line.directMw]
          : [line.targetBus, line.sourceBus, line.reverseMw];
      const sent = dispatched(0, capacity * study.lineFactors[way][t][l * blocks + k], line.exchangeCost, k);
      received[from][k].push(times(-1, sent));
      received[to][k].push(times(1 - line.lossesPercent / 100, sent));
      return sent;
    });
  const direct = flow('direct');
  const reverse = flow('reverse');

  const contracted = eachBlock(system.contracts, (contract, _, k) => {
    if (!contract.exists) return ZERO;
    const power = dispatched(contract.minMw, contract.maxMw, contract.price, k);
    received[contract.bus][k].push(contract.type === 'import' ? power : times(-1, power));
    return power;
  });

  const pumped = eachBlock(system.pumps, (pump, _, k) => {
    if (!pump.exists) return ZERO;
    const water = program.variable(pump.minFlow, pump.maxFlow);
    received[pump.bus][k].push(times(-pump.consumption, water));
    return water;
  });

  const curtailed = system.sources.map((): Expression[] => []);
  const used = eachBlock(system.sources, (source, r, k) => {
    curtailed[r][k] = ZERO;
    if (!source.exists) return ZERO;
    const certain = Number.isNaN(study.availability.mean[t * system.sources.length + r] ?? NaN);
    const whole = certain ? source.availableMw : openings.available?.[t][opening * system.sources.length + r];
    if (whole === undefined) throw new Error(`no available generation for source ${r} at stage ${t}`);
    const most = whole * study.sourceFactors[t][r * blocks + k];
    // A reward for what is used: a price for what is not, less a number that no decision changes.
    const power = dispatched(0, most, -source.curtailmentCost, k);
    received[source.bus][k].push(power);
    curtailed[r][k] = minus({ terms: [], constant: most }, power);
    return power;
  });

  const deficit = eachBlock(system.buses, (bus, b, k) => {
    const missing = sum(bus.deficitSegments.map(({ depthMw, cost }) => dispatched(0, depthMw ?? Infinity, cost, k)));
    received[b][k].push(missing);
    return missing;
  });
  const excess = eachBlock(system.buses, (bus, b, k) => {
    const surplus = slack(hourly(bus.excessCost, k));
    received[b][k].push(times(-1, surplus));
    return surplus;
  });

  system.buses.forEach((_, b) => {
    stage.blocks.forEach((__, k) => {
      const demand = openings.load[t][opening * system.buses.length + b] * study.loadFactors[t][b * blocks + k];
      program.constrain(demand, sum(received[b][k]), demand);
    });
  });
  return { thermal, direct, reverse, deficit, excess, contracted, pumped, used, curtailed };
}
