import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Measure, Plan } from './measures.js';
import { nextCalls } from './sample-calls.js';
import { median } from './statistics.js';

/** The same collectives between two threads with nothing but `postMessage`: what one would write without this package. */
const { rank, port, plan } = workerData as { rank: number; port: MessagePort; plan: Plan };

const early: Float64Array[] = [];
let resolve: ((message: Float64Array) => void) | null = null;
port.on('message', (message: Float64Array) => {
  if (resolve === null) early.push(message);
  else resolve(message);
  resolve = null;
});

/** Sends this rank's data and resolves to the other's. */
function exchange(data: Float64Array): Promise<Float64Array> {
  port.postMessage(data);
  const message = early.shift();
  if (message !== undefined) return Promise.resolve(message);
  return new Promise((whenItComes) => {
    resolve = whenItComes;
  });
}

function prepare({ operation, count }: Measure): () => Promise<void> {
  const send = new Float64Array(count).fill(rank + 1);
  if (operation === 'barrier') return async () => void (await exchange(send));
  if (operation === 'allreduce') {
    const recv = new Float64Array(count);
    return async () => {
      const other = await exchange(send);
      const [first, second] = rank === 0 ? [send, other] : [other, send];
      for (let i = 0; i < count; i++) recv[i] = first[i] + second[i];
    };
  }
  const recv = new Float64Array(2 * count);
  return async () => {
    recv.set(send, rank * count);
    recv.set(await exchange(send), (1 - rank) * count);
  };
}

async function sample(call: () => Promise<void>, calls: number): Promise<number> {
  await exchange(new Float64Array(0));
  const start = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return performance.now() - start;
}

async function callsPerSample(call: () => Promise<void>): Promise<number> {
  for (let calls = 1; ; ) {
    const wanted = Float64Array.of(nextCalls(calls, await sample(call, calls), plan.sampling.sampleMs));
    const other = await exchange(wanted);
    const [next] = rank === 0 ? wanted : other;
    if (next === calls) return calls;
    calls = next;
  }
}

const { warmUps, samples } = plan.sampling;
const medians: number[] = [];
for (const measure of plan.measures) {
  const call = prepare(measure);
  const calls = await callsPerSample(call);
  for (let i = 0; i < warmUps; i++) await sample(call, calls);
  const times: number[] = [];
  while (times.length < samples) times.push(((await sample(call, calls)) * 1000) / calls);
  medians.push(median(times));
}
parentPort?.postMessage(medians);
port.close();
