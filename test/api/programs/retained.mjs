import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Not as a flag of the process: threads refuse to take over flags of V8.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** What this thread still holds when garbage is collected, at two numbers of scenarios [bytes]. */
export class Retained {
  #at;
  #bytes = [];

  constructor(at) {
    this.#at = at;
  }

  look(scenarios) {
    if (this.#bytes.length === this.#at.length || scenarios < this.#at[this.#bytes.length]) return;
    // Memory of array buffers is given back by the collection after the one that found them unused.
    for (let i = 0; i < 3; i++) collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    this.#bytes.push(heapUsed + external);
  }

  grown() {
    if (this.#bytes.length < this.#at.length) throw new Error(`only ${this.#bytes.length} looks were taken`);
    return this.#bytes[1] - this.#bytes[0];
  }
}
