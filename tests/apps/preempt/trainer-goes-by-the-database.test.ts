import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog, createProgress, createRegistry } from '../../../apps/kit/index.ts';
import type { Pool } from '../../../apps/kit/mysql/index.ts';
import { readConfiguration } from '../../../apps/preempt/configuration.ts';
import { databaseTime } from '../../../apps/preempt/database-time.ts';
import { format, lineOf, publish, readModels, versionsIn } from '../../../apps/preempt/models/index.ts';
import { sql } from '../../../apps/preempt/sql/index.ts';
import { whatFailed } from '../../../apps/preempt/trainer/failures.ts';
import { trainerMetrics } from '../../../apps/preempt/trainer/metrics.ts';
import { runTrainer } from '../../../apps/preempt/trainer/run.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { addLocation, day, hour, observe, weatherUntil } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the trainer goes by the clock and the lock of the database');
const configuration = await readConfiguration(join(root, 'base/preempt/config.yaml'));
const lockName = "CONCAT(DATABASE(), '.ml-trainer')";
let platform: Platform;
let models: string;
let running: (() => Promise<void>)[] = [];

test.before(async () => {
  platform = await openPlatform();
  const now = Math.floor(Date.now() / hour) * hour;
  const fields = await addLocation(platform.pool, 1);
  await observe(
    platform.pool,
    1,
    fields,
    weatherUntil(1, now, 60).map(({ at, values: { temperature_2m } }) => ({
      at,
      values: { temperature_2m },
    })),
  );
});
test.after(() => platform?.close());
test.before.each(async () => {
  models = await mkdtemp(join(tmpdir(), 'models-'));
  await platform.pool.change('DELETE FROM bands');
});
test.after.each(async () => {
  await Promise.all(running.map((stop) => stop()));
  running = [];
  await rm(models, { recursive: true, force: true });
});

/** A trainer in this process, on a pool of which a part may be another. */
function train(changed: Partial<Pool> = {}) {
  const controller = new AbortController();
  const states: (string | undefined)[] = [];
  const ended = runTrainer({
    pool: { ...platform.pool, ...changed },
    configuration,
    modelsPath: models,
    log: createLog('test', 'silent'),
    metrics: trainerMetrics(createRegistry()),
    progress: createProgress({ seconds: 300 }),
    signal: controller.signal,
    onState: (why) => states.push(why),
  });
  ended.catch(() => {});
  running.push(async () => {
    controller.abort();
    await ended.catch(() => {});
  });
  return { states, ended };
}
const reaches = (version: number) =>
  until(async () => (await versionsIn(models))[0] === version, {
    deadline: 60_000,
    what: `version ${version}`,
  });
const newest = async () =>
  readModels(models, new Set([1]), { now: await databaseTime(platform.pool), mostDays: 7 });
/** What a trainer may have left, some time ago by the database's clock. */
async function leave(version: number, ago: number, series = 1): Promise<void> {
  const trainedAt = new Date((await databaseTime(platform.pool)) - ago).toISOString();
  const header = { format, version, trainedAt, locations: 0, series, limits: {} };
  await publish(models, version, [lineOf('header', header)]);
}
const bandsCount = async () =>
  (await platform.pool.query<{ count: number }>('SELECT COUNT(*) AS count FROM bands'))[0]?.count;

test('a trainer whose node is a year ahead learns as every other, and its version has the time of the database', async () => {
  const now = Date.now;
  Date.now = () => now() + 365 * day;
  try {
    train();
    await reaches(1);
  } finally {
    Date.now = now;
  }
  const { trainedAt, locations } = await newest();
  assert.ok(Math.abs(Date.parse(trainedAt ?? '') - now()) < hour, trainedAt);
  assert.ok(locations.get(1)?.temperature_2m !== undefined);
});

test('a version of a time to come does not keep it from training', async () => {
  await leave(7, -365 * day);
  train();
  await reaches(8);
  assert.is((await newest()).version, 8);
});

test('it trains again when the newest version is older than the interval, and not before', async () => {
  const interval = configuration.trainer.intervalMinutes * 60_000;
  await leave(1, interval - hour);
  const { states } = train();
  await until(() => states.length > 0, { deadline: 60_000, what: 'a look at the volume' });
  assert.equal(states, [undefined]);
  assert.equal(await versionsIn(models), [1]);
  await leave(2, interval + 60_000);
  train();
  await reaches(3);
});

