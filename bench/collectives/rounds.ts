import type { Contender } from './contenders.js';
import type { Measure, Plan } from './measures.js';

/** Times of one contender: microseconds a call, by name of the measure one a round. */
export type Times = ReadonlyMap<string, readonly number[]>;

export interface Results {
  readonly size: number;
  readonly plan: Plan;
  readonly contenders: readonly Contender[];
  readonly times: ReadonlyMap<string, Times>;
}

/**
 * Lets the contenders take turns, in every other round in reverse order: a slow spell of the machine meets all of them,
 * and none always runs behind the same other.
 */
export async function measureInRounds(
  contenders: readonly Contender[],
  plan: Plan,
  rounds: number,
): Promise<Results['times']> {
  const times = new Map<string, Map<string, number[]>>(
    contenders.map((contender) => [
      contender.name,
      new Map(measuresOf(contender, plan).map(({ name }) => [name, [] as number[]])),
    ]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const measures = measuresOf(contender, plan);
      const medians = await contender.run({ ...plan, measures }).catch((cause: unknown) => {
        throw new Error(`${contender.name} failed`, { cause });
      });
      for (const [i, { name }] of measures.entries()) times.get(contender.name)?.get(name)?.push(medians[i]);
    }
  }
  return times;
}

function measuresOf({ all }: Contender, { measures }: Plan): readonly Measure[] {
  return all ? measures : measures.filter(({ operation }) => operation === 'allgatherv' || operation === 'use');
}
