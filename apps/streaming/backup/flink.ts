import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FlinkConfig {
  readonly url: string;
  readonly job: string;
  /** Where the JobManager writes the savepoint, on the volume that it shares. */
  readonly folder: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** A savepoint of a job that goes on. */
export interface Savepoint {
  readonly jobId: string;
  /** As Flink names it: `file:/var/lib/flink/backups/savepoint-...`. */
  readonly location: string;
  /** From when on everything that the savepoint has counted is committed in Kafka too. */
  readonly settledAt: Date;
}

interface Overview {
  readonly jobs: readonly {
    readonly jid: string;
    readonly name: string;
    readonly state: string;
    readonly tasks: { readonly total: number; readonly running: number };
  }[];
}

interface Statistics {
  readonly latest: {
    readonly completed: { readonly id: number } | null;
    readonly savepoint: { readonly id: number; readonly external_path: string } | null;
  };
}

interface Operation {
  readonly status: { readonly id: string };
  readonly operation?: { readonly location?: string; readonly 'failure-cause'?: { readonly class?: string } };
}

const ended = new Set(['FINISHED', 'CANCELED', 'FAILED']);

async function ask<Answer>({ url, signal }: FlinkConfig, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: Flink answered ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as Answer;
}

/** Asks again and again until there is an answer. @throws Error when the time is over */
async function awaited<Answer>(
  config: FlinkConfig,
  what: string,
  look: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const end = performance.now() + config.seconds * 1000;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`no ${what} within ${config.seconds} s`);
    await sleep(1000, undefined, { signal: config.signal });
  }
}

async function operated(config: FlinkConfig, what: string, path: string): Promise<Operation['operation']> {
  return awaited(config, what, async () => {
    const { status, operation } = await ask<Operation>(config, path);
    if (status.id !== 'COMPLETED') return undefined;
    const cause = operation?.['failure-cause'];
    if (cause !== undefined && cause !== null)
      throw new Error(`no ${what}: ${cause.class ?? 'Flink does not say why'}`);
    return operation ?? {};
  });
}

/**
 * Takes a savepoint of a job that goes on, and waits until Kafka has committed all that it counted.
 *
 * A savepoint of a job that goes on commits nothing: what the sink wrote until then is committed with the next checkpoint,
 * and a broker gives up what stays open for a quarter of an hour. So a copy of Kafka's log is of use to this savepoint only
 * when it was made after that checkpoint; the one after it shows that its commits were done.
 */
export async function takeSavepoint(config: FlinkConfig): Promise<Savepoint> {
  const job = await awaited(config, `job ${config.job} of which all runs`, async () => {
    const { jobs } = await ask<Overview>(config, '/jobs/overview');
    const found = jobs.find(({ name, state }) => name === config.job && !ended.has(state));
    if (found === undefined) throw new Error(`no job ${config.job} runs`);
    // While it recovers from something it takes none.
    const { total, running } = found.tasks;
    return found.state === 'RUNNING' && running === total ? found : undefined;
  });
  const path = `/jobs/${job.jid}`;
  const request = {
    'cancel-job': false,
    'target-directory': `file://${config.folder}`,
    formatType: 'CANONICAL',
  };
  const { 'request-id': id } = await ask<{ 'request-id': string }>(config, `${path}/savepoints`, request);
  const location = (await operated(config, 'savepoint', `${path}/savepoints/${id}`))?.location;
  if (location === undefined) throw new Error('Flink does not say where the savepoint is');
  return disposedUnless(config, location, async () => {
    await awaited(config, 'two checkpoints after the savepoint', async () => {
      const { latest } = await ask<Statistics>(config, `${path}/checkpoints`);
      const savepoint =
        latest.savepoint?.external_path === location ? latest.savepoint.id : Number.POSITIVE_INFINITY;
      return (latest.completed?.id ?? 0) >= savepoint + 2 ? true : undefined;
    });
    return { jobId: job.jid, location, settledAt: new Date() };
  });
}

/** Leaves no savepoint behind where what is done with it fails. */
async function disposedUnless<Value>(
  config: FlinkConfig,
  location: string,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    // A failure here would hide the first; the next run finds what is left.
    await dispose(config, location).catch(() => {});
    throw error;
  }
}

/** Takes a savepoint, does something with it, and has Flink remove it, also when that fails. */
export async function withSavepoint<Value>(
  config: FlinkConfig,
  work: (savepoint: Savepoint) => Promise<Value>,
): Promise<Value> {
  const savepoint = await takeSavepoint(config);
  const value = await disposedUnless(config, savepoint.location, () => work(savepoint));
  await dispose(config, savepoint.location);
  return value;
}

/** Longer than a run may take: a younger savepoint may be another run's, which copies it now. */
const abandoned = 3_600_000;

/**
 * Has Flink remove what runs left that were killed.
 * @returns which are gone, and which it would not remove: one that was not written to its end is none to it
 */
export async function disposeLeftovers(
  config: FlinkConfig,
  now: Date,
): Promise<{ readonly disposed: readonly string[]; readonly left: readonly string[] }> {
  const [disposed, left]: [string[], string[]] = [[], []];
  const names = await readdir(config.folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const { mtime } = await stat(join(config.folder, name));
    if (now.getTime() - mtime.getTime() < abandoned) continue;
    const isGone = await dispose(config, `file:${join(config.folder, name)}`).then(
      () => true,
      () => false,
    );
    (isGone ? disposed : left).push(name);
  }
  return { disposed, left };
}

/** By a time of its own: a pod that is told to go clears up first. */
async function dispose(given: FlinkConfig, location: string): Promise<void> {
  const config = { ...given, seconds: 30, signal: AbortSignal.timeout(45_000) };
  const { 'request-id': id } = await ask<{ 'request-id': string }>(config, '/savepoint-disposal', {
    'savepoint-path': location,
  });
  await operated(config, 'end of the savepoint', `/savepoint-disposal/${id}`);
}
