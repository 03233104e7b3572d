import { slotOf } from '../../case/season-calendar.js';
import { contributions, hasNegative } from './contribution.js';
import type { SeasonalSeries } from './inflow-history.js';
import { orderByConditionalPacf, orderByCriterion, orderByPacf, SIGNIFICANCE } from './order-selection.js';
import { type AnnualCorrelation, annualCorrelation, periodicCorrelation } from './periodic-correlation.js';
import { annualSeries, momentsBySeason, type SeasonalStatistics, seasonalStatistics } from './seasonal-statistics.js';
import { conditionalPacf, fitYuleWalker, periodicPacf } from './yule-walker.js';

/** How the order of a season is chosen; `pacf_annual` fits a PAR(p)-A. config.json knows the first two. */
export type OrderSelection = 'pacf' | 'pacf_annual' | 'aic' | 'bic';

export interface FitOptions {
  readonly maxOrder: number;
  readonly orderSelection: OrderSelection;
  /** A season with a larger coefficient gets order 0; `null` sets no bound. */
  readonly maxCoefficientMagnitude: number | null;
  /** Quantile of the significance test, 1.96 by default. */
  readonly significance?: number;
}

/** The model of one season, standardised. */
export interface SeasonFit {
  /** Coefficient of lag l + 1 at l; its length is the order. */
  readonly coefficients: Float64Array;
  /** Standard deviation of the noise over that of the season, in (0, 1]; 1 where the lags leave no variance at all. */
  readonly residualStdRatio: number;
  /** PAR(p)-A: coefficient of the annual mean that ends in the season before, and that mean's own moments [m3/s]. */
  readonly annual: { readonly coefficient: number; readonly mean: number; readonly std: number } | null;
}

/** Why a season has a lower order than the selection gave it. */
interface OrderReduction {
  readonly season: number;
  readonly from: number;
  readonly to: number;
  readonly reason: 'magnitude_bound' | 'phi1_negative' | 'negative_contribution';
  /** The contributions that gave the reason, if they did. */
  readonly contributions: readonly number[];
}

/** The models of all seasons of a series. `annual` is the series of annual means in a PAR(p)-A. */
export interface SeriesFit {
  readonly statistics: ReturnType<typeof seasonalStatistics>;
  readonly fits: readonly SeasonFit[];
  readonly reductions: readonly OrderReduction[];
  readonly annual: SeasonalSeries | null;
}

/**
 * Fits a PAR(p), or PAR(p)-A, to a series: correlations, order and Yule-Walker solution of each season, then the
 * reduction of orders. A season gets order 0 if its first coefficient is negative or one is too large. While some
 * contribution is negative, the ceiling on the order of each season concerned goes down by one, and its order and
 * coefficients are found anew below it. The reduced seasons change what passes through them, so all are looked at again
 * until none is left. (Maceira and Damazio 2006.)
 */
export function fitSeasons(series: SeasonalSeries, options: FitOptions): SeriesFit {
  const { seasons } = series;
  const statistics = seasonalStatistics(series);
  const annual = options.orderSelection === 'pacf_annual' ? annualSeries(series) : null;
  const fitter = new SeasonFitter(series, statistics, annual, options);
  const reductions: OrderReduction[] = [];
  const ceilings = new Array<number>(seasons).fill(options.maxOrder);
  const fits: SeasonFit[] = [];
  for (let season = 0; season < seasons; season += 1) fits.push(fitBelow(season));
  for (;;) {
    const coefficients = fits.map((fit) => fit.coefficients);
    const negative = fits.map((fit, season) =>
      contributions(season, fit.coefficients.length, coefficients, statistics.std),
    );
    const failing = [...Array(seasons).keys()].filter((season) => hasNegative(negative[season]));
    if (failing.length === 0) return { statistics, fits, reductions, annual };
    for (const season of failing) {
      const from = fits[season].coefficients.length;
      ceilings[season] -= 1;
      fits[season] = fitBelow(season, from, negative[season]);
    }
  }

  /** The fit below the season's ceiling; notes down what order it loses against `from`. */
  function fitBelow(season: number, from?: number, because: readonly number[] = []): SeasonFit {
    let fit = fitter.fit(season, ceilings[season]);
    const order = fit.coefficients.length;
    if (from !== undefined && order < from) {
      reductions.push({ season, from, to: order, reason: 'negative_contribution', contributions: because });
    }
    const reason = refusal(fit.coefficients, options.maxCoefficientMagnitude);
    if (reason !== null) {
      fit = fitter.fit(season, 0);
      ceilings[season] = 0;
      reductions.push({ season, from: order, to: 0, reason, contributions: [] });
    }
    return fit;
  }
}

