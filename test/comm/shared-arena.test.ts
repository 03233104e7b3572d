import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_BYTES, PAGE_BYTES } from '#cobre/comm/shm/control-region';
import { WasmSegment } from '#cobre/comm/shm/segment';
import { SharedArena } from '#cobre/comm/shm/shared-arena';
import { createSharedWasmMemory } from '#cobre/comm/shm/wasm-memory';

const BASE = 1000;
const MAX_BYTES = 64 * PAGE_BYTES;

/** Positive: allocate so many bytes. Negative: free the block with this index, counted modulo what there is. */
const callsArb = fc.array(
  fc.oneof(
    fc.record({ free: fc.constant(false), n: fc.nat(MAX_BYTES / 8) }),
    fc.record({ free: fc.constant(true), n: fc.nat(100) }),
  ),
  { maxLength: 60 },
);

test('blocks are aligned, disjoint, zeroed and inside the limit; all memory comes back; every rank agrees', () => {
  fc.assert(
    fc.property(callsArb, (calls) => {
      const memory = createSharedWasmMemory(1, MAX_BYTES / PAGE_BYTES);
      const leader = new SharedArena(new WasmSegment(memory), BASE, MAX_BYTES);
      const other = new SharedArena(new WasmSegment(memory), BASE, MAX_BYTES);
      const blocks: { offset: number; bytes: number }[] = [];
      for (const { free, n } of calls) {
        if (free) {
          const [block] = blocks.splice(n % Math.max(1, blocks.length), 1);
          if (block === undefined) continue;
          for (const arena of [leader, other]) arena.free(block.offset, block.bytes);
          continue;
        }
        const bytes = SharedArena.roundUp(n);
        const offset = leader.allocate(bytes);
        expect(other.allocate(bytes)).toBe(offset);
        if (offset < 0) continue;
        expect(leader.commit(offset, bytes)).toBe(true);
        leader.clear(offset, bytes);
        for (const arena of [leader, other]) arena.touch(offset, bytes);
        expect(offset % LINE_BYTES).toBe(0);
        expect(offset).toBeGreaterThanOrEqual(BASE);
        expect(offset + bytes).toBeLessThanOrEqual(MAX_BYTES);
        for (const block of blocks) {
          expect(offset + bytes <= block.offset || block.offset + block.bytes <= offset).toBe(true);
        }
        const data = new Uint8Array(other.bufferOf(offset, bytes), offset, bytes);
        expect(data.every((value) => value === 0)).toBe(true);
        data.fill(255);
        blocks.push({ offset, bytes });
      }
      for (const { offset, bytes } of blocks) leader.free(offset, bytes);
      const everything = Math.floor((MAX_BYTES - SharedArena.roundUp(BASE)) / LINE_BYTES) * LINE_BYTES;
      expect(leader.allocate(everything)).toBe(SharedArena.roundUp(BASE));
    }),
    { numRuns: 60 },
  );
});

test('a block that does not fit is refused without side effects', () => {
  const arena = new SharedArena(new WasmSegment(createSharedWasmMemory(1, 4)), 0, 4 * PAGE_BYTES);
  expect(arena.allocate(5 * PAGE_BYTES)).toBe(-1);
  expect(arena.allocate(4 * PAGE_BYTES)).toBe(0);
  expect(arena.allocate(LINE_BYTES)).toBe(-1);
});

test('an array is stale when any of its elements lies in memory that was given back', () => {
  fc.assert(
    fc.property(callsArb, fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 30 }), (calls, spans) => {
      const arena = new SharedArena(
        new WasmSegment(createSharedWasmMemory(1, MAX_BYTES / PAGE_BYTES)),
        BASE,
        MAX_BYTES,
      );
      // Small blocks, so that spans meet several.
      const live = new Set<number>();
      const had = new Set<number>();
      const blocks: { offset: number; bytes: number }[] = [];
      const lines = ({ offset, bytes }: { offset: number; bytes: number }) =>
        Array.from({ length: bytes / LINE_BYTES }, (_, i) => offset / LINE_BYTES + i);
      for (const { free, n } of calls) {
        if (free) {
          const [block] = blocks.splice(n % Math.max(1, blocks.length), 1);
          if (block === undefined) continue;
          arena.free(block.offset, block.bytes);
          for (const line of lines(block)) live.delete(line);
        } else {
          const bytes = SharedArena.roundUp(n % 500);
          const block = { offset: arena.allocate(bytes), bytes };
          arena.touch(block.offset, bytes);
          blocks.push(block);
          for (const line of lines(block)) {
            live.add(line);
            had.add(line);
          }
        }
      }
      const buffer = arena.bufferOf(0, PAGE_BYTES);
      for (const [first, length] of spans) {
        const span = { offset: (first + 1) * LINE_BYTES, bytes: length * LINE_BYTES };
        // Half a line in, and half a line less at the end.
        const array = new Uint8Array(buffer, span.offset + 64, Math.max(0, span.bytes - 128));
        const stale = array.length > 0 && lines(span).some((line) => had.has(line) && !live.has(line));
        // Twice, since what lies elsewhere is remembered.
        expect([arena.isStale(array), arena.isStale(array)]).toEqual([stale, stale]);
        expect(arena.isStale(new Uint8Array(array.slice().buffer))).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});
