/** Rank r sends r + 1 numbers, 10 r and up; everybody gets all of them in rank order. */
export default function rankOrder(comm) {
  const send = Int32Array.from({ length: comm.rank + 1 }, (_, i) => 10 * comm.rank + i);
  const counts = Array.from({ length: comm.size }, (_, r) => r + 1);
  const displs = counts.map((_, r) => (r * (r + 1)) / 2);
  const recv = new Int32Array((comm.size * (comm.size + 1)) / 2);
  comm.allgatherv(send, recv, counts, displs);
  return [...recv];
}
