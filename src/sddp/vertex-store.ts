import type { StageVertices } from './outcome.js';

/** The vertices of one stage: states with an upper bound on the cost-to-go there. No state comes twice. */
export class VertexStore {
  readonly #states: number;
  readonly #lipschitz: Float64Array;
  #count = 0;
  #points = new Float64Array(0);
  #value = new Float64Array(0);
  #iteration = new Int32Array(0);
  #trajectory = new Int32Array(0);
  /** Positions of the states with the same hash: keys of states as text would take more room than the vertices. */
  readonly #positions = new Map<number, number[]>();

  constructor(lipschitz: Float64Array, start: StageVertices | null) {
    this.#states = lipschitz.length;
    this.#lipschitz = lipschitz;
    for (let i = 0; i < (start?.count ?? 0); i++) {
      const { states, value, iteration, trajectory } = start as StageVertices;
      const state = states.subarray(i * this.#states, (i + 1) * this.#states);
      this.improve(this.place(state, iteration[i], trajectory[i]), value[i]);
    }
  }

  /** Where a state is among the vertices, or is put, with no bound yet. */
  place(state: Float64Array, iteration: number, trajectory: number): number {
    const key = hashOf(state);
    const alike = this.#positions.get(key);
    const known = alike?.find((position) => this.#isAt(position, state));
    if (known !== undefined) return known;
    const position = this.#count++;
    if (alike === undefined) this.#positions.set(key, [position]);
    else alike.push(position);
    this.#reserve();
    this.#points.set(state, position * this.#states);
    this.#value[position] = Number.POSITIVE_INFINITY;
    this.#iteration[position] = iteration;
    this.#trajectory[position] = trajectory;
    return position;
  }

  #isAt(position: number, state: Float64Array): boolean {
    const at = position * this.#states;
    for (let s = 0; s < this.#states; s++) if (this.#points[at + s] !== state[s]) return false;
    return true;
  }

  /** The bound of a vertex is at most `value` [$]. */
  improve(position: number, value: number): void {
    if (value < this.#value[position]) this.#value[position] = value;
  }

  state(position: number): Float64Array {
    return this.#points.subarray(position * this.#states, (position + 1) * this.#states);
  }

  #reserve(): void {
    if (this.#count <= this.#value.length) return;
    const capacity = 2 * this.#count + 8;
    const longer = (old: Float64Array, length: number) => {
      const array = new Float64Array(length);
      array.set(old);
      return array;
    };
    this.#points = longer(this.#points, capacity * this.#states);
    this.#value = longer(this.#value, capacity);
    const [iteration, trajectory] = [new Int32Array(capacity), new Int32Array(capacity)];
    iteration.set(this.#iteration);
    trajectory.set(this.#trajectory);
    [this.#iteration, this.#trajectory] = [iteration, trajectory];
  }

  /** A private copy of everything. */
  export(): StageVertices {
    const count = this.#count;
    return {
      count,
      states: this.#points.slice(0, count * this.#states),
      value: this.#value.slice(0, count),
      iteration: this.#iteration.slice(0, count),
      trajectory: this.#trajectory.slice(0, count),
      lipschitz: this.#lipschitz,
    };
  }
}

const one = new Float64Array(1);
const words = new Uint32Array(one.buffer);

/** FNV-1a over the words of the numbers; 0 and -0 are the same state. Only finds states again, and orders nothing. */
function hashOf(state: Float64Array): number {
  let hash = 0x811c9dc5;
  for (const value of state) {
    one[0] = value + 0;
    hash = Math.imul(hash ^ words[0], 0x01000193);
    hash = Math.imul(hash ^ words[1], 0x01000193);
  }
  return hash >>> 0;
}
