import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ReceivedEvent } from '../../../apps/big-data/event/index.ts';
import { connect } from '../../../trial/services/cassandra.ts';
import { killed, waitForSchema } from '../../../trial/services/spark.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { metricOf } from '../metric-of.ts';
import { expectedRows, isLate } from './expected-rows.ts';
import {
  assertStored,
  drained,
  endWithin,
  killWithin,
  openSparkRig,
  queries,
  type SparkRig,
  sendPast,
  startQueries,
  untilOf,
} from './spark-rig.ts';
import { storedRows } from './stored-rows.ts';
import { type Sent, storefrontHistory } from './storefront-history.ts';

const test = suite<{ rig: SparkRig }>('events are counted exactly, on a real Kafka, Spark and Cassandra');

const sent: readonly Sent[] = storefrontHistory(6000, 7);
const events = sent.flatMap(({ event }): ReceivedEvent[] => (event === undefined ? [] : [event]));
/** Dead with no time, or one to come: what counts windows leaves them where they are. */
const untimed = 7;
const dead = sent.filter((one) => one.dead !== undefined);

test.before(async (context) => {
  context.rig = await openSparkRig();
});
test.after(({ rig }) => rig?.close());

test('whoever waits for the schema finds it, and is told what is missing', async ({ rig }) => {
  await waitForSchema(rig.trial);
  const nothing = { KAFKA_TOPIC: 'nothing' };
  const refused = await waitForSchema(rig.trial, nothing, ['--deadline=3']).catch((error: Error) => error);
  assert.match(refused instanceof Error ? refused.message : '', /there is no topic nothing/);
  await rig.cassandra.cqlsh("CREATE ROLE nobody WITH PASSWORD = 'nobody' AND LOGIN = true");
  for (const [env, why] of [
    [{ CASSANDRA_KEYSPACE: 'system_auth' }, /system_auth has no table sessions, /],
    [{ CASSANDRA_USER: 'nobody', CASSANDRA_PASSWORD: 'nobody' }, /nobody has no SELECT permission/],
  ] as const) {
    const missing = await waitForSchema(rig.trial, env, ['--deadline=3']).catch((error: Error) => error);
    assert.match(missing instanceof Error ? missing.message : '', why);
  }
});

test('killed and ended in mid-batch, it leaves what an independent count has', async ({ rig }) => {
  await sendPast(rig, sent);
  for (const query of queries) {
    const spark = await startQueries(rig);
    assert.ok((await killWithin(rig, spark, query)) >= 0, `${query} was in mid-batch`);
  }
  const asked = await startQueries(rig);
  const { underWay, done } = await endWithin(rig, asked, 'windows');
  assert.ok(done >= underWay, `SIGTERM lets batch ${underWay} end: ${done} is done`);
  assert.ok(
    done <= underWay + 1,
    `SIGTERM lets no other begin than the one that is planned: ${done} is done`,
  );
  assert.match(asked.log(), /"whole": true, "msg": "ended"/);
  const spark = await startQueries(rig);
  await drained(spark);
  await assertStored(rig, expectedRows(events));
  await spark.stop(100_000);
});

test('what is no event is kept under its place in the topic, with the reason', async ({ rig }) => {
  const query = `SELECT topic, topic_partition, topic_offset, hour, recorded_at, reason, detail, payload,
    WRITETIME(reason) AS written_at FROM storefront.dead_letters`;
  const { rows } = await rig.client.execute(query);
  const told = rows.map((row) =>
    [row.get('payload') ?? '', row.get('reason'), row.get('detail')].join(' | '),
  );
  const expected = dead.map(({ value, dead: why }) => [value, why?.reason, why?.detail].join(' | '));
  assert.equal(told.sort(), expected.sort());
  for (const row of rows) {
    const recorded = (row.get('recorded_at') as Date).getTime();
    assert.is(Number(row.get('written_at')), recorded * 1000);
    assert.is((row.get('hour') as Date).getTime(), Math.floor(recorded / 3_600_000) * 3_600_000);
    assert.is(row.get('topic'), 'events');
  }
});

