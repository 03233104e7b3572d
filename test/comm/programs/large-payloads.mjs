/**
 * Payloads around the limits at which they travel in another way, as private memory, in place, and in regions. Returns how
 * many elements were wrong, and digests of what each gather brought.
 */
const LENGTHS = [7, 127, 128, 1_023, 1_024, 3_125, 33_000];

export default function largePayloads(comm, { kind = 'Float64Array' } = {}) {
  const { rank, size } = comm;
  const ctor = globalThis[kind];
  const value = (r, i, n) => (r * 101 + i * 7 + n) % 120;
  let wrong = 0;
  const sums = [];
  for (const n of LENGTHS) {
    const counts = Array.from({ length: size }, (_, r) => (r === size - 1 ? 3 : n + r));
    const stride = n + size + 1;
    const displs = counts.map((_, r) => (size - 1 - r) * stride);
    for (const where of ['private', 'in place', 'from a region', 'into a region']) {
      const region = where.includes('region') ? comm.createSharedRegion(ctor, 2 * size * size * stride) : null;
      // Every rank gathers into memory of its own, in the region as well.
      const recv =
        where === 'into a region'
          ? region.data.subarray(rank * size * stride, (rank + 1) * size * stride)
          : new ctor(size * stride);
      const send =
        where === 'in place'
          ? recv.subarray(displs[rank], displs[rank] + counts[rank])
          : where === 'from a region'
            ? region.data.subarray(rank * stride, rank * stride + counts[rank])
            : new ctor(counts[rank]);
      // More than once: how they travel changes when the ranks have found out about each other.
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < send.length; i++) send[i] = value(rank, i, round);
        comm.allgatherv(send, recv, counts, displs);
        if (where !== 'in place') send.fill(99);
        let sum = 0;
        for (let r = 0; r < size; r++) {
          for (let i = 0; i < counts[r]; i++) {
            if (recv[displs[r] + i] !== value(r, i, round)) wrong++;
            sum += recv[displs[r] + i] * (i + 1);
          }
        }
        sums.push(sum);
        const root = round % size;
        const buf = where === 'from a region' ? send : new ctor(n);
        const count = where === 'from a region' ? counts[size - 1] : n;
        const part = buf.subarray(0, count);
        for (let i = 0; i < count; i++) part[i] = rank === root ? value(root, i, n) : 1;
        comm.broadcast(part, root);
        if (rank === root && where !== 'from a region') part.fill(55);
        else for (let i = 0; i < count; i++) if (part[i] !== value(root, i, n)) wrong++;
      }
      comm.barrier();
      region?.release();
    }
  }
  return { wrong, sums };
}
