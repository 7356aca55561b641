import type { Field } from './fields.ts';
import type { Observation } from './series.ts';
import type { SeriesModel } from './series-model.ts';
import { type Reading, type Signal, signalNames, startReading } from './signals.ts';

/** All that a series is judged by. */
export interface Judge {
  readonly field: Field;
  readonly model: SeriesModel;
  /** Where each signal becomes an alert. */
  readonly limits: Readonly<Record<Signal, number>>;
  /** Scores at which an event begins and ends. */
  readonly raiseAt: number;
  readonly clearAt: number;
}

/** How far a value is from what is usual: `raiseAt` where the strongest signal reaches its limit. */
export interface Verdict {
  readonly reading: Reading;
  readonly score: number;
  /** What is wrong most. */
  readonly signal: Signal | 'impossible';
  /** Below and above which a value would have raised an alert by itself, as measured. */
  readonly lower: number;
  readonly upper: number;
}

/** An impossible value's score, in thresholds: above every severity. */
const impossibleScore = 5;
/** No score is higher: beyond, figures say nothing. */
const mostScore = 1000;

/** Judges observations in the order of time. */
export function judgeAll(judge: Judge, observations: Iterable<Observation>): Verdict[] {
  const { field, limits, raiseAt } = judge;
  const bound = (measure: number) => Math.min(field.most, Math.max(field.least, field.unspread(measure)));
  return Array.from(observations, startReading(field, judge.model)).map((reading) => {
    const room = limits.jump * reading.deviation;
    const lower = field.onlyAbove ? field.least : bound(reading.expected - room);
    const upper = bound(reading.expected + room);
    if (reading.impossible) {
      return { reading, score: impossibleScore * raiseAt, signal: 'impossible', lower, upper };
    }
    let strongest: Signal = 'jump';
    let share = 0;
    for (const name of signalNames) {
      const own = reading.signals[name] / limits[name];
      if (own > share) [strongest, share] = [name, own];
    }
    return { reading, score: Math.min(mostScore, raiseAt * share), signal: strongest, lower, upper };
  });
}
