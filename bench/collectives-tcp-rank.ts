import { connectTcp } from '../src/comm/tcp/connect-tcp.js';
import measureCollectives from './collectives-rank.js';

/** One of the ranks over TCP, as a process. Arguments: rank, size, port. Rank 0 sends what it measured. */
const [rank, size, port] = process.argv.slice(2).map(Number);
const comm = await connectTcp({ coordinator: '127.0.0.1', bindAddr: '127.0.0.1', rank, size, port });
const results = measureCollectives(comm, { fromRegion: false });
comm.close();
if (rank === 0) process.send?.(results);
