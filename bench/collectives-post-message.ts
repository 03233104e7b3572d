import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MEASURES, type Measure, median } from './collectives-measures.js';

/** The same collectives between two threads with nothing but `postMessage`: what one would write without this package. */
const { rank, port } = workerData as { rank: number; port: MessagePort };

let deliver: (message: Float64Array) => void = () => {};
const waiting: Float64Array[] = [];
port.on('message', (message: Float64Array) => {
  waiting.push(message);
  deliver(message);
});

/** Sends this rank's data and resolves to the other's. */
function exchange(data: Float64Array): Promise<Float64Array> {
  port.postMessage(data);
  return new Promise((resolve) => {
    const take = (): void => resolve(waiting.shift() as Float64Array);
    if (waiting.length > 0) take();
    else deliver = take;
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

/** `postMessage` is hundreds of times slower on small payloads; a tenth of the calls gives steady medians. */
const FEWER = 10;

const results: number[] = [];
for (const measure of MEASURES) {
  const call = prepare(measure);
  const calls = Math.max(5, measure.calls / FEWER);
  const times: number[] = [];
  for (let sample = 0; sample <= measure.samples; sample++) {
    await exchange(new Float64Array(0));
    deliver = () => {};
    const start = performance.now();
    for (let i = 0; i < calls; i++) {
      await call();
      deliver = () => {};
    }
    times.push(((performance.now() - start) * 1000) / calls);
  }
  results.push(median(times.slice(1)));
}
parentPort?.postMessage(results);
port.close();
