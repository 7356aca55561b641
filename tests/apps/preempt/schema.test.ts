import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { SchemaRefused } from '../../../apps/kit/schema/index.ts';
import { allowedBy, openBudget } from '../../../apps/preempt/collector/budget.ts';
import { writeObservation } from '../../../apps/preempt/message/observation.ts';
import {
  knownMigrations,
  migrate,
  schemaVersion,
  statementsOf,
} from '../../../apps/preempt/schema/migrate.ts';
import { sql } from '../../../apps/preempt/sql/index.ts';
import { readKnowledge } from '../../../apps/preempt/store/known.ts';
import { writeEntries } from '../../../apps/preempt/store/write.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { finished } from '../../../trial/process/start.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { openPlatform, type Platform } from './platform.ts';

/** The image's own server, and what Debian has: the SQL is right on both. */
for (const engine of ['mariadb', 'mysql'] as const) {
  const test = suite(`the schema, on ${engine}`);
  let platform: Platform;
  test.before(async () => {
    platform = await openPlatform({ engine, migrated: false });
  });
  test.after(() => platform?.close());

  test('an empty database has version 0, and a worker waits for it up to its deadline', async () => {
    assert.is(await schemaVersion(platform.pool), 0);
    const waiting = await startPreemptWorker(platform.trial, {
      workload: 'Deployment/store',
      container: 'wait-for-schema',
    });
    await migrateAtOnce(platform);
    await finished(waiting, 30_000);
  });

  test('a migration that was killed between two statements is done from its beginning', async () => {
    const { pool } = platform;
    const known = await knownMigrations();
    for (const statements of known.map(statementsOf)) {
      for (let done = 0; done <= statements.length; done += 1) {
        for (const { name } of await pool.query<{ name: string }>(
          'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
        )) {
          await pool.change(`DROP TABLE ${name}`);
        }
        for (const statement of statements.slice(0, done)) await pool.change(statement);
        await migrate(pool, known);
        assert.is(await schemaVersion(pool), known.length);
      }
    }
  });

  test('a schema that is newer than the code, or that was changed since, is refused', async () => {
    const { pool } = platform;
    const known = await knownMigrations();
    await migrate(pool, known);
    await refused(migrate(pool, known.slice(0, -1)), /deploy the newer image again/);
    const changed = known.map((one) => (one.version === 1 ? { ...one, sha256: '0'.repeat(64) } : one));
    await refused(migrate(pool, changed), /never change an applied migration/);
  });

  test('the statements of the collector and the store mean the same: budget, dues, the later of two collections', async () => {
    const { pool } = platform;
    await migrate(pool, await knownMigrations());
    const now = new Date('2026-06-01T12:00:00.000Z');
    const budget = openBudget(pool, 28_800, () => now);
    const allowed = allowedBy(now, 28_800);
    assert.is(await budget.left(), allowed);
    assert.equal(
      await Promise.all([budget.spend(allowed), budget.spend(allowed)]).then((both) => both.sort()),
      [false, true],
    );
    assert.is(await budget.left(), 0);
    const place = (id: number) => [id, 'São', 'sao', 'BR', 1.5, 2.25, 1, 'UTC'];
    await pool.change(sql['seed-locations'], [[place(1), place(2), place(3)]]);
    await pool.change(sql['mark-collected'], [now, [2]]);
    await pool.change(sql['mark-collected'], [new Date(now.getTime() - 3_600_000), [3]]);
    const fresh = new Date(now.getTime() - 900_000);
    const due = async (at: Date) => {
      const dayAgo = new Date(at.getTime() - 86_400_000);
      const found = await pool.query<{ id: number }>(sql['due-locations'], [fresh, now, dayAgo, at, 10]);
      return found.map(({ id }) => id);
    };
    assert.equal(await due(now), [1, 3]);
    await pool.change(sql['mark-refused'], [now, [1]]);
    assert.equal(await due(now), [3]);
    assert.equal(await due(new Date(now.getTime() + 86_400_000)), [1, 3]);
    await pool.change(sql['mark-refused'], [null, [1]]);
    const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    assert.is(await budget.paused(), undefined);
    for (const [minutes, reason] of [
      [5, 'a'],
      [9, 'b'],
      [7, 'c'],
    ] as const) {
      await budget.pause({ until: later(minutes), reason });
    }
    assert.equal(await budget.paused(), { until: later(9), reason: 'b' });
    const knowledge = readKnowledge(pool, ['temperature_2m']);
    const entry = (id: string, minute: string, value: number) => {
      const data = writeObservation({
        location: 1,
        collectedAt: `2026-06-01T12:${minute}:00.250Z`,
        observedAt: '2026-06-01T12:00Z',
        values: { temperature_2m: value },
      });
      return { id, deliveries: 1, fields: new Map([['data', data]]) };
    };
    await writeEntries(pool, knowledge, [entry('1-0', '20', 2), entry('2-0', '10', 1)]);
    const read = 'SELECT value, collected_at AS at FROM observations';
    assert.equal(await pool.query(read), [{ value: 2, at: new Date('2026-06-01T12:20:00.250Z') }]);
    await writeEntries(pool, knowledge, [entry('3-0', '30', 3)]);
    assert.equal(await pool.query(read), [{ value: 3, at: new Date('2026-06-01T12:30:00.250Z') }]);
  });

  test('a location outside the world is refused', async () => {
    const { version } = platform.services.mysql;
    // A CHECK is read and not held before 8.0.16.
    if (version === 'MySQL 8.0.15') return;
    const insert =
      "INSERT INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES (1, 'a', 'a', 'DE', ?, ?, 1, 'UTC')";
    for (const place of [
      [90.1, 0],
      [0, -181],
    ]) {
      assert.ok(
        await platform.pool.change(insert, place).then(
          () => false,
          () => true,
        ),
      );
    }
  });

  test.run();
}

/** Three Jobs at a time do it once. */
async function migrateAtOnce({ trial, pool }: Platform): Promise<void> {
  const jobs = await Promise.all(
    [0, 1, 2].map((index) => startPreemptWorker(trial, { workload: 'Job/migrate', index })),
  );
  await Promise.all(jobs.map((job) => finished(job, 60_000)));
  const applied = jobs.map((job) => job.log().split('"msg":"applied"').length - 1);
  const known = await knownMigrations();
  assert.is(
    applied.reduce((sum, count) => sum + count, 0),
    known.length,
  );
  assert.is(await schemaVersion(pool), known.length);
}

async function refused(work: Promise<unknown>, reason: RegExp): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.instance(error, SchemaRefused);
  assert.match((error as Error).message, reason);
}

const wrong = suite('an environment that is not right');

wrong('ends a worker with 2 and names every mistake', () => {
  for (const script of ['migrate.ts', 'wait-for-schema.ts']) {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'apps/preempt', script)], {
      env: { PATH: process.env.PATH ?? '', DB_HOST: 'no host', NODE_NO_WARNINGS: '1' },
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.is(status, 2, stdout);
    const { mistakes } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    assert.equal(
      mistakes.map((mistake: string) => mistake.split(' ')[0]),
      ['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD'],
    );
  }
});

wrong.run();
