import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RANK_TIMING_COLUMNS } from '#cobre/results/columns';
import { readParquet } from '#cobre/results/parquet';
import { writeSimulationManifest } from '#cobre/results/simulation-manifest';
import { readConvergence, readSimulationSummary, readTrainingSummary } from '#cobre/results/summary';
import { writeTraining } from '#cobre/results/write-training';
import { META, makeOutcome, makeStudy, temporaryDirectory } from './fixture.js';

const SIMULATION = {
  scenarios: 2,
  totalCost: Float64Array.of(1, 3),
  stageCost: new Float64Array(6),
  meanCost: 2,
  meanCostToGo: null,
  stdCost: Math.SQRT2,
  wallTimeMs: 250,
};

function json(...path: string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

describe('training results', () => {
  it('give the convergence history back', async () => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), makeOutcome(), META);
    const records = await readConvergence(directory);
    expect(records).toEqual(
      makeOutcome().history.map(
        ({
          timeLowerBoundMs: _,
          deterministicUpperBound: _bound,
          upperBoundStdError: _error,
          costToGoMean: _end,
          ...record
        }) => ({
          ...record,
          // Written in whole milliseconds: 1.4, 2.6 and 4.5.
          timeForwardMs: 1,
          timeBackwardMs: 3,
          timeTotalMs: 5,
        }),
      ),
    );
  });

  it('hold a row for each rank and iteration', async () => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), makeOutcome(), META);
    const rows = await readParquet(join(directory, 'training/timing/mpi_ranks.parquet'), RANK_TIMING_COLUMNS, '');
    expect(rows).toHaveLength(4);
    expect(rows[3]).toEqual({
      iteration: 2,
      rank: 1,
      forward_time_ms: 1n,
      backward_time_ms: 2n,
      communication_time_ms: 3n,
      idle_time_ms: 4n,
      lp_solves: 51n,
      scenarios_processed: 2,
    });
  });

  it('have the documented manifest', () => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), makeOutcome(), META);
    expect(json(directory, 'training/_manifest.json')).toMatchObject({
      version: '2.0.0',
      status: 'converged',
      started_at: META.startedAt,
      completed_at: META.completedAt,
      iterations: { max_iterations: 50, completed: 2, converged_at: 2 },
      convergence: { achieved: true, final_gap_percent: 400.5, termination_reason: 'bound_stalling' },
      cuts: { total_generated: 16, total_active: 16, peak_active: 16 },
      checksum: null,
      distribution: { backend: 'shm', world_size: 2, ranks_participated: 2, num_nodes: 1, threads_per_rank: 1 },
    });
  });

  it.each([
    ['iteration_limit', 'complete', null],
    ['time_limit', 'complete', null],
    ['interrupted', 'partial', null],
    ['all_rules', 'converged', 2],
  ] as const)('ended by %s are %s', (terminationReason, status, converged_at) => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), { ...makeOutcome(), terminationReason }, META);
    expect(json(directory, 'training/_manifest.json')).toMatchObject({ status, iterations: { converged_at } });
  });

  it('say what the mean cost of paths is worth, and how long the training took', async () => {
    const directory = temporaryDirectory();
    const study = makeStudy();
    const outcome = makeOutcome();
    const told = async (changed: typeof study, history = outcome.history) => {
      writeTraining(directory, changed, { ...outcome, history }, META);
      return readTrainingSummary(directory);
    };
    expect(await told(study)).toMatchObject({
      riskAverse: false,
      cyclic: false,
      comparesWithBound: true,
      upperBoundStdError: 10,
      costToGo: null,
      creditsSources: false,
      durationSeconds: 1.5,
    });
    const ofOnePath = outcome.history.map((record) => ({ ...record, upperBoundStdError: null, costToGoMean: 400 }));
    expect(await told({ ...study, cycleStart: 0 }, ofOnePath)).toMatchObject({
      cyclic: true,
      comparesWithBound: false,
      upperBoundStdError: null,
      costToGo: 400,
    });
    const { training } = study.config;
    const source = { ...training.source, load: 'out_of_sample' as const };
    const others = { ...study, config: { ...study.config, training: { ...training, source } } };
    expect(await told(others)).toMatchObject({ riskAverse: false, cyclic: false, comparesWithBound: false });
    expect((await told(study)).lowerBoundDoubts).toEqual([]);
    writeTraining(directory, study, { ...outcome, policy: { ...outcome.policy, foreignCuts: true } }, META);
    expect((await readTrainingSummary(directory)).lowerBoundDoubts).toEqual(['foreign_cuts']);
  });

  it('of an earlier version, which told less, are read all the same', async () => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), makeOutcome(), META);
    const file = join(directory, 'training/_manifest.json');
    const { duration_seconds: _, ...manifest } = json(file);
    const convergence = { achieved: true, final_gap_percent: 400.5, termination_reason: 'bound_stalling' };
    writeFileSync(file, JSON.stringify({ ...manifest, convergence: { ...convergence, risk_averse: true } }));
    expect(await readTrainingSummary(directory)).toMatchObject({
      riskAverse: true,
      cyclic: false,
      comparesWithBound: false,
      lowerBoundDoubts: [],
      upperBoundStdError: undefined,
      durationSeconds: null,
    });
  });

  it('have the documented metadata', () => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), makeOutcome(), META);
    expect(json(directory, 'training/metadata.json')).toMatchObject({
      version: '2.0.0',
      run_info: {
        run_id: expect.any(String),
        duration_seconds: 1.5,
        cobre_version: '0.1.0',
        solver: 'highs',
        solver_version: '1.15.1',
        hostname: 'here',
        user: null,
        case_directory: 'cases/small',
      },
      configuration_snapshot: { seed: 7, forward_passes: 4, stopping_mode: 'any', policy_mode: 'fresh' },
      problem_dimensions: { num_stages: 3, num_hydros: 3, num_thermals: 2, num_buses: 2, num_lines: 1 },
      performance_summary: null,
      data_integrity: null,
      environment: { distribution: { backend: 'shm', world_size: 2, mpi_library: null } },
    });
  });

  it('come with dictionaries', () => {
    const directory = temporaryDirectory();
    writeTraining(directory, makeStudy(), makeOutcome(), META);
    const dictionaries = join(directory, 'training', 'dictionaries');
    expect(readFileSync(join(dictionaries, 'entities.csv'), 'utf8').split('\n')).toEqual([
      'entity_type_code,entity_id,name,bus_id,system_id',
      '0,10,H10,1,0',
      '0,20,H20,1,0',
      '0,30,H30,2,0',
      '1,3,T3,1,0',
      '1,4,T4,2,0',
      '2,1,North,1,0',
      '2,2,"South, ""old""",2,0',
      '3,5,N-S,-1,0',
      '',
    ]);
    expect(json(dictionaries, 'codes.json')).toMatchObject({
      operative_state: { 0: 'deactivated', 1: 'maintenance', 2: 'operating', 3: 'saturated' },
      entity_type: { 5: 'contract', 7: 'non_controllable' },
      bound_type: { 9: 'flow_max' },
    });
    expect(json(dictionaries, 'state_dictionary.json')).toMatchObject({
      state_dimension: 3,
      storage_states: [{ hydro_id: 10, dimension_index: 0, unit: 'hm3' }, { hydro_id: 20 }, { hydro_id: 30 }],
    });
    const variables = readFileSync(join(dictionaries, 'variables.csv'), 'utf8').split('\n');
    expect(variables[0]).toBe('schema,column_name,arrow_type,nullable,unit,description');
    expect(variables).toContainEqual(expect.stringMatching(/^hydros,storage_binding_code,Int8,false,code,/));
  });
});

