import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  day,
  explain,
  fieldOf,
  fitSeries,
  hour,
  type Judge,
  judgeAll,
  limitsFor,
  limitsOf,
  type Observation,
  type Peaks,
  severityOf,
  signalNames,
  tellEvents,
  thin,
  usualLimits,
  type Verdict,
} from '../../../apps/preempt/judgement/index.ts';
import { startForecast } from '../../../apps/preempt/judgement/persistence.ts';
import { curveAt, fitCurve } from '../../../apps/preempt/judgement/seasonal-curve.ts';
import { randomOf } from '../../../trial/seasons/random.ts';
import { weatherUntil } from './history.ts';

const test = suite('weather is judged by its own history');
const now = Date.UTC(2026, 5, 1);
const seen = weatherUntil(1, now, 97);
const cut = now - 7 * day;
const seriesOf = (name: keyof (typeof seen)[number]['values']) =>
  seen.map(({ at, values }) => ({ at, value: values[name] }));

function judgeOf(name: keyof (typeof seen)[number]['values'], by: 'model' | 'statistics' = 'model'): Judge {
  const model = fitSeries(
    fieldOf(name),
    seriesOf(name).filter(({ at }) => at < cut),
    { by },
  );
  if (model === undefined) throw new Error(`${name}: too little history`);
  const limits = limitsFor(model, usualLimits(name));
  return { field: fieldOf(name), model, limits, raiseAt: 6, clearAt: 4 };
}

/** The verdicts of the last week, with some values changed. */
function lastWeek(judge: Judge, change: (observation: Observation, index: number) => number): Verdict[] {
  const all = seriesOf(judge.field.name as 'temperature_2m');
  const before = all.filter(({ at }) => at >= cut - 3 * day && at < cut);
  const later = all.filter(({ at }) => at >= cut);
  const changed = later.map((one, index) => ({ at: one.at, value: change(one, index) }));
  return judgeAll(judge, [...before, ...changed]).slice(before.length);
}

test('a curve is fitted through what is usual, though a tenth of its history is nonsense', () => {
  const random = randomOf('curve');
  const times = Float64Array.from({ length: 1000 }, (_, index) => now - (1000 - index) * 2 * hour);
  const truth = (at: number) =>
    15 + 6 * Math.cos((2 * Math.PI * (at - 15 * hour)) / day) + (at - now) / (20 * day);
  const values = times.map((at) => truth(at) + random.normal() + (random.uniform() < 0.1 ? 80 : 0));
  const curve = fitCurve(times, values, true, 0.05);
  for (const at of [times[100] ?? 0, times[500] ?? 0, now]) {
    assert.ok(Math.abs(curveAt(curve, at) - truth(at)) < 0.8, `${curveAt(curve, at)} beside ${truth(at)}`);
  }
});

test('a year of history has the season in its curve, and a quarter a line that is not drawn on for ever', () => {
  const wave = (at: number) => 12 - 10 * Math.cos((2 * Math.PI * at) / (365.2425 * day));
  const curveOf = (days: number) => {
    const times = Float64Array.from({ length: days * 8 }, (_, index) => now - (days * 8 - index) * 3 * hour);
    return fitCurve(times, times.map(wave), true, 0.05);
  };
  const year = curveOf(400);
  assert.is(year.shape, 'year');
  assert.ok(Math.abs(curveAt(year, now + 120 * day) - wave(now + 120 * day)) < 1);
  const quarter = curveOf(90);
  assert.is(quarter.shape, 'season');
  assert.ok(Math.abs(curveAt(quarter, now + 50 * day) - curveAt(quarter, now + 60 * day)) < 1e-6);
});

test('what was is expected to fade with time, whatever the gaps: five minutes and two hours are one model', () => {
  const persistence = { fadeHours: 24, trendHours: 1, noise: 0.1, scale: 2 };
  const coarse = startForecast(persistence);
  coarse.take(0, 4);
  const after = coarse.expect(6 * hour);
  const fine = startForecast(persistence);
  fine.take(0, 4);
  for (let at = 0; at <= 6 * hour; at += 5 * 60_000) fine.expect(at);
  const same = fine.expect(6 * hour);
  assert.ok(Math.abs(after.mean - same.mean) < 1e-9 && Math.abs(after.deviation - same.deviation) < 1e-9);
  const soon = startForecast(persistence);
  soon.take(0, 4);
  assert.ok(soon.expect(hour / 12).deviation < after.deviation);
  const never = coarse.expect(1000 * day);
  assert.ok(Math.abs(never.mean) < 0.01);
  assert.ok(Math.abs(never.deviation - 2 * Math.sqrt(1.01)) < 0.01);
});

