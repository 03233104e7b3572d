/** A thread that offers an array to others, and lets go of it when told to. */
import { parentPort } from 'node:worker_threads';
import { loadPeerCopy } from '#cobre/comm/shm/peer-copy';

const peerCopy = loadPeerCopy();
const length = 1 << 20;
parentPort.postMessage({ index: peerCopy.index, ticket: peerCopy.offer(new Float64Array(length).fill(3)), length });
parentPort.on('message', () => {
  peerCopy.withdraw();
  parentPort.postMessage('withdrawn');
});
