/** Least squares by orthogonalisation (modified Gram-Schmidt): nothing that the code under test uses. */
export interface Regression {
  readonly beta: readonly number[];
  /** Standard errors of beta. */
  readonly errors: readonly number[];
  readonly residuals: readonly number[];
}

export function regress(columns: readonly (readonly number[])[], y: readonly number[]): Regression {
  const p = columns.length;
  const q = columns.map((column) => [...column]);
  const r = columns.map(() => new Array<number>(p).fill(0));
  const rest = [...y];
  const z: number[] = [];
  for (let k = 0; k < p; k += 1) {
    r[k][k] = Math.sqrt(dot(q[k], q[k]));
    q[k] = q[k].map((value) => value / r[k][k]);
    for (let j = k + 1; j < p; j += 1) {
      r[k][j] = dot(q[k], q[j]);
      q[j] = q[j].map((value, i) => value - r[k][j] * q[k][i]);
    }
    const zk = dot(q[k], rest);
    z.push(zk);
    rest.forEach((value, i) => {
      rest[i] = value - zk * q[k][i];
    });
  }
  const variance = dot(rest, rest) / (y.length - p);
  const inverse = invertUpper(r);
  const beta = inverse.map((row) => dot(row, z));
  const errors = inverse.map((row) => Math.sqrt(variance * dot(row, row)));
  return { beta, errors, residuals: rest };
}

/** Columns (constant, then each of `series` at `t - lag`) and left side for the steps t of a season. */
export function design(
  target: ArrayLike<number>,
  season: number,
  seasons: number,
  regressors: readonly { readonly of: ArrayLike<number>; readonly lag: number }[],
  from: number,
): { columns: number[][]; y: number[]; steps: number[] } {
  const steps: number[] = [];
  for (let t = season; t < target.length; t += seasons) if (t >= from) steps.push(t);
  return {
    columns: [steps.map(() => 1), ...regressors.map(({ of, lag }) => steps.map((t) => of[t - lag]))],
    y: steps.map((t) => target[t]),
    steps,
  };
}

export function sampleCorrelation(x: readonly number[], y: readonly number[]): number {
  const mx = x.reduce((a, b) => a + b, 0) / x.length;
  const my = y.reduce((a, b) => a + b, 0) / y.length;
  const dx = x.map((value) => value - mx);
  const dy = y.map((value) => value - my);
  return dot(dx, dy) / Math.sqrt(dot(dx, dx) * dot(dy, dy));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function invertUpper(r: readonly (readonly number[])[]): number[][] {
  const n = r.length;
  const inverse = r.map(() => new Array<number>(n).fill(0));
  for (let j = 0; j < n; j += 1) {
    inverse[j][j] = 1 / r[j][j];
    for (let i = j - 1; i >= 0; i -= 1) {
      let sum = 0;
      for (let k = i + 1; k <= j; k += 1) sum += r[i][k] * inverse[k][j];
      inverse[i][j] = -sum / r[i][i];
    }
  }
  return inverse;
}
