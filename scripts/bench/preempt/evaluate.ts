import {
  alarmsPerMonth,
  day,
  fieldOf,
  hour,
  type Limits,
  limitsOf,
  peaksOf,
  readAll,
  thin,
  usualLimits,
} from '../../../apps/preempt/judgement/index.ts';
import { trainSeries } from '../../../apps/preempt/trainer/train-series.ts';
import { type FaultKind, faultKinds, putFault } from '../../../trial/seasons/faults.ts';
import { randomOf } from '../../../trial/seasons/random.ts';
import { type Fitted, modelScorer, type Scorer, zScorer } from './methods.ts';
import { alertsOf, limitFor } from './rate.ts';

export const ways = ['model', 'statistics', 'z'] as const;
export type Way = (typeof ways)[number];
export const month = 30 * day;

/** A series as the trained model and the statistics alone see it. */
export interface Subject {
  readonly model: Fitted;
  readonly statistics: Fitted;
}

/** What decides when a field's alerts are raised. */
interface FieldLimits {
  readonly limits: Readonly<Record<'model' | 'statistics', Limits>>;
  /** What a score has to reach. */
  readonly raise: Readonly<Record<Way, number>>;
}
export type AllLimits = ReadonlyMap<string, FieldLimits>;

/** What was found of a fault. */
export interface Trial {
  readonly place: string;
  readonly field: string;
  readonly kind: FaultKind;
  readonly found: Readonly<Record<Way, boolean>>;
}

export interface Result {
  readonly trials: readonly Trial[];
  /** Alerts on clean time that was held out, and how many location-months that was. */
  readonly alarms: Readonly<Record<Way, number>>;
  readonly months: number;
}

const seriesOf = ({ model }: Subject) => model.series;
const spanOf = (subjects: readonly Subject[]) =>
  subjects.reduce((sum, subject) => {
    const { later } = seriesOf(subject);
    return sum + ((later.at(-1)?.at ?? 0) - (later[0]?.at ?? 0)) / month;
  }, 0);

/**
 * Sets the limits of every way, a field, to its share of the alarms on the clean time of some places. Those of the
 * signals come from every other place, and what a score has to reach from the rest: else it would be too low for both.
 */
export function calibrate(subjects: readonly Subject[]): AllLimits {
  const byField = Map.groupBy(subjects, (subject) => seriesOf(subject).field);
  const fields = byField.size;
  return new Map(
    [...byField].map(([field, own]) => {
      const [some, others] = [0, 1].map((half) => own.filter((_, index) => index % 2 === half)) as [
        Subject[],
        Subject[],
      ];
      const wanted = (alarmsPerMonth / fields) * spanOf(others);
      const limitsBy = (way: 'model' | 'statistics') =>
        limitsOf(
          some.map((subject) => peaksOn(field, subject[way])),
          fields,
          usualLimits(field),
        );
      const limits = { model: limitsBy('model'), statistics: limitsBy('statistics') };
      const raiseOf = (scorer: (subject: Subject) => Scorer) =>
        limitFor(
          others.map((subject) => scorer(subject)(seriesOf(subject).later)),
          wanted,
        );
      const raise = {
        model: raiseOf(({ model }) => modelScorer(model, limits.model)),
        statistics: raiseOf(({ statistics }) => modelScorer(statistics, limits.statistics)),
        z: raiseOf((subject) => zScorer(seriesOf(subject))),
      };
      return [field, { limits, raise }];
    }),
  );
}

function peaksOn(field: string, { series, model }: Fitted) {
  const before = series.history.filter(({ at }) => at > model.until - 7 * day);
  const first = series.later[0]?.at ?? 0;
  const readings = readAll(fieldOf(field), model, [...before, ...series.later]);
  return peaksOf(
    readings.filter(({ at }) => at >= first),
    model.tails,
  );
}

/**
 * The same limits, all of a way's by one factor, under which each way gives the wanted rate of alarms on the clean time
 * of these very places: so that ways are compared at one rate. A factor a way is all that it learns there.
 */
