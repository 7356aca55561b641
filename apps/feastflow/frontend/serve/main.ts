import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type next from 'next';
import { createPageServer } from './server.ts';
import { lastRequestsMilliseconds, readSettings } from './settings.ts';

const log = (level: string, msg: string, more: object = {}) =>
  process.stdout.write(
    `${JSON.stringify({ level, time: new Date().toISOString(), worker: 'feastflow-frontend', msg, ...more })}\n`,
  );
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function run(): Promise<void> {
  const folder = join(import.meta.dirname, '..');
  const settings = readSettings(process.env);
  process.chdir(folder);
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
  // As the server that Next.js writes itself: what was configured when it was built.
  const { config } = JSON.parse(readFileSync(join(folder, '.next/required-server-files.json'), 'utf8'));
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
  const require = createRequire(import.meta.url);
  const createNext = require('next') as typeof next;
  const { port, hostname } = settings;
  const app = createNext({ dev: false, dir: folder, hostname, port });
  await app.prepare();
  const ending = new AbortController();
  const server = createPageServer({
    settings,
    pages: app.getRequestHandler(),
    isEnding: () => ending.signal.aborted,
    onError: (error, url) => log('error', 'there was no answer', { url, err: messageOf(error) }),
  });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        // Told again: at once.
        if (ending.signal.aborted) process.exit(1);
        ending.abort();
        resolve();
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, resolve);
  });
  log('info', 'serving', { address: `${hostname}:${port}` });
  await ended;
  log('info', 'ending');
  await sleep(settings.drainSeconds * 1000);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(lastRequestsMilliseconds)]);
  log('info', 'ended');
  process.exit(0);
}

try {
  await run();
} catch (error) {
  log('fatal', messageOf(error));
  process.exit(1);
}
