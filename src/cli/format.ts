/** Numbers as a person reads them. All costs are dollars; every function is independent of the locale. */

const SUFFIXES = ['', ' k', ' M', ' B', ' T'] as const;
const SIGNIFICANT_DIGITS = 4;

/** Whole number with thousands grouped: `12,345`. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : '-';
}

/** `1 stage`, `12 stages`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : many}`;
}

/** Cost at four significant digits with a suffix: `$ 3.062 M`. `-` for what is not a number. */
export function formatCost(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '-';
  let scaled = Math.abs(value);
  let suffix = 0;
  let digits = scaled.toPrecision(SIGNIFICANT_DIGITS);
  // Rounding may carry into the next suffix (999,960 is 1.000 M), so compare what would be shown.
  while (Number(digits) >= 1000 && suffix < SUFFIXES.length - 1) {
    scaled /= 1000;
    suffix += 1;
    digits = scaled.toPrecision(SIGNIFICANT_DIGITS);
  }
  const plain = suffix === 0 || digits.includes('e') ? formatExact(scaled) : digits;
  return `$ ${value < 0 ? '-' : ''}${plain}${SUFFIXES[suffix]}`;
}

/** Cost to the cent, grouped: `3,062,123.45`. */
export function formatExact(value: number): string {
  return Number.isFinite(value)
    ? value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    : '-';
}

/** A fraction as percent at two decimals: `0.62 %`. */
export function formatPercent(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return '-';
  return `${(100 * fraction).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} %`;
}

/** Half of the last digit of a percentage: a smaller share shows as 0.00 %. */
const INVISIBLE_SHARE = 0.5e-4;

/** A gap as percent. A negative one is an accident of the sample and no gap at all: `-`. */
export function formatGap(gap: number | null): string {
  if (gap === null || gap <= -INVISIBLE_SHARE) return '-';
  return formatPercent(Math.max(0, gap));
}

/** `340 ms`, `3.2 s`, `2 min 05 s`, `3 h 07 min`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '-';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `0:03`, `12:05`, `3:07:00`: short and of steady width, for a line that is redrawn. */
export function formatClock(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '-';
  const seconds = Math.round(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
