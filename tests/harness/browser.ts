import { type Browser, chromium as playwright } from 'playwright-core';
import { chromium } from '../../scripts/lib/browser.ts';

/** No sandbox, since root has none; nothing of the browser's own asks the network. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine's own Chromium, installed where it is missing. */
export async function openBrowser(say: (message: string) => void): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium(say), args: quiet });
}
