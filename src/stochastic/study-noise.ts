import type { Correlation, ExternalScenarios, ScenarioSource, SeasonalModel, Study } from '../case/study.js';
import type { CaseWarning } from '../errors.js';
import { buildOpeningTree } from './build-tree.js';
import { checkedNoise } from './checked-noise.js';
import {
  type ExternalNoise,
  type ExternalTable,
  externalInflowNoise,
  externalNoise,
} from './forward/external-noise.js';
import { freshMethod } from './forward/fresh-noise.js';
import { type HistoricalNoise, historicalNoise } from './forward/historical-noise.js';
import { historicalWindows } from './forward/historical-windows.js';
import { historyCalendar } from './forward/history-calendar.js';
import { type ClassSource, createNoiseSource, type NoiseSource } from './forward/noise-source.js';
import { type InflowModel, memoryOfLags } from './inflow-model.js';
import { inflowModel, inflowParameters } from './inflow-parameters.js';
import { lagPeriodsOf } from './lag-periods.js';
import { type NoiseLayout, noiseDimension } from './noise-layout.js';
import type { OpeningTree } from './opening-tree.js';
import type { LagMemory, PhysicalPar } from './par-inversion.js';
import { truncatesInflow } from './realise.js';

const MONTHS = 12;
const LOADS = 'scenarios/external_load_scenarios.parquet';
const AVAILABILITY = 'scenarios/external_ncs_scenarios.parquet';

const known = new WeakMap<Study, StudyNoise>();

/** The noise of a study. @throws CobreError those of `StudyNoise`, and of `inflowParameters` */
export function studyNoise(study: Study): StudyNoise {
  let noise = known.get(study);
  if (noise === undefined) {
    noise = new StudyNoise(study, inflowModel(study));
    known.set(study, noise);
  }
  return noise;
}

/** Everything about a study's noise that its scenarios do not change: the same on every rank. */
export class StudyNoise {
  readonly tree: OpeningTree;
  readonly #study: Study;
  readonly #model: InflowModel;
  readonly #layout: NoiseLayout;
  readonly #groups: readonly number[] | null;
  readonly #correlation: Correlation;
  #external: Partial<Record<'inflow' | 'load' | 'sources', ExternalNoise>> = {};
  /** By the years that windows may begin in. */
  readonly #histories = new Map<string, HistoricalNoise>();