test('one wrong value does not lead the forecast astray', () => {
  const forecast = startForecast({ fadeHours: 24, trendHours: 0.5, noise: 0.1, scale: 1 });
  for (let at = 0; at < 48; at += 2) forecast.take(at * hour, 0.2);
  forecast.take(48 * hour, 1000);
  assert.ok(Math.abs(forecast.expect(50 * hour).mean) < 3);
});

for (const by of ['model', 'statistics'] as const) {
  test(`faults are found by the ${by}, each by its own signal, and good weather is let be`, () => {
    const pressure = judgeOf('surface_pressure', by);
    const good = lastWeek(pressure, ({ value }) => value);
    assert.ok(good.every(({ score }) => score < pressure.raiseAt));
    const found = (change: (observation: Observation, index: number) => number) =>
      lastWeek(pressure, change).filter(({ score }) => score >= pressure.raiseAt);
    const spike = found(({ value }, index) => value + (index === 40 ? 25 : 0));
    assert.ok(spike.some(({ signal }) => signal === 'spike'));
    assert.ok(spike.length <= 3);
    const held = found(({ value }, index) => (index >= 40 && index < 60 ? 1013.2 : value));
    assert.ok(held.some(({ signal }) => signal === 'stuck'));
    const shifted = found(({ value }, index) => value + (index >= 30 ? 35 : 0));
    assert.ok(shifted.length > 0);
    assert.is(found((one, index) => (index === 40 ? -9999 : one.value))[0]?.signal, 'impossible');
    const leaping = found(({ value }, index) => value + (index >= 40 ? 6 * (-1) ** index : 0));
    assert.ok(leaping.length > 5);
  });
}

test('an impossible value teaches nothing: what comes after it is judged as if it had not been', () => {
  const judge = judgeOf('temperature_2m');
  const plain = lastWeek(judge, ({ value }) => value);
  const broken = lastWeek(judge, ({ value }, index) => (index === 40 ? 999 : value));
  assert.is(broken[40]?.signal, 'impossible');
  assert.ok(broken.slice(41).every(({ score }) => score < judge.raiseAt));
  assert.ok(Math.abs((broken[60]?.score ?? 0) - (plain[60]?.score ?? 1)) < 0.5);
});

test('a dry week and two days of clear sky are not stuck', () => {
  for (const name of ['precipitation', 'cloud_cover'] as const) {
    const judge = judgeOf(name);
    const days = name === 'precipitation' ? 7 : 2;
    const still = lastWeek(judge, ({ value }, index) => (index < 12 * days ? 0 : value));
    assert.ok(
      still.every(({ signal, score }) => signal !== 'stuck' || score < judge.raiseAt),
      name,
    );
  }
});

test('less rain than expected is nothing, and a cloudburst is', () => {
  const judge = judgeOf('precipitation');
  assert.ok(lastWeek(judge, () => 0).every(({ score }) => score < judge.raiseAt));
  const ended = lastWeek(judge, (_, index) => (index < 30 ? 150 : 0))[30];
  assert.is(ended?.reading.signals.jump, 0);
  const burst = lastWeek(judge, ({ value }, index) => (index === 30 ? 250 : value));
  assert.ok((burst[30]?.score ?? 0) >= judge.raiseAt);
  assert.is(burst[30]?.lower, 0);
});

test('how often somebody looks does not make a value stuck', () => {
  const judge = judgeOf('temperature_2m');
  const start = seriesOf('temperature_2m').filter(({ at }) => at >= cut - 3 * day && at < cut);
  const last = start.at(-1) ?? { at: 0, value: 0 };
  const often = Array.from({ length: 20 }, (_, index) => ({
    at: last.at + (index + 1) * 5 * 60_000,
    value: last.value,
  }));
  const verdicts = judgeAll(judge, [...start, ...often]).slice(-often.length);
  assert.ok(verdicts.every(({ reading }) => reading.signals.stuck === 0));
});

test('too little history is no model, and less is no statistics', () => {
  const field = fieldOf('temperature_2m');
  const all = seriesOf('temperature_2m');
  const days = (count: number) => all.filter(({ at }) => at > now - count * day);
  assert.is(fitSeries(field, days(14), { by: 'model' }), undefined);
  assert.ok(fitSeries(field, days(14), { by: 'statistics' }) !== undefined);
  assert.is(fitSeries(field, days(2), { by: 'statistics' }), undefined);
  assert.is(fitSeries(field, [], { by: 'statistics' }), undefined);
});

test('a history of one value, or of a field that nothing is known of, is fitted without a number that is none', () => {
  for (const name of ['temperature_2m', 'precipitation', 'snow_depth']) {
    const flat = seriesOf('temperature_2m').map(({ at }) => ({ at, value: 0 }));
    const model = fitSeries(fieldOf(name), flat, { by: 'model' });
    assert.not.match(JSON.stringify(model), /null/);
  }
});

