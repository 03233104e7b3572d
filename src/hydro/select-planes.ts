import { type Plane, planeValue } from './plane.js';

/** Points that a choice of planes is judged by: parallel arrays of the state and the exact power there. */
interface Samples {
  /** hm3. */
  readonly volume: Float64Array;
  /** m3/s. */
  readonly turbined: Float64Array;
  /** m3/s. */
  readonly spillage: Float64Array;
  /** MW. */
  readonly exact: Float64Array;
}

/**
 * Which planes to keep when there are more than allowed: greedily drops the one without which the greatest excess of
 * the bound over the exact function, over all samples, is least; of equals the one that adds least excess in sum; of
 * equals the first. What is left is still a bound from above, only a looser one.
 */
export function selectPlanes(planes: readonly Plane[], samples: Samples, maxPlanes: number): Plane[] {
  const selection = new Selection(planes, samples);
  for (let count = planes.length; count > maxPlanes; count -= 1) selection.drop(selection.cheapest());
  return planes.filter((_, m) => selection.isKept(m));
}

class Selection {
  readonly #planes: readonly Plane[];
  readonly #samples: Samples;
  readonly #kept: Uint8Array;
  /** Of each sample the plane with the least value and that with the second least; -1 without one. */
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #least: Float64Array;
  readonly #secondLeast: Float64Array;

  constructor(planes: readonly Plane[], samples: Samples) {
    const size = samples.exact.length;
    this.#planes = planes;
    this.#samples = samples;
    this.#kept = new Uint8Array(planes.length).fill(1);
    this.#first = new Int32Array(size);
    this.#second = new Int32Array(size);
    this.#least = new Float64Array(size);
    this.#secondLeast = new Float64Array(size);
    for (let s = 0; s < size; s += 1) this.#lookAt(s);
  }

  isKept(plane: number): boolean {
    return this.#kept[plane] === 1;
  }

  drop(plane: number): void {
    this.#kept[plane] = 0;
    for (let s = 0; s < this.#first.length; s += 1) {
      if (this.#first[s] === plane || this.#second[s] === plane) this.#lookAt(s);
    }
  }

  /** The plane to drop: without it only those samples change where it is the least, to the second least. */
  cheapest(): number {
    const { exact } = this.#samples;
    const worstWith = new Float64Array(this.#planes.length);
    const worstWithout = new Float64Array(this.#planes.length);
    const added = new Float64Array(this.#planes.length);
    for (let s = 0; s < exact.length; s += 1) {
      const m = this.#first[s];
      worstWith[m] = Math.max(worstWith[m], this.#least[s] - exact[s]);
      worstWithout[m] = Math.max(worstWithout[m], this.#secondLeast[s] - exact[s]);
      added[m] += this.#secondLeast[s] - this.#least[s];
    }
    let cheapest = -1;
    let leastWorst = Number.POSITIVE_INFINITY;
    for (let m = 0; m < this.#planes.length; m += 1) {
      if (!this.isKept(m)) continue;
      let worst = worstWithout[m];
      for (let other = 0; other < this.#planes.length; other += 1) {
        if (other !== m && worstWith[other] > worst) worst = worstWith[other];
      }
      if (cheapest < 0 || worst < leastWorst || (worst === leastWorst && added[m] < added[cheapest])) {
        cheapest = m;
        leastWorst = worst;
      }
    }
    return cheapest;
  }

  #lookAt(s: number): void {
    const { volume, turbined, spillage } = this.#samples;
    this.#first[s] = -1;
    this.#second[s] = -1;
    this.#least[s] = Number.POSITIVE_INFINITY;
    this.#secondLeast[s] = Number.POSITIVE_INFINITY;
    for (let m = 0; m < this.#planes.length; m += 1) {
      if (!this.isKept(m)) continue;
      const value = planeValue(this.#planes[m], volume[s], turbined[s], spillage[s]);
      if (value < this.#least[s]) {
        this.#second[s] = this.#first[s];
        this.#secondLeast[s] = this.#least[s];
        this.#first[s] = m;
        this.#least[s] = value;
      } else if (value < this.#secondLeast[s]) {
        this.#second[s] = m;
        this.#secondLeast[s] = value;
      }
    }
  }
}
