import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { root } from './cache.ts';
import { podContainer } from './overlay/container.ts';
import { workloadOf } from './overlay/system.ts';
import { freePort } from './process/free-port.ts';
import { lastWords } from './process/start.ts';
import { type RunningContainer, runContainer } from './run-container.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

export interface PageServer {
  readonly url: string;
  readonly server: RunningContainer;
}

export interface PageServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly label?: string;
}

/** Builds the shop's pages as its Dockerfile does, unless they were built. @returns the folder that the image has at /app. */
export async function buildFeastflowPages(): Promise<string> {
  const script = join(root, 'apps/feastflow/frontend/build.ts');
  const command = ['--disable-warning=ExperimentalWarning', script];
  const built = await run(process.execPath, command, { deadline: 600_000 });
  if (built.status !== 0) throw new Error(`the pages were not built:\n${built.stderr}`);
  return String(built.stdout).trim();
}

/**
 * Serves the shop's pages as the overlay does; `feastflow-backend:5000` has to be among the trial's addresses.
 */
export async function startFeastflowPages(
  trial: Trial,
  { env = {}, label }: PageServerOptions = {},
): Promise<PageServer> {
  const folder = await buildFeastflowPages();
  const container = podContainer(trial.system, workloadOf(trial.system, 'Deployment', 'feastflow-frontend'));
  const port = await freePort();
  await mkdir(join(trial.folder, container.pod), { recursive: true });
  const server = await runContainer(trial, container, {
    // A pod has an address of its own.
    env: { PORT: String(port), HOSTNAME: '127.0.0.1', ...env },
    standIn: { bin: [join(root, 'node_modules/.bin')], cwd: folder, ours: true },
    ...(label === undefined ? {} : { label }),
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (server.state() !== undefined) throw new Error(lastWords(server));
      return (await fetch(`${url}/readyz`)).ok;
    },
    { deadline: 60_000, what: 'the page server' },
  );
  return { url, server };
}