function refusal(coefficients: Float64Array, bound: number | null): 'magnitude_bound' | 'phi1_negative' | null {
  if (bound !== null && coefficients.some((value) => Math.abs(value) > bound)) return 'magnitude_bound';
  return coefficients[0] < 0 ? 'phi1_negative' : null;
}

/** Selects and solves single seasons. */
class SeasonFitter {
  readonly #statistics: SeasonalStatistics;
  readonly #correlation: ReturnType<typeof periodicCorrelation>;
  readonly #annualStatistics: SeasonalStatistics | null;
  readonly #annualCorrelation: AnnualCorrelation | null;
  readonly #options: FitOptions;

  constructor(
    series: SeasonalSeries,
    statistics: SeasonalStatistics,
    annual: SeasonalSeries | null,
    options: FitOptions,
  ) {
    this.#statistics = statistics;
    this.#correlation = periodicCorrelation(series, statistics, options.maxOrder);
    this.#annualStatistics = annual && momentsBySeason(annual);
    this.#annualCorrelation =
      annual && annualCorrelation(annual, momentsBySeason(annual), series, statistics, Math.max(1, options.maxOrder));
    this.#options = options;
  }

  fit(season: number, ceiling: number): SeasonFit {
    const annual = this.#annualOf(season);
    // Nothing to explain, or nothing to explain it with.
    const hopeless =
      this.#statistics.count[season] < 2 ||
      this.#statistics.std[season] === 0 ||
      (this.#annualStatistics !== null && annual === null);
    if (hopeless) return { coefficients: new Float64Array(), residualStdRatio: 1, annual };
    const order = this.#order(season, ceiling);
    const fit = fitYuleWalker(this.#correlation, this.#annualCorrelation, season, order);
    if (fit === null) return { coefficients: new Float64Array(), residualStdRatio: 1, annual };
    return {
      coefficients: fit.coefficients,
      residualStdRatio: fit.variance > 0 ? Math.min(1, Math.max(Number.EPSILON, Math.sqrt(fit.variance))) : 1,
      annual: annual && { ...annual, coefficient: fit.annual ?? 0 },
    };
  }

  /** Moments of the annual mean that ends in the season before; `null` where it is not known or does not vary. */
  #annualOf(season: number): SeasonFit['annual'] {
    if (this.#annualStatistics === null) return null;
    const { mean, std } = this.#annualStatistics;
    const previous = slotOf(season - 1, this.#statistics.seasons);
    return std[previous] > 0 ? { coefficient: 0, mean: mean[previous], std: std[previous] } : null;
  }

  #order(season: number, ceiling: number): number {
    const observations = this.#statistics.count[season];
    const z = this.#options.significance ?? SIGNIFICANCE;
    const { orderSelection } = this.#options;
    if (this.#annualCorrelation !== null) {
      const pacf = conditionalPacf(this.#correlation, this.#annualCorrelation, season, ceiling);
      return orderByConditionalPacf(pacf, observations, z);
    }
    if (orderSelection === 'aic' || orderSelection === 'bic') {
      const variances: number[] = [];
      for (let order = 1; order <= ceiling; order += 1) {
        const fit = fitYuleWalker(this.#correlation, null, season, order);
        if (fit === null) break;
        variances.push(fit.variance);
      }
      return orderByCriterion(variances, observations, orderSelection);
    }
    return orderByPacf(periodicPacf(this.#correlation, season, ceiling), observations, z);
  }
}
