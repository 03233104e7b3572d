import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { CobreError } from '../errors.js';
import type { PolicyData } from '../sddp/outcome.js';
import { riskAdjusted } from '../sddp/risk-measure.js';
import { ioError, withIoErrors } from './io-error.js';
import { policyDigest } from './policy-digest.js';
import { OWN_ENTRIES, policyDirectory, readPolicy, writePolicy } from './policy-files.js';

/** A trained policy: the cuts that bound each stage's cost-to-go from below. */
export class Policy {
  readonly data: PolicyData;

  constructor(data: PolicyData) {
    this.data = data;
  }

  /** SHA-256 (hex) of the cuts, see `policyDigest`. */
  digest(): string {
    return policyDigest(this.data);
  }

  /**
   * The policy's estimate of the cost-to-go after a stage: the largest of its active cuts at `state`, and at least
   * what it cannot be below (0, where nothing earns);
   * where cuts are of single openings, what the stage's risk measure makes of the largest of each.
   * @param stage zero-based
   * @param state storage at the end of the stage [hm3], by hydro, then the memory of inflow [m3/s] (`InflowModel.memory`)
   * @returns [$], seen from the next stage
   * @throws CobreError `InvalidArgument` for a stage or a state that the policy does not have
   */
  evaluate(stage: number, state: Float64Array): number {
    const cuts = this.data.cuts[stage];
    const dimension = this.data.stateDimension;
    if (cuts === undefined) {
      throw new CobreError('InvalidArgument', `the policy has no stage ${stage}`, {
        field: 'stage',
        value: stage,
        suggestion: `Stages run from 0 to ${this.data.cuts.length - 1}.`,
      });
    }
    if (state.length !== dimension) {
      throw new CobreError('InvalidArgument', `the state has ${state.length} entries instead of ${dimension}`, {
        field: 'state',
        value: state.length,
        suggestion: 'Give one storage for each hydro of the case, then the inflows that it remembers, if any.',
      });
    }
    const { splitFuture } = this.data;
    const openings = splitFuture?.openings[stage] ?? 0;
    // By opening, that of all of them last.
    const best = new Float64Array(openings + 1).fill(this.data.futureFloors?.[stage] ?? 0);
    for (let i = 0; i < cuts.count; i++) {
      if (cuts.active?.[i] === 0) continue;
      let value = cuts.intercept[i];
      for (let s = 0; s < dimension; s++) value += cuts.gradient[i * dimension + s] * state[s];
      const opening = cuts.opening?.[i] ?? -1;
      const at = opening < 0 ? openings : opening;
      if (value > best[at]) best[at] = value;
    }
    const ofEach = openings === 0 ? best[0] : riskAdjusted(splitFuture?.cvar[stage] ?? null, best, openings);
    return Math.max(best[openings], ofEach);
  }

  /**
   * Writes the policy to `directory`, replacing a policy that is there once the new one is complete.
   * @throws CobreError `IoError`; `InvalidArgument` when the directory holds other files
   */
  async save(directory: string): Promise<void> {
    const target = resolve(directory);
    const foreign = foreignEntry(target);
    if (foreign !== null) {
      throw new CobreError('InvalidArgument', `${directory} holds other files (${foreign})`, {
        file: directory,
        suggestion: 'Choose a new directory, or one that holds nothing but a policy.',
      });
    }
    const fresh = `${target}.cobre-tmp`;
    const old = `${target}.cobre-old`;
    try {
      rmSync(fresh, { recursive: true, force: true });
      // A process killed between the two renames below left the earlier policy aside.
      if (existsSync(old) && !existsSync(target)) renameSync(old, target);
      rmSync(old, { recursive: true, force: true });
      writePolicy(fresh, this.data);
      if (existsSync(target)) renameSync(target, old);
      try {
        renameSync(fresh, target);
      } catch (cause) {
        if (existsSync(old)) renameSync(old, target);
        throw cause;
      }
      rmSync(old, { recursive: true, force: true });
    } catch (cause) {
      try {
        rmSync(fresh, { recursive: true, force: true });
      } catch {
        // What went wrong first is what the caller needs to know.
      }
      throw ioError(cause, directory, 'save the policy');
    }
  }

  /**
   * Reads a policy and verifies it: every byte that matters is covered by a checksum in `metadata.json`.
   * @param directory a policy directory, or an output directory with one in it
   * @throws CobreError `MissingFile`, `ParseError`, `PolicyMismatch` or `IoError`
   */
  static async load(directory: string): Promise<Policy> {
    return new Policy(readPolicy(policyDirectory(directory)));
  }
}

function foreignEntry(directory: string): string | null {
  if (!existsSync(directory)) return null;
  const entries = withIoErrors(directory, 'read the directory', () => readdirSync(directory));
  return entries.find((entry) => !OWN_ENTRIES.has(entry)) ?? null;
}
