import { workerData } from 'node:worker_threads';
import { type WatchTask, watch } from '../src/comm/tcp/watch.js';

watch(workerData as WatchTask);
