import type { Study, StudyConfig } from '#cobre/case/study';

type Policy = StudyConfig['policy'];

/** A study whose `policy` settings are others, those of its checkpoints too. */
export function withPolicy(
  study: Study,
  {
    checkpointing,
    ...policy
  }: Partial<Omit<Policy, 'checkpointing'>> & { checkpointing?: Partial<Policy['checkpointing']> },
): Study {
  const before = study.config.policy;
  const after = { ...before, ...policy, checkpointing: { ...before.checkpointing, ...checkpointing } };
  return { ...study, config: { ...study.config, policy: after } };
}