  /** @throws CobreError those of `buildOpeningTree`, of the history's windows and of external scenarios. */
  constructor(study: Study, model: InflowModel) {
    this.#study = study;
    this.#model = model;
    this.#layout = {
      hydros: study.hydros.length,
      loads: study.stochasticLoadBuses.length,
      sources: study.stochasticSources.length,
    };
    this.#groups = lagPeriodGroups(study);
    this.#correlation = inflowParameters(study).correlation ?? study.correlation;
    this.tree = this.#openingTree();
  }

  /** Noise of the scenarios of a pass. */
  source(phase: 'forward' | 'simulation', scenarios: number): NoiseSource {
    const { training, simulation } = this.#study.config;
    const { source, seed } = phase === 'forward' ? { ...training, seed: training.forwardSeed } : simulation;
    return createNoiseSource({
      phase,
      seed,
      scenarios,
      layout: this.#layout,
      inflow: this.#classSource(source.inflow, 'inflow', source),
      load: this.#classSource(source.load, 'load', source),
      sources: this.#classSource(source.sources, 'sources', source),
      tree: this.tree,
      methods: this.#study.stages.map(({ sampling }) => sampling),
      groups: this.#groups,
      correlation: this.#correlation,
    });
  }

  /** What the noise of a pass is made of otherwise than the case asks for. */
  warnings(phase: 'forward' | 'simulation'): CaseWarning[] {
    const { config, stages } = this.#study;
    const { source } = phase === 'forward' ? config.training : config.simulation;
    const warnings: CaseWarning[] = [];
    for (const name of ['inflow', 'load', 'sources'] as const) {
      if (source[name] !== 'external') continue;
      const { ignored } = this.#externalNoise(name);
      if (ignored === 0) continue;
      const [file, what] = name === 'load' ? [LOADS, 'load'] : [AVAILABILITY, 'availability'];
      warnings.push({
        kind: 'IncompatibleSettings',
        message: `${ignored} ${ignored === 1 ? 'value differs' : 'values differ'} from the mean ${what} of a stage where its standard deviation is 0, without effect`,
        file,
        field: name === 'load' ? 'value_mw' : 'value',
        suggestion: 'Give the stage a standard deviation above 0 in the statistics, or its mean here.',
      });
    }
    if (source.inflow === 'historical') warnings.push(...this.#yearWarnings(source));
    const fresh = [source.inflow, source.load, source.sources].includes('out_of_sample');
    const fallen = stages.filter(({ sampling }) => fresh && freshMethod(sampling) !== sampling);
    if (fallen.length > 0) {
      warnings.push({
        kind: 'IncompatibleSettings',
        message: `${fallen[0].sampling} draws from no distribution: noise out of sample is drawn by saa at ${stagesInWords(fallen)}`,
        file: 'stages.json',
        field: 'sampling_method',
        value: fallen[0].sampling,
        suggestion: 'Name another sampling_method there, or another scheme than out_of_sample in config.json.',
      });
    }
    return warnings;
  }

  /** Years that the case asks for, and that are left out because the history does not cover the study from them on. */
  #yearWarnings(source: ScenarioSource): CaseWarning[] {
    if (source.historicalYears === null) return [];
    const { years, incomplete } = this.#history(source);
    if (incomplete.length === 0) return [];
    const { hydros } = this.#study;
    const left = (before: boolean) => {
      const those = incomplete.filter((each) => each.before === before);
      if (those.length === 0) return [];
      const names = `${those
        .slice(0, LISTED)
        .map(({ year }) => year)
        .join(', ')}${those.length > LISTED ? ', ...' : ''}`;
      const hydro = hydros[those[0].hydro].id;
      const why = before
        ? `the inflow before it, which is lagged, was not all observed at hydro ${hydro}`
        : `the inflow from it on was not all observed at hydro ${hydro}`;
      return [`${names} (${why})`];
    };
    const named = [...left(true), ...left(false)].join(' and ');
    return [
      {
        kind: 'CoverageMismatch',
        message: `historical_years: ${named} cannot be replayed and ${incomplete.length === 1 ? 'is' : 'are'} left out; what remains is ${years.join(', ')}`,
        file: 'config.json',
        field: 'historical_years',
        value: incomplete.map(({ year }) => year),
        suggestion:
          'Extend scenarios/inflow_history.parquet, or name only years that it covers with the lags before them.',
      },
    ];
  }

  /**
   * Whether inflow that depends on earlier inflow can be cut off at 0 in an opening. The cost-to-go is then not convex in what
   * is remembered, and cuts need not lie below it.
   */
  truncatesMemory(): boolean {
    const { stages: memories, initial, base, sigma } = this.#model;
    if (memories === null || !truncatesInflow(this.#study)) return false;
    const { hydros, cycleStart } = this.#study;
    const H = hydros.length;
    const dry = initial.some((inflow) => inflow < 0);
    const { openings, noise, dimension } = this.tree;
    return memories.some(({ lag }, t) => {
      // What the study begins with is no variable.
      if (t === 0 && cycleStart !== 0) return false;
      return hydros.some((_, h) => {
        const coefficients = lag.value.subarray(lag.start[h], lag.start[h + 1]);
        if (coefficients.length === 0) return false;
        // What is remembered is not below 0, as it was cut off itself, but there is no telling how large it is.
        if (dry || coefficients.some((each) => each < 0)) return true;
        const own = (i: number) => base[t * H + h] + sigma[t * H + h] * noise[t][i * dimension + h];
        return Array.from({ length: openings[t] }, (__, i) => own(i)).some((inflow) => inflow < 0);
      });
    });
  }

  /** That the lower bound of a training is none, see `truncatesMemory`. */
  boundWarnings(): CaseWarning[] {
    if (!this.truncatesMemory()) return [];
    return [
      {
        kind: 'IncompatibleSettings',
        message:
          'inflow that depends on earlier inflow is cut off at 0: the cost-to-go is not convex in it, and the lower bound is only an estimate',
        file: 'config.json',
        field: 'modeling.inflow_non_negativity.method',
        value: this.#study.config.inflowNonNegativity,
        suggestion: 'Set the method to "penalty" for a lower bound that holds.',
      },
    ];
  }

  /** Stages that have fewer openings than the case asks for. */
  openingWarnings(): CaseWarning[] {
    const fewer = this.#study.stages.filter(({ openings }, t) => this.tree.openings[t] < openings);
    if (fewer.length === 0) return [];
    const t = this.#study.stages.indexOf(fewer[0]);
    return [
      {
        kind: 'CoverageMismatch',
        message:
          `${stagesInWords(fewer)} ${fewer.length === 1 ? 'has' : 'have'} fewer openings than num_scenarios asks for ` +
          `(${this.tree.openings[t]} instead of ${fewer[0].openings}): history or external scenarios are not more`,
        file: 'stages.json',
        field: 'num_scenarios',
        value: fewer[0].openings,
        suggestion: `Set num_scenarios to ${this.tree.openings[t]}.`,
      },
    ];
  }

  #openingTree(): OpeningTree {
    const { stages, noiseOpenings, config } = this.#study;
    if (noiseOpenings !== null) {
      const dimension = noiseDimension(this.#layout);
      const openings = stages.map((stage) => stage.openings);
      return { dimension, openings, noise: checkedNoise(noiseOpenings, openings, dimension) };
    }
    const residuals = stages.some(({ sampling }) => sampling === 'historical_residuals');
    const { source } = config.training;
    const external = (['inflow', 'load', 'sources'] as const).filter((each) => source[each] === 'external');
    return buildOpeningTree({
      seed: config.training.treeSeed,
      layout: this.#layout,
      stages: stages.map(({ sampling, openings }) => ({ method: sampling, openings })),
      groups: this.#groups,
      correlation: this.#correlation,
      history: residuals ? this.#history(source) : null,
      externalCounts: external.map((each) => this.#externalNoise(each).countOfStage),
    });
  }

  #classSource(
    scheme: ScenarioSource['inflow'],
    name: 'inflow' | 'load' | 'sources',
    source: ScenarioSource,
  ): ClassSource {
    switch (scheme) {
      case 'historical':
        return { scheme, history: this.#history(source) };
      case 'external':
        return { scheme, scenarios: this.#externalNoise(name) };
      default:
        return { scheme };
    }
  }

  #history({ historicalYears }: ScenarioSource): HistoricalNoise {
    const key = JSON.stringify(historicalYears);
    const noise = this.#histories.get(key) ?? this.#historyOf(historicalYears);
    this.#histories.set(key, noise);
    return noise;
  }

  #historyOf(historicalYears: ScenarioSource['historicalYears']): HistoricalNoise {
    const { stages, hydros, inflowModel } = this.#study;
    const { history, seasons } = inflowModel;
    const lags = this.#model.initialLags;
    const windows = historicalWindows({
      stages,
      hydros: hydros.length,
      lags,
      seasons: MONTHS,
      calendar: seasons && historyCalendar(stages, seasons, lags),
      observations:
        history === null
          ? []
          : history.date.map((date, row) => ({
              hydro: history.hydro[row],
              date,
              value: history.value[row],
            })),
      years: historicalYears,
    });
    return historicalNoise(windows, this.#parModel(), this.#lagMemory());
  }

  #externalNoise(name: 'inflow' | 'load' | 'sources'): ExternalNoise {
    const known = this.#external[name];
    if (known !== undefined) return known;
    const { hydros, stochasticLoadBuses, stochasticSources, load, availability, buses, sources } = this.#study;
    let noise: ExternalNoise;
    if (name === 'inflow') {
      const { externalInflow } = this.#study;
      const all = hydros.map((_, h) => h);
      const table = externalTable(
        'scenarios/external_inflow_scenarios.parquet',
        this.#study,
        externalInflow,
        all,
        hydros.length,
      );
      noise = externalInflowNoise(table, this.#parModel(), this.#initialLags(), this.#lagMemory());
    } else if (name === 'load') {
      const { externalLoad } = this.#study;
      const table = externalTable(LOADS, this.#study, externalLoad, stochasticLoadBuses, buses.length);
      const { mean, std } = pick(load, stochasticLoadBuses, buses.length);
      noise = externalNoise(table, mean, std);
    } else {
      const { externalAvailability } = this.#study;
      const table = externalTable(AVAILABILITY, this.#study, externalAvailability, stochasticSources, sources.length);
      const { mean, std } = pick(availability, stochasticSources, sources.length);
      noise = externalNoise(table, mean, std);
    }
    this.#external = { ...this.#external, [name]: noise };
    return noise;
  }

  #parModel(): PhysicalPar {
    const { base, psi, sigma, maxOrder } = this.#model;
    const { stages, hydros } = this.#study;
    return { stages: stages.length, hydros: hydros.length, lags: maxOrder, base, psi, sigma };
  }

  #lagMemory(): LagMemory | null {
    const { stages } = this.#model;
    if (stages === null) return null;
    const hydros = this.#study.hydros.length;
    return {
      stages,
      // Series that bring no lags of their own begin with those of the study.
      begin: (lags) => memoryOfLags(this.#model, hydros, lags),
    };
  }

  /** Lags of the study itself, lag 1 first. */
  #initialLags(): Float64Array {
    const hydros = this.#study.hydros.length;
    const { initialLags, lagOfPlace, initial } = this.#model;
    const lags = new Float64Array(hydros * initialLags);
    lagOfPlace.forEach((lag, place) => {
      if (lag < 1 || lag > initialLags) return;
      for (let h = 0; h < hydros; h++) lags[h * initialLags + lag - 1] = initial[place * hydros + h];
    });
    return lags;
  }
}

/** Stages that lie in one lag period, such as the weeks of a month, share their noise; `null` where none do. */
function lagPeriodGroups(study: Study): readonly number[] | null {
  const periods = lagPeriodsOf(study);
  if (periods === null) return null;
  const starts = periods.own.map(({ start }) => start);
  const groups: number[] = [];
  const { stages } = study;
  starts.forEach((start, t) => {
    const shares = t > 0 && start === starts[t - 1] && stages[t].season === stages[t - 1].season;
    groups.push(shares ? groups[t - 1] : t);
  });
  return groups.every((first, t) => first === t) ? null : groups;
}

/** Most years that a warning lists. */
const LISTED = 10;

function stagesInWords(stages: readonly { readonly id: number }[]): string {
  const ids = stages.map(({ id }) => id);
  return ids.length > 5
    ? `${ids.length} stages from ${ids[0]} on`
    : `${ids.length === 1 ? 'stage' : 'stages'} ${ids.join(', ')}`;
}

/** The columns of some entities. */
function pick({ mean, std }: SeasonalModel, entities: readonly number[], of: number): SeasonalModel {
  const columns = (values: Float64Array) => {
    const stages = of === 0 ? 0 : values.length / of;
    return Float64Array.from({ length: stages * entities.length }, (_, i) => {
      const t = Math.floor(i / entities.length);
      return values[t * of + entities[i % entities.length]];
    });
  };
  return { mean: columns(mean), std: columns(std) };
}

function externalTable(
  file: string,
  study: Study,
  table: ExternalScenarios | null,
  entities: readonly number[],
  of: number,
): ExternalTable {
  const values = study.stages.map((_, t) => {
    if (table === null) return new Float64Array(0);
    const scenarios = new Float64Array(table.scenarios * entities.length);
    for (let n = 0; n < table.scenarios; n++) {
      entities.forEach((e, i) => {
        scenarios[n * entities.length + i] = table.values[(t * table.scenarios + n) * of + e];
      });
    }
    return scenarios;
  });
  return { file, entities: entities.length, values };
}
