import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VertexStore } from '#cobre/sddp/vertex-store';

const coordinate = fc.constantFrom(0, -0, 1, 1 + Number.EPSILON, -1, 5e-324, 1e300, 0.1);
const states = fc.array(fc.tuple(coordinate, coordinate, coordinate), { maxLength: 60 });

describe('the vertices of a stage', () => {
  it('hold each state once, however it was come to', () => {
    fc.assert(
      fc.property(states, (points) => {
        const store = new VertexStore(new Float64Array(3), null);
        const distinct: (readonly number[])[] = [];
        points.forEach((point, i) => {
          let known = distinct.findIndex((each) => each.every((value, s) => value === point[s]));
          if (known < 0) known = distinct.push(point) - 1;
          expect(store.place(Float64Array.from(point), 1, i)).toBe(known);
        });
        expect(store.export().count).toBe(distinct.length);
      }),
    );
  });

  it('go on from where they were stored, with the least bound of each', () => {
    const store = new VertexStore(Float64Array.of(7), null);
    store.improve(store.place(Float64Array.of(4), 1, 0), 30);
    store.improve(store.place(Float64Array.of(-0), 2, 1), 50);
    const again = new VertexStore(Float64Array.of(7), store.export());
    expect(again.place(Float64Array.of(0), 9, 9)).toBe(1);
    again.improve(1, 40);
    again.improve(1, 45);
    expect(again.export()).toEqual({ ...store.export(), value: Float64Array.of(30, 40) });
  });
});
