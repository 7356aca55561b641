import { table } from '@plumbline/validators';
import { alarmsPerMonth } from '../../../apps/preempt/judgement/index.ts';
import { nycWeather } from '../../../trial/downloads/nyc-weather.ts';
import { faultKinds } from '../../../trial/seasons/faults.ts';
import type { Part } from '../preempt.ts';
import {
  atOneRate,
  calibrate,
  limitsAsItRuns,
  lookFor,
  type Result,
  recallOf,
  type Subject,
  type Trial,
  type Way,
  ways,
} from './evaluate.ts';
import { fit } from './methods.ts';
import { realSeries, type Series, worldOf } from './worlds.ts';

/** Each seed has places, seasons and faults of its own. */
const seeds = 4;
const placesToCalibrate = 32;
const placesToTest = 25;

const subjects = (series: readonly Series[]): Subject[] =>
  series.map((one) => ({ model: fit(one, 'model'), statistics: fit(one, 'statistics') }));

/**
 * Recall of injected faults at one false alarm a location and month over all fields, beside a plain z-score at the same
 * rate. Every way has its limits, a field, from places or months whose faults are not looked for; what the held-out
 * clean time gives is one factor a way, which makes their rates one.
 * @param family names the seeds: seasons of another family were used to build the detector.
 */
export async function benchDetection(say: (message: string) => void, family = 'held-out'): Promise<Part> {
  const names = Array.from({ length: seeds }, (_, index) => `${family}-${index + 1}`);
  const generated = (use: string, count: number) =>
    subjects(names.flatMap((name) => worldOf(`${name}-${use}`, count)));
  say(`calibrating on ${seeds * placesToCalibrate} generated places`);
  const limits = calibrate(generated('calibration', placesToCalibrate));
  say(`looking for faults in ${seeds * placesToTest} others`);
  const tested = generated('test', placesToTest);
  const given = lookFor(tested, limits);
  say('and again with every way at the same rate of alarms');
  const result = lookFor(tested, atOneRate(tested, limits));
  const trainers = limitsAsItRuns(tested, limits);
  const asItRuns = lookFor(tested, trainers);
  const asItRunsAtOneRate = lookFor(tested, atOneRate(tested, trainers));
  const real = await onRealWeather(say);
  const share = ({ trials }: Result, way: Way) => recallOf(trials, way).share.toFixed(3);
  const rate = ({ alarms, months }: Result, way: Way) => (alarms[way] / months).toFixed(2);
  const figures = [
    `recall=${share(result, 'model')}`,
    `statistics=${share(result, 'statistics')}`,
    `zscore=${share(result, 'z')}`,
    `given=${share(given, 'model')}`,
    `given_alarms=${rate(given, 'model')}`,
    `trainer=${share(asItRuns, 'model')}`,
    `trainer_alarms=${rate(asItRuns, 'model')}`,
    `trainer_at_rate=${share(asItRunsAtOneRate, 'model')}`,
  ];
  if (real !== undefined) {
    figures.push(`real=${share(real, 'model')}`, `real_zscore=${share(real, 'z')}`);
  }
  const line = (what: string, found: Result) =>
    `${what}: ${ways.map((way) => `${way} ${share(found, way)} at ${rate(found, way)} alarms`).join(', ')}`;
  const text = [
    `generated seasons, ${Math.round(result.months)} location-months held out:`,
    report(result),
    line("with the limits of other places as they came, each way's own rate", given),
    line("with the limits that ml-trainer sets from these places' own histories", asItRuns),
    line('and those at the wanted rate', asItRunsAtOneRate),
    ...(real === undefined
      ? []
      : [`\nNew York's airports in 2013, ${Math.round(real.months)} location-months:`, report(real)]),
  ].join('\n');
  return { text, figures };
}

/** Each month of 2013 is held out once, under limits from the months on its other side: even from odd, odd from even. */
async function onRealWeather(say: (message: string) => void): Promise<Result | undefined> {
  const hours = await nycWeather(say).catch((error: Error) => {
    say(`without real weather, which cannot be had here: ${error.message}`);
    return undefined;
  });
  if (hours === undefined) return undefined;
  const folds = realSeries(hours).map(subjects);
  const [even, odd] = folds;
  if (even === undefined || odd === undefined) return undefined;
  const look = (at: Subject[], from: Subject[]) => lookFor(at, atOneRate(at, calibrate(from)));
  const results = [look(odd, even), look(even, odd)];
  const sum = (way: Way) => results.reduce((total, { alarms }) => total + alarms[way], 0);
  return {
    trials: results.flatMap(({ trials }) => trials),
    alarms: { model: sum('model'), statistics: sum('statistics'), z: sum('z') },
    months: results.reduce((total, { months }) => total + months, 0),
  };
}

function report({ trials, alarms, months }: Result): string {
  const line = (name: string, own: readonly Trial[]) => [
    name,
    String(own.length),
    ...ways.map((way) => {
      const { share, margin } = recallOf(own, way);
      return `${(100 * share).toFixed(1)} ± ${(100 * margin).toFixed(1)}`;
    }),
  ];
  const fields = [...new Set(trials.map(({ field }) => field))];
  const rows = [
    ['', 'faults', 'model %', 'statistics %', 'z-score %'],
    ...faultKinds.map((kind) =>
      line(
        kind,
        trials.filter((one) => one.kind === kind),
      ),
    ),
    ...fields.map((field) =>
      line(
        field,
        trials.filter((one) => one.field === field),
      ),
    ),
    line('all', trials),
    [`alarms (${alarmsPerMonth} wanted)`, '', ...ways.map((way) => (alarms[way] / months).toFixed(2))],
  ];
  return table(rows, [1, 2, 3, 4]).join('\n');
}
