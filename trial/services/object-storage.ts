import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { versitygw } from '../downloads/versitygw.ts';
import { freePort } from '../process/free-port.ts';
import { lastWords, start } from '../process/start.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A store of objects that speaks S3, with one bucket in it. */
export interface ObjectStorage {
  readonly endpoint: string;
  /** The bucket's address. */
  readonly bucket: string;
  /** Where the bucket's objects lie as files, by their keys. */
  readonly objects: string;
  /** What clients log in with. */
  readonly credentials: Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
}

/** Starts a store of objects, in which nobody without the credentials reads or writes, and awaits its answer. */
export async function startObjectStorage(trial: Trial, bucket: string): Promise<ObjectStorage> {
  const program = await versitygw(trial.say);
  const port = await freePort();
  const folder = join(trial.folder, 'object-storage');
  const objects = join(folder, bucket);
  await mkdir(objects, { recursive: true });
  const credentials = { AWS_ACCESS_KEY_ID: 'checkpoints', AWS_SECRET_ACCESS_KEY: 'of-a-trial-alone' };
  const running = start({
    name: 'object-storage',
    command: [program, '--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', 'posix', folder],
    env: {
      ROOT_ACCESS_KEY: credentials.AWS_ACCESS_KEY_ID,
      ROOT_SECRET_KEY: credentials.AWS_SECRET_ACCESS_KEY,
    },
    cwd: trial.folder,
    logFile: join(trial.folder, 'object-storage.log'),
  });
  trial.keep(running);
  const endpoint = `http://127.0.0.1:${port}`;
  await until(
    async () =>
      running.state() !== undefined ||
      (await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(5000) })).ok,
    {
      deadline: 30_000,
      what: 'the store of objects',
    },
  );
  if (running.state() !== undefined)
    throw new Error(`the store of objects ended at its start:\n${lastWords(running)}`);
  return { endpoint, bucket: `${endpoint}/${bucket}`, objects, credentials };
}
