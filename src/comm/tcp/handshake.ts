import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ACK, frameOf, HANDSHAKE } from './frame.js';

/**
 * Without a token: the worker sends its rank and the size, the coordinator answers with the size (u32, big-endian).
 *
 * With one, both sides prove that they know it, each over a number that the other has just drawn, so that nothing
 * recorded earlier is of use:
 *
 *     worker       Handshake: rank, size, worker's nonce
 *     coordinator  Ack:       size, coordinator's nonce
 *     worker       Handshake: rank, size, proof of the worker
 *     coordinator  Ack:       size, proof of the coordinator
 *
 * A proof is an HMAC-SHA256 under the token, over the prover's role, both nonces, rank and size. The worker goes first:
 * a stranger learns nothing that depends on the token.
 */
const PLAIN_HANDSHAKE_BYTES = 8;
const PLAIN_ACK_BYTES = 4;
export const NONCE_BYTES = 16;
export const PROOF_BYTES = 32;
/** Longest frame of a handshake, from the tag on. Whoever announces more is a stranger. */
export const MOST_HANDSHAKE_BYTES = 1 + PLAIN_HANDSHAKE_BYTES + PROOF_BYTES;

type Role = 'worker' | 'coordinator';

export interface Identity {
  readonly rank: number;
  readonly size: number;
}

export function handshakeFrame({ rank, size }: Identity, extra: Uint8Array = new Uint8Array(0)): Uint8Array {
  const payload = Buffer.alloc(PLAIN_HANDSHAKE_BYTES + extra.length);
  payload.writeUInt32BE(rank, 0);
  payload.writeUInt32BE(size, 4);
  payload.set(extra, PLAIN_HANDSHAKE_BYTES);
  return frameOf(HANDSHAKE, payload);
}

export function ackFrame(size: number, extra: Uint8Array = new Uint8Array(0)): Uint8Array {
  const payload = Buffer.alloc(PLAIN_ACK_BYTES + extra.length);
  payload.writeUInt32BE(size, 0);
  payload.set(extra, PLAIN_ACK_BYTES);
  return frameOf(ACK, payload);
}

/** Rank, size and what follows them; `null` for a payload that is too short. */
export function readHandshake(payload: Uint8Array): (Identity & { readonly extra: Uint8Array }) | null {
  if (payload.length < PLAIN_HANDSHAKE_BYTES) return null;
  const view = Buffer.from(payload);
  return { rank: view.readUInt32BE(0), size: view.readUInt32BE(4), extra: payload.subarray(PLAIN_HANDSHAKE_BYTES) };
}

export function readAck(payload: Uint8Array): { readonly size: number; readonly extra: Uint8Array } | null {
  if (payload.length < PLAIN_ACK_BYTES) return null;
  return { size: Buffer.from(payload).readUInt32BE(0), extra: payload.subarray(PLAIN_ACK_BYTES) };
}

export function drawNonce(): Uint8Array {
  return randomBytes(NONCE_BYTES);
}

export function proofOf(
  token: string,
  role: Role,
  workerNonce: Uint8Array,
  coordinatorNonce: Uint8Array,
  who: Identity,
) {
  return createHmac('sha256', token)
    .update(`cobre tcp ${role}\0`)
    .update(workerNonce)
    .update(coordinatorNonce)
    .update(handshakeFrame(who))
    .digest();
}

export function isProof(given: Uint8Array, right: Uint8Array): boolean {
  return given.length === right.length && timingSafeEqual(given, right);
}
