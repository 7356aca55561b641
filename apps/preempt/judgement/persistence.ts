import { scaleOf } from './robust.ts';
import { hour } from './series.ts';

/**
 * How what deviates from the season goes on: an autoregression of the second order in continuous time, so that gaps of
 * five minutes and of five hours are the same model. A deviation fades over `fadeHours`, its trend over `trendHours`;
 * `noise` is the part of each value that the next one does not know of.
 * Sources: R. H. Jones (1981), "Fitting a continuous time autoregression to discrete data"; Brockwell (2001),
 * "Continuous-time ARMA processes".
 */
export interface Persistence {
  readonly fadeHours: number;
  readonly trendHours: number;
  /** Standard deviation of the noise, as a share of the deviation's own. */
  readonly noise: number;
  /** Standard deviation of the deviation, on the field's even scale. */
  readonly scale: number;
}

/** Surprises beyond so many standard deviations teach the filter no more than this many. */
const learnAtMost = 3;

/** A running forecast of the deviation from the season. */
export interface Forecast {
  /** What the next deviation should be at a time, and the standard deviation of that. */
  readonly expect: (at: number) => { readonly mean: number; readonly deviation: number };
  /** Takes what it was. Times have to grow. */
  readonly take: (at: number, deviation: number) => void;
}

/** A Kalman filter of the two states, whose updates are bounded so that one wrong value does not lead it astray. */
export function startForecast({ fadeHours, trendHours, noise, scale }: Persistence): Forecast {
  const fade = 1 / fadeHours;
  // Two equal rates would divide by zero.
  const trend = 1 / Math.min(trendHours, fadeHours * 0.95);
  const [restVariance, restShared, restTrend] = [1, fade, fade * (fade + trend)];
  let last = Number.NaN;
  let [level, slope] = [0, 0];
  let [variance, shared, trendVariance] = [restVariance, restShared, restTrend];
  let expectedAt = Number.NaN;

  const advance = (at: number) => {
    if (at === expectedAt) return;
    expectedAt = at;
    if (Number.isNaN(last)) return;
    const hours = (at - last) / hour;
    const fades = Math.exp(-fade * hours);
    const trends = Math.exp(-trend * hours);
    const carries = (fades - trends) / (trend - fade);
    level = fades * level + carries * slope;
    slope = trends * slope;
    // What is not known approaches what is never known.
    const [v, s, t] = [variance - restVariance, shared - restShared, trendVariance - restTrend];
    variance = restVariance + fades * fades * v + 2 * fades * carries * s + carries * carries * t;
    shared = restShared + trends * (fades * s + carries * t);
    trendVariance = restTrend + trends * trends * t;
    last = at;
  };
  return {
    expect(at) {
      advance(at);
      return { mean: level * scale, deviation: scale * Math.sqrt(Math.max(1e-9, variance) + noise * noise) };
    },
    take(at, deviation) {
      advance(at);
      last = at;
      const total = Math.max(1e-9, variance) + noise * noise;
      const surprise = deviation / scale - level;
      const most = learnAtMost * Math.sqrt(total);
      const learned = Math.min(most, Math.max(-most, surprise));
      const [gain, slopeGain] = [variance / total, shared / total];
      level += gain * learned;
      slope += slopeGain * learned;
      trendVariance -= slopeGain * shared;
      shared -= gain * shared;
      variance -= gain * variance;
    },
  };
}

const choices = {
  fadeHours: [6, 12, 24, 48, 96, 192],
  trendHours: [0.05, 0.5, 1.5, 3, 6],
  noise: [0.05, 0.1, 0.2, 0.4, 0.8],
} as const;
type Name = keyof typeof choices;
/** Samples that the search looks at. */
const searched = 700;

/** Where the search begins, and what is taken where it is not made. */
export const usualPersistence = { fadeHours: 48, trendHours: 1.5, noise: 0.1 } as const;

/**
 * Finds the persistence under which the series surprises least: the likelihood of Student's t with 4 degrees of freedom,
 * which fronts and faults do not rule, over a grid, one dimension at a time.
 * @param how to search, to take the usual times, or times that were found before; the scale is fitted always.
 */
export function fitPersistence(
  times: Float64Array,
  deviations: Float64Array,
  regular: boolean,
  grain: number,
  how: 'search' | 'usual' | Persistence,
): Persistence {
  const start = scaleOf(deviations, regular, grain);
  // The newest say most, and two months of them say enough.
  const [newest, their] = [times.subarray(-searched), deviations.subarray(-searched)];
  const tried = new Map<string, { loss: number; scale: number }>();
  const tryOut = (at: Record<Name, number>) => {
    const key = Object.values(at).join();
    const known = tried.get(key) ?? lossOf(newest, their, { ...at, scale: start }, regular, grain);
    tried.set(key, known);
    return known;
  };
  const known = typeof how === 'object' ? how : usualPersistence;
  let best: Record<Name, number> = {
    fadeHours: known.fadeHours,
    trendHours: known.trendHours,
    noise: known.noise,
  };
  for (let round = 0; how === 'search' && round < 2; round += 1) {
    const before = best;
    for (const name of ['noise', 'fadeHours', 'trendHours'] as const) {
      for (const value of choices[name]) {
        const next = { ...best, [name]: value };
        if (next.trendHours < next.fadeHours && tryOut(next).loss < tryOut(best).loss - 1e-6) best = next;
      }
    }
    if (before === best) break;
  }
  return {
    fadeHours: best.fadeHours,
    trendHours: best.trendHours,
    noise: best.noise,
    scale: tryOut(best).scale,
  };
}

function lossOf(
  times: Float64Array,
  deviations: Float64Array,
  persistence: Persistence,
  regular: boolean,
  grain: number,
): { loss: number; scale: number } {
  const forecast = startForecast(persistence);
  const surprises = new Float64Array(times.length);
  let logs = 0;
  for (let index = 0; index < times.length; index += 1) {
    const at = times[index] as number;
    const deviation = deviations[index] as number;
    const expected = forecast.expect(at);
    surprises[index] = (deviation - expected.mean) / expected.deviation;
    logs += Math.log(expected.deviation);
    forecast.take(at, deviation);
  }
  const spread = scaleOf(surprises, regular, 1e-3);
  let loss = logs / times.length + Math.log(spread);
  for (const surprise of surprises) {
    loss += (2.5 * Math.log1p((surprise / spread) ** 2 / 4)) / times.length;
  }
  return { loss, scale: Math.max(grain, persistence.scale * spread) };
}
