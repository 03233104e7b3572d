import type { ErrorParcel } from './error-transfer.js';

/** What a rank's thread sends to the caller, in this order: any number of posts, then one end. */
export type RankMessage =
  | { readonly type: 'post'; readonly message: unknown }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: ErrorParcel }
  /** The module cannot be run at all; no rank has started. */
  | { readonly type: 'refused'; readonly error: ErrorParcel };

/** What a rank's thread is given through the port, before it starts. Apart from the task because a port can refuse. */
export interface RankArguments {
  readonly args: unknown;
}