test('histories that are all too short replace no models, and it says so', async () => {
  await leave(1, 7 * hour, 6);
  const forgetful = async <Row>(text: string, values?: Parameters<Pool['query']>[1]) =>
    text === sql['read-history'] ? [] : platform.pool.query<Row>(text, values);
  const { states } = train({ query: forgetful });
  const why = await until(() => states.find((state) => state !== undefined), {
    deadline: 60_000,
    what: 'a reason',
  });
  assert.match(why, /^nothing can be learned: all 7 series are too short, and version 1 has models/);
  assert.equal(await versionsIn(models), [1]);
});

test('who does not get the lock learns nothing, and is ready', async () => {
  const { pool } = platform;
  await pool.use(async (other) => {
    await other.query(sql['take-trainer-lock']);
    let read = 0;
    const { states } = train({
      query(text, values) {
        if (text === sql['read-history']) read += 1;
        return pool.query(text, values);
      },
    });
    await until(() => states.length > 0, { deadline: 60_000, what: 'a look at the lock' });
    await Promise.all(running.map((stop) => stop()));
    assert.equal(states, [undefined]);
    assert.is(read, 0);
    assert.equal(await versionsIn(models), []);
    await other.query(sql['give-trainer-lock']);
  });
});

for (const at of ['read-history', 'write-bands'] as const) {
  test(`a trainer that lost its lock at ${at} publishes nothing`, async () => {
    const { pool } = platform;
    let free = () => {};
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    let taken: Promise<void> | undefined;
    /** Ends the connection of the lock, and another takes it. */
    const take = () =>
      new Promise<void>((resolve, reject) => {
        const other = pool.use(async (session) => {
          const [row] = await session.query<{ id: number }>(`SELECT IS_USED_LOCK(${lockName}) AS id`);
          await session.change(`KILL ${Number(row?.id)}`);
          const [got] = await session.query<{ got: number }>(`SELECT GET_LOCK(${lockName}, 20) AS got`);
          assert.is(Number(got?.got), 1);
          resolve();
          await freed;
          await session.query(sql['give-trainer-lock']);
        });
        other.catch(reject);
        running.push(() => {
          free();
          return other.catch(() => {});
        });
      });
    const losing = async (text: string) => {
      if (text !== sql[at]) return;
      taken ??= take();
      await taken;
    };
    const { states } = train({
      async query(text, values) {
        await losing(text);
        return pool.query(text, values);
      },
      async change(text, values) {
        const changed = await pool.change(text, values);
        await losing(text);
        return changed;
      },
    });
    const lost = () => states.findIndex((state) => state !== undefined);
    // After the failure it finds that another is at work.
    await until(() => lost() >= 0 && states.length > lost() + 1, { deadline: 60_000, what: 'the other' });
    assert.match(states[lost()] ?? '', /^the database does not answer/);
    assert.equal(await versionsIn(models), []);
    if (at === 'read-history') assert.is(await bandsCount(), 0);
  });
}

test('who dies between the bands and the version leaves no version, so that the next one writes both', async () => {
  const { ended } = train({
    change: async () => {
      throw new TypeError('as if it were killed');
    },
  });
  const why = await ended.then(
    () => '',
    (error: Error) => error.message,
  );
  assert.is(why, 'as if it were killed');
  assert.equal(await versionsIn(models), []);
  train();
  await reaches(1);
  assert.is(await bandsCount(), 8);
});

test('a connection of the database that breaks is not told as the volume, though it is written to as well', async () => {
  const system = (code: string, syscall: string) =>
    Object.assign(new Error(`${syscall} ${code}`), { code, syscall, errno: -32 });
  for (const code of ['EPIPE', 'ECONNRESET']) assert.is(whatFailed(system(code, 'write')), 'database');
  assert.is(whatFailed(Object.assign(system('ETIMEDOUT', 'write'), { fatal: true })), 'database');
  for (const code of ['ENOSPC', 'EROFS', 'EIO']) assert.is(whatFailed(system(code, 'write')), 'volume');
  assert.is(whatFailed(new TypeError('a mistake')), undefined);
  let broken = false;
  const { states } = train({
    query(text, values) {
      if (text !== sql['read-history'] || broken) return platform.pool.query(text, values);
      broken = true;
      return Promise.reject(system('EPIPE', 'write'));
    },
  });
  await reaches(1);
  assert.ok(states.some((state) => /^the database does not answer: write EPIPE$/.test(state ?? '')));
});

test.run();
