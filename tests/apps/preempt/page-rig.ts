import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { startPage } from '../../../trial/preempt-page.ts';
import { makeAnomaly, makeFields, makeObservations } from '../../../trial/preempt-weather.ts';
import { finished } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import { openBrowser } from '../../harness/browser.ts';
import { suite } from '../../harness/suite.ts';
import { type Api, startApi } from './api-server.ts';
import { openPlatform, type Platform } from './platform.ts';

/** The page as nginx serves it, with an api behind it, on real services. */
export interface Rig {
  readonly platform: Platform;
  readonly api: Api;
  readonly url: string;
  readonly browser: Browser;
  /** Places by their names. */
  readonly ids: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

const hour = 3_600_000;
export const now = new Date(Math.floor(Date.now() / 60_000) * 60_000);
export const before = (hours: number): Date => new Date(now.getTime() - hours * hour);

/** A suite of tests of the page, whose `rig` is there before them and is closed after them. */
export function pageSuite(name: string, options: RigOptions = {}) {
  const test = suite<{ rig: Rig }>(name);
  test.before(async (context) => {
    context.rig = await openRig(options);
  });
  test.after(({ rig }) => rig?.close());
  return test;
}

export interface RigOptions {
  /** False leaves it as it is a moment after the seed: no weather yet. */
  readonly weather?: boolean;
  /** More of the api's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openRig({ weather = true, env = {} }: RigOptions = {}): Promise<Rig> {
  const platform = await openPlatform();
  const { trial, pool } = platform;
  try {
    await finished(await startPreemptWorker(trial, { workload: 'Job/seed' }), 60_000);
    const rows = await pool.query<{ id: number; name: string }>(
      'SELECT id, name FROM locations ORDER BY population',
    );
    const ids = new Map(rows.map(({ id, name }) => [name, id]));
    if (weather) await makeWeather(platform, ids);
    const api = await startApi(platform, 0, env);
    trial.addresses.set('api:8080', new URL(api.url).host);
    const { url } = await startPage(trial);
    const browser = await openBrowser(trial.say);
    return {
      ...{ platform, api, url, browser, ids },
      async close() {
        await browser.close();
        await platform.close();
      },
    };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

export const watched = ['Tokyo', 'London', 'Reykjavík', 'Nairobi', 'Lima'] as const;

async function makeWeather({ pool }: Platform, ids: ReadonlyMap<string, number>): Promise<void> {
  await makeFields(pool);
  const places = watched.map((name) => idOf(ids, name));
  await makeObservations(pool, { days: 35, minutes: 60, until: now, places });
  await pool.change('UPDATE locations SET collected_at = ? - INTERVAL id % 90 MINUTE', [now]);
  const [tokyo = 0, london = 0, reykjavik = 0, nairobi = 0] = places;
  await makeAnomaly(pool, {
    ...{ location: tokyo, field: 1, startedAt: before(5), severity: 'severe', value: 27.9, expected: 12.4 },
    explanation:
      'Temperature was 27.9 °C at 09:00 UTC, where 8 to 17 °C is usual at this hour and season: higher than all of the last four weeks.',
  });
  await makeAnomaly(pool, {
    ...{ location: tokyo, field: 4, startedAt: before(70), endedAt: before(58), severity: 'minor' },
    ...{ value: 1031, expected: 1012 },
    explanation: 'Surface pressure rose by 19 hPa within six hours.',
  });
  await makeAnomaly(pool, {
    ...{ location: reykjavik, field: 6, startedAt: before(9), severity: 'major', value: 91, expected: 33 },
    explanation: 'Gusts of 91 km/h, where up to 52 km/h is usual in this season.',
  });
  await makeAnomaly(pool, {
    ...{ location: nairobi, field: 3, startedAt: before(26), severity: 'minor', value: 14.2, expected: 0.4 },
    explanation: 'Rain of 14.2 mm in an hour, where up to 6 mm is usual.',
  });
  await makeAnomaly(pool, {
    ...{ location: london, field: 2, startedAt: before(200), endedAt: before(190), severity: 'minor' },
  });
  const others = [...ids.values()]
    .filter((id) => !places.includes(id))
    .filter((_, index) => index % 41 === 7);
  for (const [index, location] of others.entries()) {
    const severity = (['minor', 'minor', 'major', 'minor', 'severe'] as const)[index % 5] ?? 'minor';
    await makeAnomaly(pool, {
      location,
      field: 1 + (index % 7),
      startedAt: before(30 + index * 3),
      severity,
    });
  }
}

export function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the gazetteer has no ${name}`);
  return id;
}

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** What the page said on the console, threw, or asked of anybody else. */
  readonly noise: readonly string[];
}

export async function openPage(
  { browser, url }: Pick<Rig, 'browser' | 'url'>,
  hash = '',
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`threw: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) noise.push(`asked ${request.url()}`);
  });
  await page.goto(`${url}/${hash}`);
  return { page, noise, [Symbol.asyncDispose]: () => context.close() };
}

/** Waits until the page shows what it was told. */
export async function settled(page: Page): Promise<void> {
  const isSettled =
    "document.querySelector('.live')?.textContent === 'live' && !document.querySelector('[aria-busy]') && ![...document.querySelectorAll('.notice')].some((one) => !one.hidden && one.textContent.startsWith('Loading'))";
  await until(() => page.evaluate<boolean>(isSettled), { deadline: 60_000, what: 'the page' });
}

export const deadline = 60_000;

export const text = (page: Page, selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);

/** Waits for a text; says what was there instead. */
export const shows = (page: Page, selector: string, what: RegExp) =>
  until(
    async () => {
      const shown = await text(page, selector);
      if (!what.test(shown)) throw new Error(`it says "${shown}"`);
      return true;
    },
    { deadline, what: `${what} in ${selector}` },
  );

/** What has the focus: its id, class or name. */
export const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.id || document.activeElement.className || document.activeElement.tagName',
  );

export { violations } from '../../harness/violations.ts';

/** A piece of the page as the reader sees it: where it is on the screen. */
export async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return box;
}
