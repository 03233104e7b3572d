import type { ErrorParcel } from '../error-transfer.js';

/**
 * What a rank's process sends, in this order: any number of posts, then an end. A failure may follow a return: leaving
 * the communicator can fail. Signs of life come at any time. Times are of the monotonic clock that the processes of a machine share [ns].
 */
export type ProcessMessage =
  | { readonly type: 'alive' }
  | { readonly type: 'post'; readonly message: unknown }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: ErrorParcel; readonly at: bigint }
  /** The program could not be loaded or has got no communicator; it has not begun. */
  | { readonly type: 'refused'; readonly error: ErrorParcel; readonly at: bigint };
