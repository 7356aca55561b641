import { scaleOf } from './robust.ts';
import { day } from './series.ts';

/**
 * What the hour and the season let expect: a regression on waves of the day and, where the history has most of a year,
 * of the year, else on a straight line; each changes the day's first wave too.
 */
export interface SeasonalCurve {
  readonly shape: 'year' | 'season';
  /** The history's ends, milliseconds: what the straight line is measured by. */
  readonly from: number;
  readonly until: number;
  readonly coefficients: readonly number[];
}

const wholeYear = 300 * day;
const year = 365.2425 * day;
/** Waves of the day: 24, 12 and 8 hours. */
const waves = 3;
const rounds = 8;
/** Huber's constant: 95 % as good as least squares on normal values. */
const huber = 1.345;

/** The regressors at a time, written into `row`. */
function regressors(curve: Omit<SeasonalCurve, 'coefficients'>, at: number, row: Float64Array): void {
  const turn = (2 * Math.PI * at) / day;
  row[0] = 1;
  for (let wave = 1; wave <= waves; wave += 1) {
    row[2 * wave - 1] = Math.cos(wave * turn);
    row[2 * wave] = Math.sin(wave * turn);
  }
  let next = 2 * waves + 1;
  const along: number[] = [];
  if (curve.shape === 'year') {
    const season = (2 * Math.PI * at) / year;
    along.push(Math.cos(season), Math.sin(season));
    row[next] = Math.cos(2 * season);
    row[next + 1] = Math.sin(2 * season);
    next += 2;
  } else {
    // A line is not drawn far beyond what it was drawn through.
    along.push(Math.min(1.05, (at - curve.from) / Math.max(day, curve.until - curve.from)) - 0.5);
  }
  for (const slope of along) {
    row[next] = slope;
    row[next + 1] = slope * (row[1] as number);
    row[next + 2] = slope * (row[2] as number);
    next += 3;
  }
}

const sizes = { season: 2 * waves + 1 + 3, year: 2 * waves + 1 + 2 + 6 } as const;

/**
 * Fits the curve by Huber's M-estimate (iteratively reweighted least squares), so that what was wrong in the history
 * does not bend it. Times in milliseconds, growing.
 */
export function fitCurve(
  times: Float64Array,
  measures: Float64Array,
  regular: boolean,
  grain: number,
): SeasonalCurve {
  const from = times[0] ?? 0;
  const until = times.at(-1) ?? 0;
  const shape = until - from >= wholeYear ? 'year' : 'season';
  const size = sizes[shape];
  const count = times.length;
  const rows = new Float64Array(count * size);
  for (let index = 0; index < count; index += 1) {
    const row = rows.subarray(index * size, (index + 1) * size);
    regressors({ shape, from, until }, times[index] as number, row);
  }
  const weights = new Float64Array(count).fill(1);
  const residuals = new Float64Array(count);
  let coefficients = new Float64Array(size);
  for (let round = 0; round < rounds; round += 1) {
    coefficients = leastSquares(rows, measures, weights, size);
    let moved = 0;
    for (let index = 0; index < count; index += 1) {
      let expected = 0;
      for (let column = 0; column < size; column += 1) {
        expected += (rows[index * size + column] as number) * (coefficients[column] as number);
      }
      residuals[index] = (measures[index] as number) - expected;
    }
    const scale = scaleOf(residuals, regular, grain);
    for (let index = 0; index < count; index += 1) {
      const size = Math.abs(residuals[index] as number) / scale;
      const weight = size <= huber ? 1 : huber / size;
      moved = Math.max(moved, Math.abs(weight - (weights[index] as number)));
      weights[index] = weight;
    }
    if (moved < 0.01) break;
  }
  return { shape, from, until, coefficients: Array.from(coefficients) };
}

/** The curve's value at a time, on the field's even scale. */
export function curveAt(curve: SeasonalCurve, at: number): number {
  const row = new Float64Array(curve.coefficients.length);
  regressors(curve, at, row);
  return curve.coefficients.reduce((sum, one, index) => sum + one * (row[index] as number), 0);
}

/** Weighted least squares with a slight ridge (Cholesky): a history of few hours still has an answer. */
function leastSquares(
  rows: Float64Array,
  measures: Float64Array,
  weights: Float64Array,
  size: number,
): Float64Array<ArrayBuffer> {
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let index = 0; index < measures.length; index += 1) {
    const weight = weights[index] as number;
    for (let one = 0; one < size; one += 1) {
      const weighted = weight * (rows[index * size + one] as number);
      right[one] = (right[one] as number) + weighted * (measures[index] as number);
      for (let other = 0; other <= one; other += 1) {
        const place = one * size + other;
        normal[place] = (normal[place] as number) + weighted * (rows[index * size + other] as number);
      }
    }
  }
  for (let one = 0; one < size; one += 1) {
    const place = one * size + one;
    // The mean itself is not drawn to zero.
    normal[place] = (normal[place] as number) + (one === 0 ? 1e-9 : 0.5);
  }
  for (let one = 0; one < size; one += 1) {
    for (let other = 0; other <= one; other += 1) {
      let sum = normal[one * size + other] as number;
      for (let before = 0; before < other; before += 1) {
        sum -= (normal[one * size + before] as number) * (normal[other * size + before] as number);
      }
      normal[one * size + other] =
        one === other ? Math.sqrt(Math.max(1e-12, sum)) : sum / (normal[other * size + other] as number);
    }
  }
  const solved = new Float64Array(size);
  for (let one = 0; one < size; one += 1) {
    let sum = right[one] as number;
    for (let before = 0; before < one; before += 1) {
      sum -= (normal[one * size + before] as number) * (solved[before] as number);
    }
    solved[one] = sum / (normal[one * size + one] as number);
  }
  for (let one = size - 1; one >= 0; one -= 1) {
    let sum = solved[one] as number;
    for (let after = one + 1; after < size; after += 1) {
      sum -= (normal[after * size + one] as number) * (solved[after] as number);
    }
    solved[one] = sum / (normal[one * size + one] as number);
  }
  return solved;
}
