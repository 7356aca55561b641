import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldOf } from '../../../apps/preempt/judgement/index.ts';
import { faultKinds, putFault } from '../../../trial/seasons/faults.ts';
import { placesOf, seenWeather } from '../../../trial/seasons/observing.ts';
import { randomOf } from '../../../trial/seasons/random.ts';
import { fieldNames } from '../../../trial/seasons/units.ts';
import { startWeather } from '../../../trial/seasons/weather.ts';
import { day, hour } from './history.ts';
import { benchPieces, recallInTheSecondYear } from './quality.ts';

const test = suite('generated seasons');
const from = Date.UTC(2026, 0, 1);

test('the same seed is the same weather, and another is another', () => {
  const place = { latitude: 48, longitude: 11, elevation: 500 };
  const seeing = { from, until: from + 20 * day, every: 2 * hour };
  assert.equal(seenWeather(place, 1, seeing), seenWeather(place, 1, seeing));
  assert.not.equal(seenWeather(place, 1, seeing), seenWeather(place, 2, seeing));
});

test('every value is one that the source could give, wherever the place and whenever', () => {
  const places = [...placesOf('bounds', 12), { latitude: 89, longitude: 0, elevation: 5 }];
  for (const place of places) {
    for (const { values } of seenWeather(place, 1, { from, until: from + 365 * day, every: 6 * hour })) {
      for (const name of fieldNames) {
        const { least, most } = fieldOf(name);
        assert.ok(
          values[name] >= least && values[name] <= most,
          `${name} ${values[name]} at ${place.latitude}`,
        );
      }
      assert.ok(values.wind_gusts_10m >= values.wind_speed_10m);
    }
  }
});

test('summer is warm in the north in July and in the south in January, and afternoons are warmer than nights', () => {
  const mean = (latitude: number, month: number, hours: readonly number[]) => {
    const begin = Date.UTC(2026, month, 1);
    const weather = startWeather({ latitude, longitude: 0, elevation: 0 }, 'seasons', begin);
    const values: number[] = [];
    for (let at = begin; at < begin + 28 * day; at += hour) {
      const now = weather(at).temperature_2m;
      if (hours.includes(Math.floor((at % day) / hour))) values.push(now);
    }
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const all = Array.from({ length: 24 }, (_, index) => index);
  assert.ok(mean(50, 6, all) > mean(50, 0, all) + 8);
  assert.ok(mean(-40, 0, all) > mean(-40, 6, all) + 6);
  assert.ok(mean(45, 6, [14, 15]) > mean(45, 6, [3, 4]) + 2);
});

test('a fault changes its own time alone', () => {
  const place = { latitude: 48, longitude: 11, elevation: 500 };
  const seen = seenWeather(place, 1, { from, until: from + 30 * day, every: 2 * hour });
  const series = seen.map(({ at, values }) => ({ at, value: values.temperature_2m }));
  for (const kind of faultKinds) {
    const sensor = { least: -90, most: 60, digits: 1, deviation: 4 };
    const fault = putFault(kind, series, from + 10 * day, sensor, randomOf('fault', kind));
    const changed = fault.observations.filter(({ value }, index) => value !== series[index]?.value);
    assert.ok(changed.length > 0, kind);
    assert.ok(
      changed.every(({ at }) => at >= fault.startedAt && at <= fault.endedAt),
      kind,
    );
  }
});

test('the detector finds twice as many faults as a z-score, on seasons that nothing was set by', () => {
  const { found, z, alarms, atOneRate } = benchPieces();
  assert.ok(found > 0.65, `${found}`);
  assert.ok(z < found / 2, `${z} beside ${found}`);
  assert.ok(alarms < 3, `${alarms} alarms a location and month`);
  // Ten location-months: a rate in tenths, and never above the one that is wanted.
  for (const rate of atOneRate) assert.ok(rate > 0.75 && rate <= 1, `${atOneRate.join(', ')}`);
});

test('the season of the year before, where there is one, costs no fault that was found without it', () => {
  const { first, second } = recallInTheSecondYear();
  for (const way of ['model', 'statistics'] as const) {
    assert.ok(second[way] > 0.7 && second[way] > first[way] - 0.02, `${way}: ${second[way]}, ${first[way]}`);
  }
});

test.run();
