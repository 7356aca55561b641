import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { makeAnomaly } from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import { listen } from './api-server.ts';
import {
  before,
  deadline,
  focused,
  idOf,
  now,
  openPage,
  pageSuite,
  type Rig,
  settled,
  shows,
  text,
} from './page-rig.ts';

const test = pageSuite('the list is live, and stays where its reader is');
let hours = 1000;

test.before(async ({ rig }) => {
  const witness = await listen(rig.api);
  const made: number[] = [];
  // More than a page of them, and the worst are the oldest.
  for (let index = 0; index < 60; index += 1) {
    hours += 1;
    made.push(
      await makeAnomaly(rig.platform.pool, {
        location: idOf(rig.ids, 'Nairobi'),
        field: 1 + (index % 7),
        startedAt: before(hours),
        severity: index < 57 ? 'minor' : 'severe',
      }),
    );
  }
  // What is still to be told would be added to the first page that a test looks at.
  const told = () => new Set(witness.events.map(({ data }) => data.id));
  await until(async () => made.every((id) => told().has(id)), { deadline, what: 'all of them are told' });
  witness.leave();
});

const rows = (page: Page) => page.locator('.events li').count();
const shown = (page: Page) =>
  page.evaluate<{ id: number; severity: string; time: string }[]>(
    "[...document.querySelectorAll('.events li')].map((one) => ({ id: +one.dataset.id, severity: one.classList[0], time: one.querySelector('time').dateTime }))",
  );
const wanted = async ({ url }: Rig, query: string) => {
  const answer = await fetch(`${url}/api/anomalies?limit=200&${query}`);
  const { anomalies } = (await answer.json()) as { anomalies: { id: number }[] };
  return anomalies.map(({ id }) => id);
};

test('the newest first, page after page, and of the severity that was asked for', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  const all = await wanted(rig, 'state=open');
  assert.ok(all.length > 80);
  assert.equal(
    (await shown(page)).map(({ id }) => id),
    all.slice(0, 50),
  );
  await page.click('.more');
  await until(async () => (await rows(page)) === all.length, { deadline, what: 'all of them' });
  const times = (await shown(page)).map(({ time }) => time);
  assert.equal(times, times.toSorted().toReversed());
  assert.ok(await page.isHidden('.more'), 'there is no more');
  await page.reload();
  await settled(page);
  const severe = await wanted(rig, 'state=open&severity=severe');
  await page.selectOption('.filters select >> nth=1', 'severe');
  await until(async () => (await rows(page)) === severe.length, { deadline, what: 'the severe ones' });
  assert.equal(
    (await shown(page)).map(({ id }) => id),
    severe,
  );
  // What the stream brings passes the same sieve.
  const { pool } = rig.platform;
  const lima = idOf(rig.ids, 'Lima');
  const minor = await makeAnomaly(pool, { location: lima, field: 1, startedAt: before(0.5) });
  const worse = await makeAnomaly(pool, {
    ...{ location: lima, field: 2, startedAt: before(0.4), severity: 'severe' },
  });
  await page.waitForSelector(`.events li[data-id="${worse}"]`);
  assert.is(await page.locator(`.events li[data-id="${minor}"]`).count(), 0);
  assert.equal(noise, []);
});

test('what begins is on the list, in the counts and told once, without anybody asking', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  const lima = idOf(rig.ids, 'Lima');
  const severe = (await wanted(rig, 'state=open&severity=severe')).length;
  const id = await makeAnomaly(rig.platform.pool, {
    ...{ location: lima, field: 7, startedAt: before(0.2), severity: 'severe' },
    explanation: '<img src=x onerror=alert(1)> is a text like any other.',
  });
  await shows(page, `.events li[data-id="${id}"]`, /Lima, Peru.*<img src=x/);
  await shows(page, '#announcer', /New severe anomaly: Cloud cover in Lima/);
  await shows(page, '#counts', new RegExp(`severe\\s*${severe + 1}`));
  await rig.platform.pool.change('UPDATE anomalies SET ended_at = ? WHERE id = ?', [now, id]);
  await until(async () => (await page.locator(`.events li[data-id="${id}"]`).count()) === 0, {
    deadline,
    what: 'what is over leaves the list',
  });
  assert.equal(noise, []);
});

