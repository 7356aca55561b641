import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { root } from './cache.ts';
import { startWeb, type WebServer } from './services/nginx.ts';
import type { Trial } from './trial.ts';

/** Builds the page as its Dockerfile does, into a folder. */
export async function buildPage(folder: string): Promise<void> {
  const script = join(root, 'apps/preempt/frontend/build.ts');
  const command = ['--disable-warning=ExperimentalWarning', script, '--out', folder];
  const built = await run(process.execPath, command, { deadline: 120_000 });
  if (built.status !== 0) throw new Error(`the page was not built:\n${built.stderr}`);
}

/** Builds the page and serves it as the overlay does; `api:8080` has to be among the trial's addresses. */
export async function startPage(trial: Trial): Promise<WebServer> {
  const folder = join(trial.folder, 'page');
  await buildPage(folder);
  return startWeb(trial, 'frontend', folder);
}
