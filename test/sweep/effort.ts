/** How much more than usual is to be done: the argument of `npm run test:sweep`. */
export const TIMES = Number(process.env.COBRE_SWEEP_TIMES ?? 1);
