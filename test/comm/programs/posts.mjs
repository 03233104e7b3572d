/** Ranks that post more than a pipe holds; `act` picks how they go on. */
import { existsSync, writeFileSync } from 'node:fs';

const acts = {
  /** Their loop ends only when the last message has been taken: no event loop turns before that. */
  untilTaken(_post, { posted, taken }) {
    writeFileSync(posted, '');
    while (!existsSync(taken));
    return 'taken';
  },
  returns: () => 'returned',
  throws() {
    throw new Error('after all that');
  },
  exits(post) {
    process.on('exit', () => post('on the way out'));
    process.exit(7);
  },
  isUncaught() {
    setTimeout(() => {
      throw new Error('nobody listens');
    });
    return new Promise(() => {});
  },
};

export default function posts(_comm, { act, count, bytes, ...args }, context) {
  const post = (i) => context.post({ i, pid: process.pid, padding: new Uint8Array(bytes) });
  for (let i = 0; i < count; i++) post(i);
  return acts[act](post, args);
}