test('what did not change stays as it is: with the focus, where it was scrolled to, and flashes once', async ({
  rig,
}) => {
  await using opened = await openPage(rig, '', { viewport: { width: 1200, height: 600 } });
  const { page, noise } = opened;
  const { pool } = rig.platform;
  await settled(page);
  const lima = idOf(rig.ids, 'Lima');
  const first = await makeAnomaly(pool, { location: lima, field: 3, startedAt: before(0.3) });
  await page.waitForSelector(`.events li[data-id="${first}"]`);
  const isNew = () => page.locator(`.events li.new[data-id="${first}"]`).count();
  await until(async () => (await isNew()) === 0, { deadline, what: 'the end of its flash' });
  await page.focus('.events li:nth-child(9) a');
  const name = await page.evaluate<string>('document.activeElement.textContent');
  await page.evaluate("document.querySelector('#anomalies').scrollTop = 40");
  const second = await makeAnomaly(pool, { location: lima, field: 4, startedAt: before(0.1) });
  await page.waitForSelector(`.events li.new[data-id="${second}"]`);
  // A summary renders too.
  await shows(page, '#state', /anomalies \(/);
  await pool.change("UPDATE anomalies SET severity = 'major' WHERE id = ?", [first]);
  await page.waitForSelector(`.events li.major[data-id="${first}"]`);
  assert.is(await focused(page), 'A');
  assert.is(await page.evaluate<string>('document.activeElement.textContent'), name);
  assert.ok(
    await page.evaluate<boolean>("document.querySelector('.events').contains(document.activeElement)"),
  );
  assert.is(await isNew(), 0, 'it does not flash again');
  await page.evaluate("document.querySelector('.events li:nth-child(20)').dataset.kept = 'yes'");
  const third = await makeAnomaly(pool, { location: lima, field: 5, startedAt: before(0.05) });
  await page.waitForSelector(`.events li[data-id="${third}"]`);
  assert.is(await page.locator('.events li[data-kept]').count(), 1, 'nothing is made anew');
  assert.equal(noise, []);
});

test('a screen reader is told of what comes with pauses between', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  const { pool } = rig.platform;
  await settled(page);
  await page.clock.install();
  await page.clock.pauseAt(new Date(Date.now() + 60_000));
  const london = idOf(rig.ids, 'London');
  const make = async (field: number) => {
    const id = await makeAnomaly(pool, { location: london, field, startedAt: before(0.1 + field / 100) });
    await page.waitForSelector(`.events li[data-id="${id}"]`);
  };
  await make(6);
  await page.clock.runFor(11_000);
  await make(1);
  await shows(page, '#announcer', /Temperature in London/);
  await make(2);
  await make(3);
  await page.clock.runFor(5000);
  assert.match(await text(page, '#announcer'), /Temperature in London/);
  await page.clock.runFor(11_000);
  await shows(page, '#announcer', /Precipitation in London/);
});

test('a stream that begins again, by itself or anew, brings what it lacks', async ({ rig }) => {
  await using opened = await openPage(rig, 'assets/none');
  const { page } = opened;
  const { pool } = rig.platform;
  let begins = 0;
  let lists = 0;
  let letIn = () => {};
  page.on('request', (request) => {
    if (request.url().includes('/api/anomalies?')) lists += 1;
  });
  const summary = await (await fetch(`${rig.url}/api/summary`)).text();
  for (const contentType of ['text/event-stream', 'text/html'] as const) {
    const gate = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    begins = 0;
    lists = 0;
    await page.route('**/api/stream', async (route) => {
      begins += 1;
      if (begins === 1) {
        // A stream without a place, that ends.
        const body = `retry: 100\nevent: summary\ndata: ${summary}\n\n`;
        return route.fulfill({ contentType: 'text/event-stream', body });
      }
      await gate;
      // What is no stream is not asked for again by the browser: the page does it.
      if (begins === 2 && contentType === 'text/html') return route.fulfill({ status: 502, contentType });
      await route.continue();
    });
    await page.goto(rig.url);
    // It is read twice: at once, and when the API holds what began meanwhile.
    await until(async () => begins > 1 && lists > 1 && (await rows(page)) >= 50, {
      deadline,
      what: 'the list',
    });
    await shows(page, '#live', /^not connected/);
    const witness = await listen(rig.api);
    const id = await makeAnomaly(pool, {
      ...{ location: idOf(rig.ids, 'London'), field: 4, startedAt: before(0.01 + begins / 1000) },
    });
    await until(() => witness.events.some(({ data }) => data.id === id), { deadline, what: 'it is told' });
    witness.leave();
    assert.is(await page.locator(`.events li[data-id="${id}"]`).count(), 0);
    letIn();
    await page.waitForSelector(`.events li[data-id="${id}"]`);
    await shows(page, '#live', /^live$/);
    await pool.change('DELETE FROM anomalies WHERE id = ?', [id]);
    await page.goto('about:blank');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }
});

test('who wants less motion gets none', async ({ rig }) => {
  await using opened = await openPage(rig, '', { reducedMotion: 'reduce' });
  const { page } = opened;
  await settled(page);
  const id = await makeAnomaly(rig.platform.pool, {
    ...{ location: idOf(rig.ids, 'London'), field: 5, startedAt: before(0.4) },
  });
  await page.waitForSelector(`.events li.new[data-id="${id}"]`);
  assert.is(await page.evaluate<number>('document.getAnimations().length'), 0);
});

test.run();