export function atOneRate(subjects: readonly Subject[], all: AllLimits): AllLimits {
  const factor = perWay((way) =>
    limitFor(
      subjects.map((subject) => {
        const limits = all.get(seriesOf(subject).field) as FieldLimits;
        const scored = scorersOf(subject, limits)[way](seriesOf(subject).later);
        return scored.map(({ at, score }) => ({ at, score: score / limits.raise[way] }));
      }),
      alarmsPerMonth * monthsOf(subjects),
    ),
  );
  return new Map(
    [...all].map(([field, { limits, raise }]) => [
      field,
      { limits, raise: perWay((way) => raise[way] * factor[way]) },
    ]),
  );
}

/** Puts a fault of each kind into each series, each alone, and looks who finds it. */
export function lookFor(subjects: readonly Subject[], all: AllLimits): Result {
  const alarms = { model: 0, statistics: 0, z: 0 };
  const trials: Trial[] = [];
  for (const subject of subjects) {
    const series = seriesOf(subject);
    const limits = all.get(series.field) as FieldLimits;
    const { raise } = limits;
    const scorers = scorersOf(subject, limits);
    const clean = perWay((way) => alertsOf(scorers[way](series.later), raise[way]));
    for (const way of ways) alarms[way] += clean[way].length;
    const first = series.later[0]?.at ?? 0;
    const room = (series.later.at(-1)?.at ?? first) - first - 9 * day;
    for (const kind of faultKinds) {
      const random = randomOf('fault', series.place, series.field, kind);
      const begin = first + 2 * day + random.uniform() * room;
      const fault = putFault(kind, series.later, begin, series.sensor, random);
      const near = fault.observations.filter(
        ({ at }) => at > fault.startedAt - 7 * day && at < fault.endedAt + day,
      );
      // What would have been raised anyway is no find. The next look after a fault may be what shows it.
      const isFound = (way: Way) =>
        alertsOf(scorers[way](near), raise[way]).some(
          (at) => at >= fault.startedAt && at <= fault.endedAt + 3 * hour && !clean[way].includes(at),
        );
      trials.push({ place: series.place, field: series.field, kind, found: perWay(isFound) });
    }
  }
  return { trials, alarms, months: monthsOf(subjects) };
}

/** Location-months of the time that was held out. */
function monthsOf(subjects: readonly Subject[]): number {
  return spanOf(subjects) / new Set(subjects.map((subject) => seriesOf(subject).field)).size;
}

function scorersOf(subject: Subject, { limits }: FieldLimits): Record<Way, Scorer> {
  return {
    model: modelScorer(subject.model, limits.model),
    statistics: modelScorer(subject.statistics, limits.statistics),
    z: zScorer(seriesOf(subject)),
  };
}

function perWay<Value>(of: (way: Way) => Value): Record<Way, Value> {
  return { model: of('model'), statistics: of('statistics'), z: of('z') };
}

/** The limits that ml-trainer sets by itself, from the histories of these very places and the faults that hide there. */
export function limitsAsItRuns(subjects: readonly Subject[], z: AllLimits): AllLimits {
  const byField = Map.groupBy(subjects, (subject) => seriesOf(subject).field);
  return new Map(
    [...byField].map(([field, own]) => {
      const trained = own.map((subject) =>
        trainSeries(field, thin(seriesOf(subject).history), seriesOf(subject).season),
      );
      const peaks = trained.flatMap((one) => (one?.peaks === undefined ? [] : [one.peaks]));
      const limits = limitsOf(peaks, byField.size, usualLimits(field));
      const raise = { model: 1, statistics: 1, z: z.get(field)?.raise.z ?? 1 };
      return [field, { limits: { model: limits, statistics: limits }, raise }];
    }),
  );
}

/** The share that was found, and half of the width of its 95 % interval: places are independent, a place's faults are not. */
export function recallOf(
  trials: readonly Trial[],
  way: Way,
): { readonly share: number; readonly margin: number } {
  const places = [...Map.groupBy(trials, ({ place }) => place).values()];
  const shares = places.map((own) => own.filter(({ found }) => found[way]).length / own.length);
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const variance = shares.reduce((sum, one) => sum + (one - share) ** 2, 0) / Math.max(1, shares.length - 1);
  return { share, margin: 1.96 * Math.sqrt(variance / shares.length) };
}
