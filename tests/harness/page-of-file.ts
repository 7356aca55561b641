import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

/** A file that a browser shows. */
export interface OpenedFile extends AsyncDisposable {
  readonly page: Page;
  /** What the page said on the console, threw, or asked of anybody. */
  readonly noise: readonly string[];
}

/** Opens a file that is a page of its own, and listens to what it does. */
export async function openFile(
  browser: Browser,
  file: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<OpenedFile> {
  const page = await browser.newPage(options);
  const noise: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => noise.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`threw: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url) noise.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, noise, [Symbol.asyncDispose]: () => page.close() };
}
