import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { cache } from '../../../trial/cache.ts';
import { type PageServer, startFeastflowPages } from '../../../trial/feastflow-page.ts';
import { until } from '../../../trial/until.ts';
import { openBrowser } from '../../harness/browser.ts';
import { type Backend, openShop, type Shop } from './shop.ts';

/** The shop's pages before a backend and a database, and a browser. */
export interface PagesRig {
  readonly shop: Shop;
  readonly backend: Backend;
  readonly pages: PageServer;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

export async function openPagesRig(): Promise<PagesRig> {
  const shop = await openShop();
  try {
    const backend = await shop.startBackend();
    const { trial } = shop;
    trial.addresses.set('feastflow-backend:5000', new URL(backend.url).host);
    const pages = await startFeastflowPages(trial, { env: { DRAIN_SECONDS: '0' } });
    const browser = await openBrowser(trial.say);
    return {
      ...{ shop, backend, pages, browser },
      async close() {
        await browser.close();
        await shop.close();
      },
    };
  } catch (error) {
    await shop.close();
    throw error;
  }
}

export const deadline = 30_000;

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** What the page said on the console, threw, or asked of anybody else. */
  readonly noise: string[];
}

/** A browser of somebody's own, with no cookie yet. */
export async function openPage(
  { browser, pages }: Pick<PagesRig, 'browser' | 'pages'>,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(deadline);
  const page = await context.newPage();
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`threw: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== pages.url) noise.push(`asked ${request.url()}`);
  });
  await page.goto(`${pages.url}${path}`);
  await alive(page);
  return { page, noise, [Symbol.asyncDispose]: () => context.close() };
}

/** Waits until its scripts have taken the page over. */
export const alive = (page: Page) =>
  until(() => page.evaluate<boolean>("document.documentElement.hasAttribute('data-alive')"), {
    deadline,
    what: 'the page to live',
  });

/** What the reader is at: its own text or name. */
export const focused = (page: Page) =>
  page.evaluate<string>(
    "((one) => one.getAttribute('aria-label') ?? one.getAttribute('name') ?? one.textContent.trim())(document.activeElement)",
  );

/** Waits until there is this text in an element. */
export const shows = (page: Page, selector: string, what: RegExp) =>
  until(
    async () => {
      const shown = await page.evaluate<string>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent).join(' | ')`,
      );
      if (!what.test(shown)) throw new Error(`it says "${shown}"`);
      return true;
    },
    { deadline, what: `${what} in ${selector}` },
  );

const shots = join(cache, 'scratch/feastflow-pages');
await mkdir(shots, { recursive: true });

/** A picture of the page for people to look at. */
export const shoot = (page: Page, name: string) =>
  page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
