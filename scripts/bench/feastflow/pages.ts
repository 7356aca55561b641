import { table } from '@plumbline/validators';
import type { Browser, CDPSession } from 'playwright-core';
import { openBrowser } from '../../../tests/harness/browser.ts';
import { startBackend } from '../../../trial/feastflow.ts';
import { startFeastflowPages } from '../../../trial/feastflow-page.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { openTrial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { BenchOptions } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import type { Part } from '../part.ts';
import { openBenchShop } from './shop.ts';

/** What is opened: the restaurants, one's menu, and an empty cart. */
const paths = ['/', '/restaurants/casa-marina', '/cart'];
/**
 * A phone as Lighthouse's mobile run has it: a slow 4G of 150 ms and 1.6 Mbit/s, applied as its "devtools" method does (each
 * request waits 3.75 round trips, nine tenths of the rate), a processor four times slower, a screen of 412 by 823 points.
 * https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
 */
const phone = {
  network: {
    offline: false,
    latency: 150 * 3.75,
    downloadThroughput: (1.6 * 1024 * 1024 * 0.9) / 8,
    uploadThroughput: (0.75 * 1024 * 1024 * 0.9) / 8,
  },
  slower: 4,
  context: {
    viewport: { width: 412, height: 823 },
    deviceScaleFactor: 1.75,
    isMobile: true,
    hasTouch: true,
  },
};
/** Nothing was asked and nothing computed for so long: the page has come. Milliseconds. */
const quiet = 2000;

/** One opening by a browser that has nothing of it yet. */
interface Opening {
  readonly requests: number;
  /** Over the wire, headers too. */
  readonly bytes: number;
  readonly scriptBytes: number;
  /** Milliseconds from the start of the navigation. */
  readonly firstPaint: number;
  readonly largestPaint: number;
  /** Milliseconds by which tasks were longer than 50, from the first paint on. */
  readonly blocked: number;
  /** The sum of layout shifts. */
  readonly shift: number;
}

/** Opens the shop's pages in Chromium as a slow phone would, each time with nothing kept: weight, paints, blocking, shifts. */
export async function benchPages({ rounds, say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'feastflow'), { say });
  try {
    const { database } = await openBenchShop(trial, 1);
    await database.end();
    const backend = await startBackend(trial, { env: { DRAIN_SECONDS: '0' } });
    trial.addresses.set('feastflow-backend:5000', new URL(backend.url).host);
    const pages = await startFeastflowPages(trial, { env: { DRAIN_SECONDS: '0' } });
    const browser = await openBrowser(say);
    try {
      const rows: string[][] = [];
      const figures: string[] = [];
      for (const path of paths) {
        const found: Opening[] = [];
        for (let round = 0; round <= rounds; round += 1) {
          say(`${path}: ${round} of ${rounds}`);
          const opening = await open(browser, `${pages.url}${path}`);
          // The first one is the server's, which has rendered nothing yet.
          if (round > 0) found.push(opening);
        }
        const of = (value: (opening: Opening) => number) => median(found.map(value));
        const [bytes, scripts] = [of((one) => one.bytes) / 1024, of((one) => one.scriptBytes) / 1024];
        const [first, largest] = [of((one) => one.firstPaint), of((one) => one.largestPaint)];
        const [blocked, shift] = [of((one) => one.blocked), of((one) => one.shift)];
        const [requests, kib, ...others] = [
          of((one) => one.requests),
          bytes,
          scripts,
          first,
          largest,
          blocked,
        ];
        rows.push([
          path,
          `${requests}`,
          kib.toFixed(0),
          ...others.map((value) => value.toFixed(0)),
          shift.toFixed(3),
        ]);
        const name = path === '/' ? 'first' : path.split('/')[1];
        figures.push(`${name}_kib=${bytes.toFixed(0)}`, `${name}_lcp_ms=${largest.toFixed(0)}`);
        figures.push(`${name}_tbt_ms=${blocked.toFixed(0)}`, `${name}_cls=${shift.toFixed(3)}`);
      }
      const head = ['', 'requests', 'KiB', 'of it scripts', 'FCP ms', 'LCP ms', 'TBT ms', 'CLS'];
      return { text: table([head, ...rows], [1, 2, 3, 4, 5, 6, 7]).join('\n'), figures };
    } finally {
      await browser.close();
    }
  } finally {
    await trial.close();
  }
}

async function open(browser: Browser, url: string): Promise<Opening> {
  const context = await browser.newContext(phone.context);
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: phone.slower });
    const wire = await watchWire(session);
    await page.addInitScript(observe);
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
    const paints = () => page.evaluate<Painted>('globalThis.painted');
    await until(
      async () =>
        performance.now() - Math.max(wire.latest(), wire.begun) > quiet && (await paints()).first > 0,
      { deadline: 60_000, what: `${url}, whole` },
    );
    return { ...wire.sums(), ...told(await paints()) };
  } finally {
    await context.close();
  }
}

async function watchWire(session: CDPSession) {
  const begun = performance.now();
  const types = new Map<string, string>();
  let [requests, bytes, scriptBytes, latest] = [0, 0, 0, begun];
  session.on('Network.requestWillBeSent', () => {
    requests += 1;
    latest = performance.now();
  });
  session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    if (types.get(requestId) === 'Script') scriptBytes += encodedDataLength;
    latest = performance.now();
  });
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', phone.network);
  return { begun, latest: () => latest, sums: () => ({ requests, bytes, scriptBytes }) };
}

interface Painted {
  readonly first: number;
  readonly largest: number;
  readonly shift: number;
  readonly tasks: readonly (readonly [start: number, duration: number])[];
}

/** Runs in the page, before anything of its own. */
const observe = `{
  const painted = (globalThis.painted = { first: 0, largest: 0, shift: 0, tasks: [] });
  const on = (type, tell) =>
    new PerformanceObserver((list) => list.getEntries().forEach(tell)).observe({ type, buffered: true });
  on('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') painted.first = startTime; });
  on('largest-contentful-paint', ({ startTime }) => { painted.largest = startTime; });
  on('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) painted.shift += value; });
  on('longtask', ({ startTime, duration }) => { painted.tasks.push([startTime, duration]); });
}`;

function told({ first, largest, shift, tasks }: Painted) {
  const late = tasks.filter(([start, duration]) => start + duration > first);
  const over = late.map(([start, duration]) => Math.min(duration, start + duration - first) - 50);
  const blocked = over.reduce((sum, milliseconds) => sum + Math.max(0, milliseconds), 0);
  return { firstPaint: first, largestPaint: largest, blocked, shift };
}
