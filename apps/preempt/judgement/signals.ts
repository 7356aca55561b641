import { partOf, usualAt } from './climate.ts';
import type { Field } from './fields.ts';
import { startForecast } from './persistence.ts';
import { curveAt } from './seasonal-curve.ts';
import { hour, type Observation } from './series.ts';
import type { SeriesModel } from './series-model.ts';

/**
 * What may be wrong with a value: it jumped from where the last hours led, the one before it had leapt away and is left
 * again, it is unusual for the hour and the season, the last two days lie off, the last hours leap about, or it has not
 * moved.
 */
export const signalNames = ['jump', 'spike', 'unusual', 'level', 'burst', 'stuck'] as const;
export type Signal = (typeof signalNames)[number];
export type Signals = Readonly<Record<Signal, number>>;

/** A value beside what was expected of it. All but `value` on the field's even scale. */
export interface Reading {
  readonly at: number;
  readonly value: number;
  /** No weather gives this value: nothing else is said of it, and nothing is learned from it. */
  readonly impossible: boolean;
  readonly signals: Signals;
  /** By the last hours and the season, with the standard deviation of that. */
  readonly expected: number;
  readonly deviation: number;
  /** By the hour and the season alone. */
  readonly usual: number;
  readonly usualDeviation: number;
  /** Milliseconds for which it has been the same. */
  readonly unmovedFor: number;
  /** The value before, and what was expected of it: what a spike is about. */
  readonly leapt?: { readonly at: number; readonly value: number; readonly expected: number };
  /** How far the last two days lie off, in spreads of the series, with its sign. */
  readonly levelAway: number;
}

const none: Signals = { jump: 0, spike: 0, unusual: 0, level: 0, burst: 0, stuck: 0 };
const levelWindow = 48 * hour;
const burstWindow = 18 * hour;
/** A leap that is left again later than this was weather. */
const leftWithin = 6 * hour;
/** The outliers among many are another signal's. */
const levelBound = 4;
const burstBound = 25;

/** Reads a series in the order of time; each reading knows only what came before it. */
export function startReading(field: Field, model: SeriesModel): (observation: Observation) => Reading {
  const forecast = startForecast(model.persistence);
  const fading = model.persistence.fadeHours * hour;
  const level = startWindow(levelWindow);
  const burst = startWindow(burstWindow);
  let before:
    | { at: number; value: number; expected: number; leap: number; mean: number; deviation: number }
    | undefined;
  const run = { value: Number.NaN, since: 0, counted: 0, steps: 0 };

  return ({ at, value }) => {
    const part = partOf(at);
    const { median: usual, deviation: usualDeviation } = usualAt(model.climate, at);
    const baseline = model.curve === undefined ? usual : curveAt(model.curve, at);
    const { mean, deviation: step } = forecast.expect(at);
    const deviation = Math.max(field.grain, step * (model.partScales[part] as number));
    const reading = { at, value, expected: baseline + mean, deviation, usual, usualDeviation };
    if (!Number.isFinite(value) || value < field.least || value > field.most) {
      return { ...reading, impossible: true, signals: none, unmovedFor: 0, levelAway: 0 };
    }
    const measure = field.spread(value);
    const away = measure - baseline;
    forecast.take(at, away);

    const surprise = (measure - reading.expected) / deviation;
    const jump = field.onlyAbove ? Math.max(0, surprise) : Math.abs(surprise);
    // What it would have been expected to be without the value before.
    const back = before === undefined ? 0 : away - before.mean * Math.exp(-(at - before.at) / fading);
    const spike =
      before === undefined || at - before.at > leftWithin || (field.onlyAbove && before.leap < 0)
        ? 0
        : Math.max(0, Math.abs(before.leap) - Math.abs(back)) / before.deviation;
    const leapt = before;
    before = { at, value, expected: reading.expected, leap: measure - reading.expected, mean, deviation };
    const offset = (measure - usual) / usualDeviation;
    const unusual = field.onlyAbove ? Math.max(0, offset) : Math.abs(offset);
    const scaled = away / model.spread;
    const lately = level.add(at, Math.min(levelBound, Math.max(-levelBound, scaled)));
    const levelAway =
      lately.count < 8 || lately.span < levelWindow / 2
        ? 0
        : Math.abs(lately.mean - model.level.centre) / model.level.scale;
    const leaps = burst.add(at, Math.min(burstBound, surprise * surprise));
    const leaping = leaps.count < 5 ? 0 : Math.sqrt(leaps.mean);

    if (value !== run.value) Object.assign(run, { value, since: at, counted: at, steps: 0 });
    // Values of the same hour are one look: how often somebody looks says nothing of the weather.
    else if (at - run.counted > 0.9 * hour) Object.assign(run, { counted: at, steps: run.steps + 1 });
    const repeats = field.resting.includes(value) ? model.repeats.resting : model.repeats.moving;
    const stuck = run.steps < 2 ? 0 : -run.steps * Math.log(repeats);
    return {
      ...reading,
      impossible: false,
      signals: { jump, spike, unusual, level: levelAway, burst: leaping, stuck },
      unmovedFor: at - run.since,
      ...(spike > 0 && leapt !== undefined ? { leapt } : {}),
      levelAway: lately.mean,
    };
  };
}

/** The mean of what was added within a time. */
function startWindow(length: number) {
  const items: { at: number; number: number }[] = [];
  let sum = 0;
  return {
    add(at: number, number: number) {
      items.push({ at, number });
      sum += number;
      while (items[0] !== undefined && at - items[0].at > length) sum -= items.shift()?.number ?? 0;
      return { count: items.length, mean: sum / items.length, span: at - (items[0]?.at ?? at) };
    },
  };
}
