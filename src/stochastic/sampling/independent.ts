import { Purpose, standardNormal } from '../counter-noise.js';
import { type Draw, PURPOSES } from './draw.js';
import { checkIndex } from './normal-of.js';
import type { PointSet } from './point-set.js';

/** Sample average approximation: every entry of every point drawn by itself. */
export class IndependentPoints implements PointSet {
  readonly #draw: Draw;
  readonly #points: number;
  readonly #dimension: number;

  constructor(draw: Draw, points: number, dimension: number) {
    this.#draw = draw;
    this.#points = points;
    this.#dimension = dimension;
  }

  write(index: number, out: Float64Array, offset: number): void {
    checkIndex(index, this.#points);
    const { seed, phase, iteration, stage } = this.#draw;
    for (let e = 0; e < this.#dimension; e += 1) {
      // The tree has no iteration; its numbers keep the identity that they always had.
      out[offset + e] =
        phase === 'tree'
          ? standardNormal(seed, Purpose.openingTree, stage, index, e, 0)
          : standardNormal(seed, PURPOSES[phase].normal, iteration, index, stage, e);
    }
  }
}
