import { everything } from './everything.js';
import { agreements, changing, market, windAndSun } from './power.js';
import type { RichStudy } from './rich-study.js';
import { channelAndPump, commissioning, cutAndBought, dryLake, filling } from './river.js';
import { dayAndNight, head, memory } from './time-and-head.js';

export * from './rich-study.js';

/** Small studies that together use everything that a case may have, small enough for the deterministic equivalent. */
export const richStudies: readonly (() => RichStudy)[] = [
  commissioning,
  filling,
  channelAndPump,
  dryLake,
  cutAndBought,
  market,
  windAndSun,
  changing,
  agreements,
  head,
  dayAndNight,
  memory,
  everything,
];
