import { freePort } from './process/free-port.ts';
import { finished, lastWords } from './process/start.ts';
import { type Postgres, startPostgres } from './services/postgres.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';
import { type RunningWorker, startWorker } from './worker.ts';

/** The shop's database, and its login, as the backend gets it. */
export interface FeastflowServices {
  readonly postgres: Postgres;
  readonly login: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
  };
}

/** Starts the database, and makes its tables by the system's own Job. */
export async function startFeastflowServices(trial: Trial): Promise<FeastflowServices> {
  const postgres = await startPostgres(trial, { name: 'postgres' });
  const secret = trial.system.model.configurations.find(({ name }) => name === 'postgres-secret');
  const value = (key: string) => secret?.values.get(key) ?? '';
  await finished(await startWorker(trial, { workload: 'Job/feastflow-migrate' }), 120_000);
  const login = {
    host: '127.0.0.1',
    port: postgres.port,
    database: value('DB_NAME'),
    user: value('DB_USER'),
    password: value('DB_PASSWORD'),
  };
  return { postgres, login };
}

/** A replica of the backend, and where it answers. */
export interface RunningBackend {
  readonly url: string;
  readonly worker: RunningWorker;
}

export interface BackendOptions {
  readonly index?: number;
  /** Where one that went away was; a free one by default. */
  readonly port?: number;
  /** Tells runs of one replica apart. */
  readonly label?: string;
  /** Variables of another value than the overlay's. */
  readonly env?: Readonly<Record<string, string>>;
  /** What else changes in a mounted file. */
  readonly edit?: (text: string, path: string) => string;
}

/** Starts a backend, and awaits its readiness probe. */
export async function startBackend(
  trial: Trial,
  { index = 0, port: wanted, label, env = {}, edit }: BackendOptions = {},
): Promise<RunningBackend> {
  const port = wanted ?? (await freePort());
  const worker = await startWorker(trial, {
    workload: 'Deployment/feastflow-backend',
    index,
    ...(label === undefined ? {} : { label }),
    // A pod has a port of its own, and a Service before it.
    env: { HTTP_ADDRESS: `127.0.0.1:${port}`, ...env },
    ...(edit === undefined ? {} : { edit }),
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      // What has ended is told at once, not waited for.
      if (worker.state() !== undefined) return true;
      return (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5000) })).ok;
    },
    { deadline: 120_000, what: 'the backend' },
  );
  if (worker.state() !== undefined) throw new Error(`the backend ended:\n${lastWords(worker)}`);
  return { url, worker };
}
