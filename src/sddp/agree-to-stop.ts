import type { Comm } from '../comm/communicator.js';
import type { TerminationReason } from './outcome.js';

/** Reasons in the order of their code in the ranks' agreement; 0 goes on. */
const REASONS: readonly TerminationReason[] = [
  'iteration_limit',
  'time_limit',
  'bound_stalling',
  'simulation_based',
  'all_rules',
  'interrupted',
];

/**
 * Whether to stop, and why. The rules are rank 0's to judge, for clocks differ between ranks; anyone may have been asked to
 * stop, as only some processes of a job may get a signal. Known to all. Collective.
 * @param judge what the rules say; called on rank 0
 * @param asked whether this rank was asked to stop
 */
export function agreeToStop(
  comm: Comm,
  judge: () => TerminationReason | null,
  asked: boolean,
): TerminationReason | null {
  const own = new Int32Array(2);
  const reason = comm.rank === 0 ? judge() : null;
  own[0] = reason === null ? 0 : REASONS.indexOf(reason) + 1;
  own[1] = asked ? 1 : 0;
  const all = new Int32Array(2);
  comm.allreduce(own, all, 'max');
  if (all[0] !== 0) return REASONS[all[0] - 1];
  return all[1] === 0 ? null : 'interrupted';
}
