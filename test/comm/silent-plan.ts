import type { GangPlan } from '#cobre/comm/process/gang-plan';
import { programUrl } from './program-url.js';

/** Ranks that know their place and do not talk: this is about processes, not about collectives. */
export function silent(size: number, more: object = {}, leftovers: string[] = []): GangPlan {
  return {
    kinds: Array.from({ length: size }, (_, rank) => ({
      type: 'tcp' as const,
      config: { coordinator: 'nowhere', port: 1, rank, size, token: 'not for everybody', ...more },
    })),
    commModule: programUrl('silent-comm').href,
    leftovers,
  };
}