test('history is thinned to one value an hour', () => {
  const often = Array.from({ length: 48 }, (_, index) => ({ at: index * 5 * 60_000, value: index }));
  assert.equal(
    thin(often).map(({ value }) => value),
    [0, 12, 24, 36],
  );
});

const verdict = (at: number, score: number) =>
  ({ reading: { at: at * hour }, score, signal: 'jump' }) as Verdict;
const thresholds = { raiseAt: 6, clearAt: 4 };
const scores = (...given: number[]) => given.map((score, index) => verdict(index * 2, score));

test('an event that wavers between the thresholds is one, and ends with the first of two calm values', () => {
  const { begun } = tellEvents(thresholds, scores(1, 7, 5, 9, 3, 6.5, 4.5, 3, 2, 1), -1);
  assert.equal(
    begun.map(({ startedAt, endedAt, peak }) => [startedAt / hour, (endedAt ?? 0) / hour, peak.score]),
    [[2, 14, 9]],
  );
});

test('one calm value among others ends no event', () => {
  const { begun } = tellEvents(thresholds, scores(7, 3, 5, 3, 1), -1);
  assert.equal(
    begun.map(({ endedAt }) => endedAt),
    [6 * hour],
  );
});

test('an event that begins again within twelve hours is the same, and later it is another', () => {
  const calm = [1, 1, 1];
  assert.is(tellEvents(thresholds, scores(7, ...calm, 8, ...calm), -1).begun.length, 1);
  assert.is(tellEvents(thresholds, scores(7, ...calm, ...calm, ...calm, 8), -1).begun.length, 2);
});

test('verdicts that are final begin nothing, and an event that was told goes on', () => {
  const all = scores(1, 7, 5, 9, 3, 1);
  assert.equal(tellEvents(thresholds, all, 10 * hour), { begun: [] });
  const { begun, continued } = tellEvents(thresholds, all, 4 * hour, { startedAt: 2 * hour });
  assert.is(begun.length, 0);
  assert.is(continued?.peak?.score, 9);
  assert.is(continued?.endedAt, 8 * hour);
});

test('severity grows with the score', () => {
  assert.equal(
    [6, 9, 15].map((score) => severityOf(score, 6)),
    ['minor', 'major', 'severe'],
  );
});

test('limits give the alarms that are wanted, on series like those that set them', () => {
  const random = randomOf('limits');
  const tails = Object.fromEntries(signalNames.map((name) => [name, 2])) as Peaks['tails'];
  const peaks = (): Peaks => ({
    months: 10,
    tails,
    peaks: Object.fromEntries(
      signalNames.map((name) => [
        name,
        Array.from({ length: 10 }, () => 4 * (1 - random.uniform()) ** -0.25).sort((a, b) => b - a),
      ]),
    ) as unknown as Peaks['peaks'],
  });
  const { limits } = limitsOf(Array.from({ length: 300 }, peaks), 1, usualLimits('temperature_2m'));
  const fresh = Array.from({ length: 300 }, peaks);
  const alarms = signalNames.reduce(
    (sum, name) =>
      sum + fresh.reduce((own, one) => own + one.peaks[name].filter((peak) => peak > limits[name]).length, 0),
    0,
  );
  assert.ok(alarms > 2700 && alarms < 3300, `${alarms} alarms in 3000 months`);
});

test('without any series the limits are the usual ones', () => {
  assert.equal(limitsOf([], 7, usualLimits('precipitation')), usualLimits('precipitation'));
});

test('an alert says in words what was measured, what was usual, and what was expected', () => {
  const judge = judgeOf('temperature_2m');
  const [found] = lastWeek(judge, ({ value }, index) => value + (index === 40 ? 45 : 0)).filter(
    ({ score }) => score >= judge.raiseAt,
  );
  assert.ok(found !== undefined);
  const { text, value, expected } = explain(judge, { ...found, signal: 'jump' }, 'Europe/Berlin');
  assert.match(
    text,
    /^Temperature of \d+\.\d °C at \d\d:\d\d; at this hour and season usually -?\d+\.\d to -?\d+\.\d °C, and by the last hours -?\d+\.\d °C was expected$/,
  );
  assert.ok(value > expected + 20);
  assert.match(
    explain(judge, found, 'Nowhere/Else', 'judged by statistics alone').text,
    /UTC.*\(judged by statistics alone\)$/,
  );
  for (const signal of [...signalNames, 'impossible'] as const) {
    const said = explain(judge, { ...found, signal }, 'UTC', 'x'.repeat(600)).text;
    assert.ok(said.length <= 500 && !/NaN|undefined/.test(said), said);
  }
});

test.run();
