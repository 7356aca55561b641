import pg from 'pg';
import { from } from 'pg-copy-streams';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { together } from '../../harness/together.ts';
import { assertExactlyOnce } from './exactly-once.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the consumer dies, or is taken for dead');
const scenarios = together(test);
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
  scenarios.start();
});
test.after(async () => {
  await scenarios.ended();
  await platform?.close();
});

scenarios.add(
  'a crash between the commit in Postgres and the one in Kafka repeats nothing and loses nothing',
  async () => {
    const { admin, newStream } = platform;
    const stream = await newStream('crash');
    await stream.send(20_000);
    const first = await stream.startConsumer();
    await until(async () => (await stream.stored()) > 0, {
      deadline: 60_000,
      what: 'a first commit',
      every: 5,
    });
    first.signal('SIGKILL');
    await first.ended;
    // The worst that Kafka may remember: nothing of what is stored, then more than is stored.
    for (const kept of [0, 1_000_000]) {
      await until(
        () =>
          admin
            .alterConsumerGroupOffsets({
              groupId: stream.topic,
              topics: [
                {
                  name: stream.topic,
                  partitionOffsets: [0, 1, 2].map((partition) => ({ partition, offset: BigInt(kept) })),
                },
              ],
            })
            .then(() => true),
        { deadline: 60_000, what: 'a group without members, whose offsets can be set', every: 250 },
      );
      await stream.send(2000);
      const next = await stream.startConsumer();
      await stream.drained();
      assertExactlyOnce(stream.sent, await stream.events());
      await next.stop();
    }
  },
);

scenarios.add('kill -9 at random instants under load', async () => {
  const stream = await platform.newStream('kills');
  let kills = 0;
  for (; kills < 6; kills += 1) {
    await stream.send(8000);
    const before = await stream.stored();
    const consumer = await stream.startConsumer();
    await until(async () => (await stream.stored()) > before, {
      deadline: 90_000,
      what: 'a commit before the kill',
      every: 1 + Math.floor(Math.random() * 40),
    });
    consumer.signal('SIGKILL');
    await consumer.ended;
  }
  const last = await stream.startConsumer();
  await stream.drained();
  await last.stop();
  assert.is(kills, 6);
  assertExactlyOnce(stream.sent, await stream.events());
});

scenarios.add('consumers that come and go in mid-batch hand their partitions over', async () => {
  const stream = await platform.newStream('rebalance');
  await stream.send(15_000);
  const one = await stream.startConsumer({ index: 0 });
  await until(async () => (await stream.stored()) > 0, { deadline: 60_000, what: 'a first commit' });
  const two = await stream.startConsumer({ index: 1 });
  const three = await stream.startConsumer({ index: 2 });
  const assigned = (log: string) => /"partitions":\[\d/.test(log);
  for (let round = 0; round < 4; round += 1) await stream.send(5000);
  await until(() => assigned(two.log()) && assigned(three.log()), {
    deadline: 60_000,
    what: 'three members',
  });
  await stream.send(5000);
  await two.stop();
  await stream.send(5000);
  await stream.drained();
  await Promise.all([one.stop(), three.stop()]);
  assertExactlyOnce(stream.sent, await stream.events());
  for (const consumer of [one, two, three]) assert.equal(consumer.state(), { status: 0, signal: null });
});

scenarios.add('a zombie with an old assignment changes nothing when it wakes', async () => {
  const stream = await platform.newStream('zombie');
  await stream.send(20_000);
  const zombie = await stream.startConsumer({ index: 0 });
  await until(async () => (await stream.stored()) > 0, {
    deadline: 60_000,
    what: 'a first commit',
    every: 5,
  });
  zombie.signal('SIGSTOP');
  const heir = await stream.startConsumer({ index: 1 });
  await stream.drained();
  zombie.signal('SIGCONT');
  await stream.send(5000);
  await stream.drained();
  await until(() => /"assignment":[2-9]|joining again/.test(zombie.log()), {
    deadline: 60_000,
    what: 'the zombie in the group again',
  });
  await stream.send(1000);
  await stream.drained();
  await Promise.all([zombie.stop(), heir.stop()]);
  assertExactlyOnce(stream.sent, await stream.events());
});

scenarios.add(
  'one that is frozen in the middle of a COPY does not keep its partitions for ever',
  async () => {
    const stream = await platform.newStream('frozen');
    await stream.send(2000);
    const before = await stream.startConsumer({ index: 0 });
    await stream.drained();
    await before.stop();
    // As its last transaction would be found: the offsets locked, and a COPY whose rows do not come.
    const frozen = new pg.Client({ ...platform.services.login, application_name: 'lambda-consumer' });
    frozen.on('error', () => {});
    await frozen.connect();
    await frozen.query('BEGIN');
    await frozen.query('SELECT 1 FROM stream_offsets WHERE topic = $1 FOR UPDATE', [stream.topic]);
    const copy = frozen.query(from('COPY transactions (event_id) FROM STDIN'));
    const ended = new Promise<Error>((resolve) => copy.once('error', resolve));
    copy.write('');
    await stream.send(2000);
    const heir = await stream.startConsumer({ index: 1 });
    await stream.drained();
    assert.match((await ended).message, /terminat/);
    await heir.stop();
    await frozen.end().catch(() => {});
    assertExactlyOnce(stream.sent, await stream.events());
  },
);

test.run();