test('a replay of the topic from its start changes nothing, nor takes anything back on its way', async ({
  rig,
}) => {
  const before = await storedRows(rig.client);
  const spark = await startQueries(rig, {
    env: { CHECKPOINT_LOCATION: `file://${rig.trial.folder}/replayed` },
  });
  await untilOf(
    spark,
    async () => ((await metricOf(spark, 'storefront_rows_read_total', 'query="windows"')) ?? 0) > 1500,
    { deadline: 400_000, what: 'some of the topic is read again' },
  );
  await assertStored(rig, before);
  await drained(spark);
  await assertStored(rig, before);
  const late = events.filter(isLate).length;
  assert.ok(late > 50);
  for (const query of queries) {
    const value = (name: string) => metricOf(spark, `storefront_${name}`, `query="${query}"`);
    assert.is(await value('rows_read_total'), sent.length - (query === 'windows' ? untimed : 0), query);
    assert.is(await value('rows_late_total'), query === 'events' ? late : 0, query);
    assert.is(await value('rows_behind_watermark_total'), 0, query);
    assert.is(await value('rows_dead_total'), query === 'events' ? dead.length : 0, query);
  }
  const { rows } = await rig.client.execute(
    `SELECT query, SUM(rows_late) AS late, SUM(rows_dead) AS dead, MIN(lag) AS lag FROM storefront.batches
     GROUP BY query, month`,
  );
  for (const row of rows) {
    // The first reading, of which a killed batch may have told nothing, and the replay.
    const told = row.get('query') === 'events' ? late : 0;
    assert.ok(Number(row.get('late')) >= told && Number(row.get('late')) <= 2 * told + 50, String(row));
    assert.is(Number(row.get('lag')), 0);
  }
  await killed(spark);
});

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly target: string }[];
  }[];
}

const dashboardOf = async (name: string) =>
  JSON.parse(await readFile(join(root, `base/big-data/dashboards/${name}.json`), 'utf8')) as Dashboard;

/** A question as the page and the plugin fill it in: times are milliseconds since 1970. */
const filled = (target: string, from?: string | number, to?: string | number) =>
  target
    .replaceAll('$__timeFrom', String(new Date(from ?? 0).getTime()))
    .replaceAll('$__timeTo', String(new Date(to ?? 0).getTime()))
    .replaceAll('$currency', 'EUR');

test('a range from January to March has February', async ({ rig }) => {
  const { panels } = await dashboardOf('storefront');
  const [from, to] = ['2025-01-30T12:00:00.000Z', '2025-03-01T11:00:00.000Z'].map((time) => Date.parse(time));
  const at = (day: string) => `'2025-${day}T12:30:00Z'`;
  for (const [month, day] of [
    ['01', '01-31'],
    ['02', '02-10'],
    ['03', '03-01'],
  ] as const) {
    await rig.client.execute(
      `INSERT INTO storefront.purchases_by_minute (currency, month, minute, orders) VALUES ('EUR', '2025-${month}-01', ${at(day)}, 1)`,
      [],
      { prepare: false },
    );
  }
  const [{ target = '' } = {}] = panels[0]?.targets ?? [];
  const { rows } = await rig.client.execute(filled(target, from, to), [], { prepare: false });
  // The last is after the range.
  assert.is(rows.length, 2);
});

test("the dashboards' questions are answered, with rows, for the login that Grafana has", async ({ rig }) => {
  const reader = await connect(rig.cassandra, 'reader');
  try {
    const letter = await reader.execute('SELECT recorded_at FROM storefront.dead_letters LIMIT 1');
    const recorded = (letter.first().get('recorded_at') as Date).getTime();
    const ranges = {
      storefront: ['2026-03-31T23:00:00.000Z', '2026-04-01T00:59:59.000Z'],
      pipeline: [Date.now() - 3_600_000, Date.now()],
    };
    for (const [name, [from, to]] of Object.entries(ranges)) {
      for (const { title, targets = [] } of (await dashboardOf(name)).panels) {
        for (const { target } of targets) {
          // One hour of dead letters is asked for, and another may have begun since.
          const end = target.includes('dead_letters') ? recorded : to;
          const query = filled(target, from, end);
          const { rows } = await reader.execute(query, [], { prepare: false });
          assert.ok(rows.length > 0, `${name}, ${title}: ${query}`);
        }
      }
    }
  } finally {
    await reader.shutdown();
  }
});

test.run();
