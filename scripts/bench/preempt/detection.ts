import { table } from '@plumbline/validators';
import {
  alarmsPerMonth,
  day,
  fieldOf,
  type Limits,
  limitsOf,
  peaksOf,
  readAll,
  usualLimits,
} from '../../../apps/preempt/judgement/index.ts';
import { type FaultKind, faultKinds, putFault } from '../../../trial/seasons/faults.ts';
import { randomOf } from '../../../trial/seasons/random.ts';
import { type Fitted, fit, modelScorer, type Scorer, zScorer } from './methods.ts';
import { alertsOf, limitFor } from './rate.ts';
import { fieldNames, laterDays, type Series, worldOf } from './worlds.ts';

/** Each seed has places, seasons and faults of its own. */
const seeds = 4;
const placesToCalibrate = 25;
const placesToTest = 25;
const month = 30 * day;
const ways = ['model', 'z'] as const;
type Way = (typeof ways)[number];

/** What was found of the faults of one place, kind and field. */
interface Trial {
  readonly place: string;
  readonly field: string;
  readonly kind: FaultKind;
  readonly found: Readonly<Record<Way, boolean>>;
}

interface Result {
  readonly trials: readonly Trial[];
  /** Alerts on clean held-out time, and its location-months. */
  readonly alarms: Readonly<Record<Way, number>>;
  readonly months: number;
}

export interface Detection {
  readonly text: string;
  readonly figures: readonly string[];
}

/**
 * Recall of injected faults at one false alarm a location and month over all fields, beside a plain z-score at the same
 * rate. Both have their limits, a field, from places whose faults are not looked for; the rest is held out.
 */
export function benchDetection(say: (message: string) => void, family = 'held-out'): Detection {
  const fitAll = (series: readonly Series[]) => series.map(fit);
  const names = Array.from({ length: seeds }, (_, index) => `${family}-${index + 1}`);
  const calibration = fitAll(names.flatMap((name) => worldOf(`${name}-calibration`, placesToCalibrate)));
  say(`calibrating on ${calibration.length} series of ${seeds * placesToCalibrate} places`);
  const limits = calibrate(calibration);
  say(`looking for faults in ${fieldNames.length * seeds * placesToTest} other series`);
  const tested = fitAll(names.flatMap((name) => worldOf(`${name}-test`, placesToTest)));
  return report(lookFor(tested, limits), limits);
}

interface FieldLimits {
  readonly limits: Limits;
  /** What a score has to reach, a way. */
  readonly raise: Readonly<Record<Way, number>>;
}

function calibrate(fitted: readonly Fitted[]): Map<string, FieldLimits> {
  const found = new Map<string, FieldLimits>();
  for (const field of fieldNames) {
    const own = fitted.filter(({ series }) => series.field === field);
    const peaks = own.map(({ series, model }) => {
      const before = series.history.slice(-84);
      const first = series.later[0]?.at ?? 0;
      const readings = readAll(fieldOf(field), model, [...before, ...series.later]);
      return peaksOf(
        readings.filter(({ at }) => at >= first),
        model.tails,
      );
    });
    const limits = limitsOf(peaks, fieldNames.length, usualLimits(field));
    const wanted = (alarmsPerMonth / fieldNames.length) * own.length * ((laterDays * day) / month);
    const raise = {
      model: limitFor(
        own.map((one) => modelScorer(one, limits)(one.series.later)),
        wanted,
      ),
      z: limitFor(
        own.map(({ series }) => zScorer(series)(series.later)),
        wanted,
      ),
    };
    found.set(field, { limits, raise });
  }
  return found;
}

function lookFor(fitted: readonly Fitted[], limits: ReadonlyMap<string, FieldLimits>): Result {
  const alarms = { model: 0, z: 0 };
  const trials: Trial[] = [];
  for (const one of fitted) {
    const { series } = one;
    const { limits: own, raise } = limits.get(series.field) as FieldLimits;
    const scorers: Record<Way, Scorer> = { model: modelScorer(one, own), z: zScorer(series) };
    const clean = Object.fromEntries(
      ways.map((way) => [way, alertsOf(scorers[way](series.later), raise[way])]),
    ) as Record<Way, number[]>;
    for (const way of ways) alarms[way] += clean[way].length;
    const first = series.later[0]?.at ?? 0;
    for (const kind of faultKinds) {
      const random = randomOf('fault', series.place, series.field, kind);
      const fault = putFault(kind, series.later, first + random.between(8, 40) * day, series.sensor, random);
      const near = fault.observations.filter(
        ({ at }) => at > fault.startedAt - 7 * day && at < fault.endedAt + day,
      );
      const isFound = (way: Way) =>
        alertsOf(scorers[way](near), raise[way]).some(
          (at) => at >= fault.startedAt && at <= fault.endedAt + 3 * 3_600_000 && !clean[way].includes(at),
        );
      trials.push({
        place: series.place,
        field: series.field,
        kind,
        found: { model: isFound('model'), z: isFound('z') },
      });
    }
  }
  return { trials, alarms, months: (fitted.length / fieldNames.length) * ((laterDays * day) / month) };
}

/** The share that was found, with half of the width of its 95 % interval: places are independent, their faults are not. */
function recallOf(trials: readonly Trial[], way: Way): { share: number; margin: number } {
  const places = Map.groupBy(trials, ({ place }) => place);
  const shares = [...places.values()].map((own) => own.filter(({ found }) => found[way]).length / own.length);
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const variance = shares.reduce((sum, one) => sum + (one - share) ** 2, 0) / (shares.length - 1);
  return { share, margin: 1.96 * Math.sqrt(variance / shares.length) };
}

function report({ trials, alarms, months }: Result, limits: ReadonlyMap<string, FieldLimits>): Detection {
  const percent = ({ share, margin }: { share: number; margin: number }) =>
    `${(100 * share).toFixed(1)} ± ${(100 * margin).toFixed(1)}`;
  const line = (name: string, own: readonly Trial[]) => [
    name,
    String(own.length),
    percent(recallOf(own, 'model')),
    percent(recallOf(own, 'z')),
  ];
  const rows = [
    ['', 'faults', 'model %', 'z-score %'],
    ...faultKinds.map((kind) =>
      line(
        kind,
        trials.filter((one) => one.kind === kind),
      ),
    ),
    ...fieldNames.map((field) =>
      line(
        field,
        trials.filter((one) => one.field === field),
      ),
    ),
    line('all', trials),
  ];
  const rates = ways.map((way) => (alarms[way] / months).toFixed(2));
  const text = [
    ...table(rows, [1, 2, 3]),
    `false alarms a location and month on the held-out time: model ${rates[0]}, z-score ${rates[1]} (wanted ${alarmsPerMonth}; ${months} location-months)`,
    ...[...limits].map(
      ([field, { limits: own, raise }]) =>
        `${field}: ${JSON.stringify(own.limits, (_, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value))} raise ${raise.model.toFixed(2)} z ${raise.z.toFixed(2)} tails ${JSON.stringify(own.tails, (_, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value))}`,
    ),
  ].join('\n');
  const share = (way: Way) => recallOf(trials, way).share.toFixed(3);
  return {
    text,
    figures: [
      `recall=${share('model')}`,
      `zscore=${share('z')}`,
      `alarms=${rates[0]}`,
      `zscore_alarms=${rates[1]}`,
    ],
  };
}
