import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { train } from '#cobre/api/train';
import { Policy } from '#cobre/results/policy';
import { run } from '../support/child.js';
import { type Host, placeOn, twoHosts, WHY_NO_HOSTS } from '../support/hosts.js';

const root = join(import.meta.dirname, '..', '..');
const CASE = join(root, 'examples', 'one-reservoir');
const BINARY = join(root, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin.cobre);

const reason = WHY_NO_HOSTS === null ? '' : ` (${WHY_NO_HOSTS})`;

describe.skipIf(WHY_NO_HOSTS !== null)(`a plan on two hosts${reason}`, { timeout: 90_000 }, () => {
  let hosts: Host[];
  let folder: string;
  let single: Awaited<ReturnType<typeof train>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cobre-hosts-'));
    hosts = await twoHosts();
    single = await train(CASE);
  });
  afterAll(async () => {
    for (const host of hosts.reverse()) await host.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A command on each of the hosts, as the rank that it is; what each prints. */
  function onEach(command: (rank: number) => readonly string[]): Promise<{ stdout: string; stderr: string }[]> {
    return Promise.all(
      hosts.map((host, rank) => {
        const [first, ...args] = [...host.enter, process.execPath, ...command(rank)];
        return run(first, args, { cwd: root, env: { ...process.env, ...placeOn(rank) } });
      }),
    );
  }

  test('by cobre run: the bits of one process, results on the first host, which tell of both', async () => {
    const outputs = [0, 1].map((rank) => join(folder, `run-${rank}`));
    const printed = await onEach((rank) => [
      ...[BINARY, 'run', CASE, '--output', outputs[rank], '--output-format', 'json'],
      ...['--set', 'simulation.num_scenarios=20'],
    ]);
    expect(printed[1]).toEqual({ stdout: '', stderr: '' });
    expect(JSON.parse(printed[0].stdout).data).toMatchObject({
      policy_digest: single.policy.digest(),
      training: {
        final_lower_bound: single.finalLowerBound,
        final_upper_bound: single.finalUpperBound,
        final_upper_bound_std_error: single.finalUpperBoundStdError,
      },
      simulation: { scenarios: 20 },
    });
    for (const part of ['training', 'simulation']) {
      const manifest = JSON.parse(readFileSync(join(outputs[0], part, '_manifest.json'), 'utf8'));
      expect(manifest.distribution).toMatchObject({
        backend: 'tcp',
        world_size: 2,
        num_nodes: 2,
        hosts: [
          { hostname: 'node0', ranks: [0] },
          { hostname: 'node1', ranks: [1] },
        ],
      });
    }
    // The second host need not have the directory, nor see that of the first.
    expect(() => readFileSync(outputs[1])).toThrow('ENOENT');
  });

  test('by the library: training and simulation one after the other, each a gang on the same port', async () => {
    const program = `
      import { simulate, train } from 'cobre';
      const [study, outputDirectory] = process.argv.slice(1);
      const options = { backend: 'tcp', outputDirectory };
      const { policy, workers, finalLowerBound } = await train(study, options);
      const { meanCost, stdCost, complete } = await simulate(study, policy, { ...options, scenarios: 30 });
      console.log(JSON.stringify({ digest: policy.digest(), workers: workers.length, finalLowerBound, meanCost, stdCost, complete }));
    `;
    const outputs = [0, 1].map((rank) => join(folder, `library-${rank}`));
    for (const output of outputs) mkdirSync(output);
    const printed = await onEach((rank) => ['--input-type=module', '-e', program, CASE, outputs[rank]]);
    const [first, second] = printed.map(({ stdout }) => JSON.parse(stdout));
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      digest: single.policy.digest(),
      finalLowerBound: single.finalLowerBound,
      workers: 2,
      complete: true,
    });
    expect((await Policy.load(outputs[0])).digest()).toBe(first.digest);
  });
});
