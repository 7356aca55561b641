import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { climateOf, partOf, usualAt } from '../../../apps/preempt/judgement/climate.ts';
import {
  bandsOf,
  day,
  fieldOf,
  fitSeries,
  hour,
  judgeAll,
  seasonBefore,
} from '../../../apps/preempt/judgement/index.ts';
import { randomOf } from '../../../trial/seasons/random.ts';

const test = suite('what is usual goes by the hour and the season');
const year = 365.2425 * day;
const midnight = Date.UTC(2026, 5, 1);
const field = fieldOf('temperature_2m');
const random = randomOf('usual');

/** 12 degrees, 8 more at 15:00 UTC and 8 less at 03:00; 10 more in the middle of July and 10 less in January. */
const truth = (at: number) =>
  12 +
  8 * Math.cos((2 * Math.PI * (at - 15 * hour)) / day) +
  10 * Math.cos((2 * Math.PI * (at - Date.UTC(2026, 6, 15))) / year);
const daily = (at: number) => 12 + 8 * Math.cos((2 * Math.PI * (at - 15 * hour)) / day);
const historyUntil = (until: number, days: number, of: (at: number) => number) =>
  Array.from({ length: days * 12 }, (_, index) => {
    const at = until - (days * 12 - 1 - index) * 2 * hour;
    return { at, value: of(at) + random.normal() };
  });
const near = (found: number, wanted: number, room = 1) =>
  assert.ok(Math.abs(found - wanted) < room, `${found} beside ${wanted}`);

test('by statistics alone the night is usually cold and the afternoon warm, in degrees', () => {
  const history = historyUntil(midnight, 90, daily);
  const judge = fitSeries(field, history, { by: 'statistics' });
  assert.ok(judge !== undefined);
  // Medians of three hours, drawn to the whole day, take a degree and a half off the wave.
  near(usualAt(judge.climate, midnight + 3 * hour).median, 5.5);
  near(usualAt(judge.climate, midnight + 9 * hour).median, 12);
  near(usualAt(judge.climate, midnight + 15 * hour).median, 18.5);
  near(usualAt(judge.climate, midnight + 21 * hour).median, 12);
  for (const at of [3, 15]) {
    const { deviation } = usualAt(judge.climate, midnight + at * hour);
    assert.ok(deviation > 0.7 && deviation < 2.5, `${deviation}`);
  }
  // Parts of three hours from midnight: the fifth has 15:00, the first 03:00.
  assert.equal([partOf(midnight), partOf(midnight + 15 * hour)], [0, 5]);
  const bands = bandsOf(field, judge);
  near(bands[5]?.usual ?? 0, 18.5);
  near(bands[1]?.usual ?? 0, 5.5);
});

test('fifteen degrees are strange at three in the morning, and not at nine', () => {
  const model = fitSeries(field, historyUntil(midnight, 90, daily), { by: 'statistics' });
  assert.ok(model !== undefined);
  const limits = { jump: 6, spike: 6, unusual: 6, level: 6, burst: 6, stuck: 6 };
  const judge = { field, model, limits, raiseAt: 6, clearAt: 4 };
  const unusual = (at: number) =>
    judgeAll(judge, [{ at: midnight + at * hour, value: 15 }])[0]?.reading.signals.unusual ?? 0;
  assert.ok(unusual(3) > 4, `${unusual(3)}`);
  assert.ok(unusual(9) < 3, `${unusual(9)}`);
});

test("of 400 days winter's median is not summer's", () => {
  const usualOf = (around: number) => {
    const history = historyUntil(around, 400, truth);
    const times = history.map(({ at }) => at);
    const climate = climateOf(
      times,
      history.map(({ value }) => value),
      around,
      true,
      0.05,
    );
    return usualAt(climate, Math.floor(around / day) * day + 9 * hour).median;
  };
  // The last three months count as well: at the end of August summer is still near.
  near(usualOf(Date.UTC(2026, 6, 15)), 20, 2.5);
  near(usualOf(Date.UTC(2026, 0, 15)), 4, 2.5);
});

test('the same season of the year before counts where there is one, and the last three months alone where there is none', () => {
  // A history that ends as autumn begins has summer in it; that of the year before has as much of autumn.
  const until = Date.UTC(2026, 9, 1);
  const all = historyUntil(until, 420, truth);
  const before = seasonBefore(until);
  near((until - before.until) / day, 320.25, 0.1);
  near((until - before.from) / day, 410.25, 0.1);
  const recent = all.filter(({ at }) => at >= until - 90 * day);
  const season = all.filter(({ at }) => at >= before.from && at < before.until);
  const noonOf = (own: typeof all, by: 'model' | 'statistics') => {
    const fitted = fitSeries(field, recent, { by, season: own });
    assert.ok(fitted !== undefined);
    assert.is(fitted.samples, recent.length);
    return usualAt(fitted.climate, until + 9 * hour).median;
  };
  for (const by of ['model', 'statistics'] as const) {
    near(noonOf([], by), 18.2, 0.8);
    near(noonOf(season, by), 16.3, 0.8);
  }
  const nonsense = season.map(({ at }) => ({ at, value: 999 }));
  assert.is(noonOf(nonsense, 'statistics'), noonOf([], 'statistics'));
});

test.run();
