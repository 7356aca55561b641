import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeArchive } from '../../../apps/kit/backup/index.ts';
import { createLog } from '../../../apps/kit/index.ts';
import { findSavepoint } from '../../../apps/streaming/backup/find-savepoint.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { store } from '../kit/fixtures/objects.ts';

const test = suite<{ folder: string }>('a savepoint in the store');
const log = createLog('test', 'silent');
const job = 'a'.repeat(32);
const [early, late] = ['2026-01-31t12-05-00z', '2026-01-31t18-05-00z'];

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'savepoint-'));
});
test.after.each(({ folder }) => rm(folder, { recursive: true }));

/** Two savepoints, of twelve and of six, settled seven minutes past. */
async function withTwo(folder: string) {
  const objects = store();
  await writeFile(join(folder, '_metadata'), 'it');
  for (const [name, hour] of [
    [early, '12'],
    [late, '18'],
  ] as const)
    await writeArchive(objects, 'flink', name, folder, ['_metadata'], {
      jobId: job,
      savepoint: `savepoint-${hour}`,
      settledAt: `2026-01-31T${hour}:07:00.000Z`,
    });
  objects.done.length = 0;
  return objects;
}

const newest = (before: string) => ({ from: 'newest', before });
const refused = (work: Promise<unknown>, how: string) =>
  work.then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, how),
  );

test('is the newest that was settled before the volumes were cut', async ({ folder }) => {
  const objects = await withTwo(folder);
  const of = async (before: string) => (await findSavepoint(objects, 'flink', newest(before), log)).savepoint;
  assert.is(await of(''), 'savepoint-18');
  assert.is(await of('2026-01-31T18:20:00Z'), 'savepoint-18');
  assert.is(await of('2026-01-31T18:06:59Z'), 'savepoint-12');
  await refused(of('2026-01-31T12:00:00Z'), 'no savepoint is there from before 2026-01-31T12:00:00Z');
  assert.equal(objects.done, [], 'to look changes nothing');
});

test('of which an object is gone is told before anything depends on it', async ({ folder }) => {
  const objects = await withTwo(folder);
  objects.held.delete(`flink/${late}/files/_metadata.0`);
  await refused(findSavepoint(objects, 'flink', newest(''), log), `${late} is not whole`);
});

/** Runs the worker where neither Flink nor a store answers. */
async function restoreFlink(state: string, env: Readonly<Record<string, string>>): Promise<number | null> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'apps/streaming/restore-flink.ts'],
    {
      cwd: root,
      stdio: 'ignore',
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        OBJECTS_ENDPOINT: 'http://127.0.0.1:9',
        OBJECTS_BUCKET: 'plumbline',
        OBJECTS_PREFIX: 'flink',
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'key',
        JOB_NAME: 'revenue',
        FLINK_URL: 'http://127.0.0.1:9',
        STATE_PATH: state,
        HEALTH_PORT: '0',
        ...env,
      },
    },
  );
  return new Promise((resolve) => child.on('close', resolve));
}

test('is not looked for where the job is to begin with nothing: what was there is put aside', async ({
  folder,
}) => {
  for (const name of ['jobs', 'checkpoints', 'savepoints', 'backups']) await mkdir(join(folder, name));
  assert.is(await restoreFlink(folder, { RESTORE_FROM: 'nothing' }), 0);
  const [backups, aside = '', ...others] = await readdir(folder);
  assert.equal([backups, others], ['backups', []]);
  assert.match(aside, /^before-/);
  assert.equal((await readdir(join(folder, aside))).sort(), ['checkpoints', 'jobs', 'savepoints']);
});

test.run();