describe('simulation results', () => {
  it('are summed up in the manifest', async () => {
    const directory = temporaryDirectory();
    writeSimulationManifest(directory, SIMULATION, 3, META);
    expect(await readSimulationSummary(directory)).toEqual({
      status: 'partial',
      comparesWithBound: true,
      scenariosTotal: 3,
      scenariosCompleted: 2,
      meanCost: 2,
      meanCostToGo: null,
      stdCost: Math.SQRT2,
      durationSeconds: 0.25,
      backend: 'shm',
      workers: 2,
    });
    expect(json(directory, 'simulation/_manifest.json')).toMatchObject({
      version: '2.0.0',
      scenarios: { total: 3, completed: 2, failed: 0 },
      partitions_written: ['scenario_id=0000/', 'scenario_id=0001/'],
    });
    writeSimulationManifest(directory, SIMULATION, 2, META);
    expect((await readSimulationSummary(directory)).status).toBe('complete');
  });
});

describe('an output directory that does not hold what is asked for', () => {
  it('tell where they are not to be compared with the lower bound', async () => {
    const directory = temporaryDirectory();
    writeSimulationManifest(directory, SIMULATION, 3, META, false);
    expect((await readSimulationSummary(directory)).comparesWithBound).toBe(false);
  });

  it('is told apart: missing or damaged', async () => {
    const directory = temporaryDirectory();
    const readers = [readConvergence, readTrainingSummary, readSimulationSummary];
    for (const read of readers) {
      await expect(read(directory)).rejects.toMatchObject({
        kind: 'MissingFile',
        suggestion: expect.stringContaining('output directory'),
      });
    }
    for (const part of ['training', 'simulation']) {
      mkdirSync(join(directory, part));
      writeFileSync(join(directory, part, '_manifest.json'), '{"status": "comp');
      writeFileSync(join(directory, part, 'convergence.parquet'), '');
    }
    for (const read of readers) await expect(read(directory)).rejects.toMatchObject({ kind: 'ParseError' });
    writeFileSync(join(directory, 'training', '_manifest.json'), '{"status": "complete"}');
    await expect(readTrainingSummary(directory)).rejects.toMatchObject({ kind: 'ParseError' });
  });
});
