import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../../apps/kit/index.ts';
import { noBackupIsUnderWay } from '../../deploy/reassign/backups-held.ts';
import { evenly } from '../../deploy/reassign/even.ts';
import { judge, wantedOf } from '../../deploy/reassign/plan.ts';
import { type Broker, type Partition, readBrokers, readPartitions } from '../../deploy/reassign/read.ts';
import { runScript } from './fixtures/fakes.ts';

const root = join(import.meta.dirname, '..', '..');

const brokers = (count: number, racks = 1): Broker[] =>
  Array.from({ length: count }, (_, id) => ({ id, rack: `zone-${id % racks}` }));

const topic = (name: string, replicas: readonly (readonly number[])[]): Partition[] =>
  replicas.map((list, partition) => ({ topic: name, partition, replicas: list }));

/** Of every broker, how many of these partitions it holds. */
const counts = (partitions: readonly Partition[], of: readonly Broker[], leading = false): number[] =>
  of.map(
    ({ id }) =>
      partitions.filter(({ replicas }) => (leading ? replicas.slice(0, 1) : replicas).includes(id)).length,
  );

const moved = (from: readonly Partition[], to: readonly Partition[]): number =>
  to.reduce(
    (sum, { replicas }, at) => sum + replicas.filter((id) => !from[at]?.replicas.includes(id)).length,
    0,
  );

const spread = (numbers: readonly number[]): number => Math.max(...numbers) - Math.min(...numbers);

test('from one broker to five, each gets its share, and what one may keep stays', () => {
  const now = [
    ...topic(
      'orders',
      Array.from({ length: 12 }, () => [0]),
    ),
    ...topic('journal', [[0]]),
    ...topic(
      '__consumer_offsets',
      Array.from({ length: 50 }, () => [0]),
    ),
  ];
  const goal = evenly(now, brokers(5));
  const of = (name: string) => goal.filter((partition) => partition.topic === name);
  assert.equal([...counts(of('orders'), brokers(5))].sort(), [2, 2, 2, 3, 3]);
  assert.equal(counts(of('__consumer_offsets'), brokers(5)), [10, 10, 10, 10, 10]);
  assert.equal(of('journal')[0]?.replicas, [0]);
  // Broker 0 keeps 3 of 12 and 10 of 50.
  assert.is(moved(now, goal), 9 + 40);
});

test('what is even stays as it is, to the order', () => {
  const now = evenly(
    topic(
      'orders',
      Array.from({ length: 12 }, () => [0, 1, 2]),
    ),
    brokers(6, 3),
  );
  assert.equal(evenly(now, brokers(6, 3)), now);
});

test('a broker that goes is emptied, and nothing else moves but what evens the rest', () => {
  const now = evenly(
    topic(
      'orders',
      Array.from({ length: 12 }, () => [0, 1, 2]),
    ),
    brokers(4),
  );
  const goal = evenly(now, brokers(3));
  assert.equal(counts(goal, brokers(3)), [12, 12, 12]);
  assert.equal(counts(goal, brokers(3), true), [4, 4, 4]);
  assert.is(moved(now, goal), counts(now, brokers(4))[3]);
});

test('copies are in as many zones as there are, even where zones have brokers of unlike number', () => {
  const uneven: Broker[] = [...brokers(5, 1).slice(0, 2), ...brokers(5).slice(2)].map(({ id }) => ({
    id,
    rack: id === 0 ? 'a' : id < 3 ? 'b' : 'c',
  }));
  const goal = evenly(
    topic(
      'orders',
      Array.from({ length: 10 }, () => [1, 2, 3]),
    ),
    uneven,
  );
  for (const { replicas } of goal)
    assert.is(new Set(replicas.map((id) => uneven[id]?.rack)).size, 3, replicas.join());
  assert.equal(counts(goal, uneven), [10, 5, 5, 5, 5]);
  assert.equal(counts(goal, uneven, true), [2, 2, 2, 2, 2]);
});

test('more copies than zones are spread over them as evenly as they go', () => {
  const goal = evenly(
    topic(
      'orders',
      Array.from({ length: 6 }, () => [0, 2, 4]),
    ),
    brokers(6, 2),
  );
  for (const { replicas } of goal)
    assert.equal(
      replicas
        .map((id) => id % 2)
        .sort()
        .join('') === '001' ||
        replicas
          .map((id) => id % 2)
          .sort()
          .join('') === '011',
      true,
    );
  assert.equal(counts(goal, brokers(6)), [3, 3, 3, 3, 3, 3]);
});

test('more copies than brokers is refused', () => {
  assert.throws(
    () => evenly(topic('orders', [[0, 1, 2]]), brokers(2)),
    /3 copies: they take as many brokers, not 2/,
  );
});

/** How few copies have to move for a topic to be even, each copy where it likes: those above a broker's share. */
function fewest(now: readonly Partition[], of: readonly Broker[]): number {
  const total = now.reduce((sum, { replicas }) => sum + replicas.length, 0);
  const low = Math.floor(total / of.length);
  const high = total - low * of.length;
  const held = counts(now, of).sort((a, b) => b - a);
  const kept = held.reduce((sum, count, at) => sum + Math.min(count, low + (at < high ? 1 : 0)), 0);
  return total - kept;
}

test('drawn at random, all is even in copies and leaders, no broker twice, and no copy moves for nothing', () => {
  const random = seeded(11);
  const any = (below: number) => Math.floor(random() * below);
  for (let round = 0; round < 150; round += 1) {
    const before = brokers(1 + any(6));
    const after = brokers(1 + any(7)).filter(({ id }) => id === 0 || random() < 0.8);
    const copies = 1 + any(Math.min(3, before.length, after.length));
    const now = topic(
      'orders',
      Array.from({ length: 1 + any(30) }, () =>
        before
          .map(({ id }) => ({ id, by: random() }))
          .sort((a, b) => a.by - b.by)
          .slice(0, copies)
          .map(({ id }) => id),
      ),
    );
    const goal = evenly(now, after);
    const what = `round ${round}: ${JSON.stringify(now.map(({ replicas }) => replicas))} over ${after.map(({ id }) => id)}`;
    for (const { replicas } of goal) assert.is(new Set(replicas).size, copies, what);
    assert.ok(spread(counts(goal, after)) <= 1, `copies, ${what}`);
    assert.ok(spread(counts(goal, after, true)) <= 1, `leaders, ${what}`);
    if (copies === 1) assert.is(moved(now, goal), fewest(now, after), what);
    else assert.ok(moved(now, goal) >= fewest(now, after), what);
    assert.equal(evenly(goal, after), goal, `again, ${what}`);
  }
});

/** Every way to have a topic of so many partitions on these brokers, two copies each. */
function everyWay(partitions: number, of: readonly Broker[]): number[][][] {
  if (partitions === 0) return [[]];
  const pairs = of.flatMap(({ id: a }) => of.flatMap(({ id: b }) => (a < b ? [[a, b]] : [])));
  return everyWay(partitions - 1, of).flatMap((rest) => pairs.map((pair) => [...rest, pair]));
}

/** What a plan is judged by, in order: copies of one partition in one rack, how uneven brokers are, copies that move. */
function price(now: readonly Partition[], goal: readonly Partition[], of: readonly Broker[]): string {
  const together = goal.filter(
    ({ replicas }) => new Set(replicas.map((id) => of.find((one) => one.id === id)?.rack)).size < 2,
  ).length;
  const uneven = counts(goal, of).reduce((sum, count) => sum + count ** 2, 0);
  return [together, uneven, moved(now, goal)].map((part) => String(part).padStart(4)).join();
}

test('no plan of all that there are is better', () => {
  const random = seeded(5);
  for (let round = 0; round < 40; round += 1) {
    const of = brokers(3 + Math.floor(random() * 3)).map(({ id }) => ({
      id,
      rack: random() < 0.5 ? 'a' : 'b',
    }));
    const all = everyWay(3, of).map((way) => topic('orders', way));
    const now = all[Math.floor(random() * all.length)] ?? [];
    const kept = of.filter(({ id }) => id < 2 || random() < 0.7);
    const best = everyWay(3, kept)
      .map((way) => price(now, topic('orders', way), kept))
      .sort()[0];
    assert.is(price(now, evenly(now, kept), kept), best, `round ${round}`);
  }
});

test('what one topic leaves over goes to brokers that have least of the others', () => {
  const now = Array.from({ length: 10 }, (_, at) => topic(`t${at}`, [[0], [0], [0]])).flat();
  const goal = evenly(now, brokers(5));
  assert.ok(spread(counts(goal, brokers(5)).slice(1)) <= 1, counts(goal, brokers(5)).join());
});

test('brokers and partitions are read from what the tools print', () => {
  const said = [
    'kafka-1.kafka-headless.streaming.svc.cluster.local:9092 (id: 1 rack: zone-b) -> (',
    '\tProduce(0): 0 to 11 [usable: 11],',
    ')',
    'kafka-0.kafka-headless.streaming.svc.cluster.local:9092 (id: 0 rack: null) -> (',
    'kafka-2.kafka-headless.streaming.svc.cluster.local:9092 (id: 2 rack: ) -> (',
    'kafka-3.kafka-headless.streaming.svc.cluster.local:9092 (id: 3 rack: zone-c isFenced: false) -> (',
  ];
  assert.equal(readBrokers(said.join('\n')), [
    { id: 0, rack: '' },
    { id: 1, rack: 'zone-b' },
    { id: 2, rack: '' },
    { id: 3, rack: 'zone-c' },
  ]);
  const topics = [
    'Topic: orders\tTopicId: x\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: min.insync.replicas=1',
    '\tTopic: orders\tPartition: 0\tLeader: 0\tReplicas: 0,1\tIsr: 0,1\tElr: \tLastKnownElr: ',
    '\tTopic: orders\tPartition: 1\tLeader: none\tReplicas: 2,0,1\tIsr: 1\tAdding Replicas: 2\tRemoving Replicas: 1\tElr: N/A\tLastKnownElr: N/A',
  ];
  assert.equal(
    readPartitions(topics.join('\n')),
    topic('orders', [
      [0, 1],
      [2, 0],
    ]),
  );
});

test('a broker that is away is not emptied by the way', () => {
  const held = topic('orders', [[0], [2]]);
  assert.throws(() => wantedOf(brokers(2), held, undefined), /broker 2 holds partitions and does not answer/);
  assert.equal(wantedOf(brokers(2), held, [0]), brokers(1));
  assert.throws(
    () => wantedOf(brokers(2), held, [0, 5]),
    /--brokers names 5; the brokers that answer are 0, 1/,
  );
});

test('only what Kafka says of every partition ends the wait', () => {
  const said = (...lines: string[]) =>
    judge({ status: 0, output: ['Status of partition reassignment:', ...lines].join('\n') });
  const done = 'Reassignment of partition orders-0 is completed.';
  assert.equal(said(done), { state: 'ready', say: '1 of 1 partitions' });
  assert.is(said(done, 'Reassignment of partition orders-1 is still in progress.').state, 'waiting');
  const lost = 'There is no active reassignment of partition orders-1, but replica set is 0 rather than 1.';
  assert.is(said(done, lost).state, 'failed');
  assert.is(said().state, 'waiting');
  assert.is(judge({ status: 1, output: done }).state, 'waiting');
});

const brokersSaid = (ids: readonly number[]) =>
  ids.map((id) => `kafka-${id}:9092 (id: ${id} rack: null) -> (\n\tProduce(0): 0\n)\n`).join('');
const topicsSaid = (replicas: readonly number[]) =>
  replicas
    .map((id, at) => `\tTopic: orders\tPartition: ${at}\tLeader: ${id}\tReplicas: ${id}\tIsr: ${id}\n`)
    .join('');

const jobsSaid = (...jobs: object[]) => JSON.stringify({ items: jobs });
const backup = (name: string, condition?: { type: string; status: string }) => ({
  metadata: { name },
  spec: { template: { metadata: { labels: { 'app.kubernetes.io/name': 'backup-volumes' } } } },
  status: condition === undefined ? {} : { conditions: [condition] },
});

const asked = (replicas: readonly number[], ids: readonly number[] = [0, 1]) => ({
  rules: [
    { match: 'kafka-broker-api-versions', stdout: brokersSaid(ids) },
    { match: 'kafka-topics', stdout: topicsSaid(replicas) },
    { match: 'get jobs', stdout: jobsSaid() },
    {
      match: '--verify',
      stdout: replicas.map((_, at) => `Reassignment of partition orders-${at} is completed.\n`).join(''),
    },
  ],
});
const onKind = ['kind', 'streaming', '--context', 'kind-plumbline'];
const tools = (calls: readonly string[]) =>
  calls.flatMap((call) => / -- (kafka-\S+|sh .*)/.exec(call)?.[1] ?? []);

test('the script has Kafka move what the plan says, waits, and has the leaders follow', async () => {
  const { status, stderr, calls, inputs } = await runScript('reassign', onKind, asked([0, 0, 0, 0]));
  assert.is(status, 0, stderr);
  assert.equal(tools(calls.slice(2)), [
    'sh -c cat >/tmp/reassign-goal.json',
    'sh -c cat >/tmp/reassign-moves.json',
    'kafka-reassign-partitions.sh',
    'kafka-reassign-partitions.sh',
    'kafka-leader-election.sh',
  ]);
  const [held, goal, moves] = inputs.flatMap((input) =>
    input ? [JSON.parse(input) as { partitions: Partition[]; kind?: string }] : [],
  );
  assert.is(held?.kind, 'Lease');
  assert.is(goal?.partitions.length, 4);
  assert.equal(
    moves?.partitions.map(({ replicas }) => replicas),
    [[1], [1]],
  );
  assert.match(calls.join('\n'), /--throttle 50000000 --additional --execute/);
  assert.match(stderr, /broker 1: 0 \(0\) -> 2 \(2\)/);
});

test('backups of the volumes are kept off before anything moves, and begin again once all has', async () => {
  const { calls, inputs } = await runScript('reassign', onKind, asked([0, 0]));
  const at = (pattern: RegExp) => calls.findIndex((call) => pattern.test(call));
  const order = [/ apply /, / get jobs /, /--execute/, /--verify/, /leader-election/, / delete lease /].map(
    at,
  );
  assert.equal(
    [...order].sort((a, b) => a - b),
    order,
    calls.join('\n'),
  );
  assert.ok(!order.includes(-1), calls.join('\n'));
  const held = JSON.parse(inputs.find((input) => input?.includes('Lease')) ?? '{}');
  const cronJob = await readFile(join(root, 'base/components/backup/streaming/volumes-cronjob.yaml'), 'utf8');
  assert.match(cronJob, `- name: HELD_BY\n                  value: ${held.metadata.name}\n`);
});

test('a backup that is under way is waited for; what has ended, and another Job, is not', () => {
  const said = (...jobs: object[]) => noBackupIsUnderWay({ status: 0, output: jobsSaid(...jobs) });
  const other = { metadata: { name: 'kafka-topics' }, spec: { template: { metadata: {} } } };
  const complete = backup('by-hand', { type: 'Complete', status: 'True' });
  const failed = backup('one', { type: 'Failed', status: 'True' });
  assert.is(said(other, complete, failed).state, 'ready');
  assert.equal(said(other, complete, backup('now')), { state: 'waiting', say: 'now' });
  assert.is(said(backup('now', { type: 'Complete', status: 'False' })).state, 'waiting');
  assert.is(noBackupIsUnderWay({ status: 1, output: '' }).state, 'waiting');
});

test('what is even already is only verified, which lifts a throttle that was left', async () => {
  const { status, stderr, calls } = await runScript('reassign', onKind, asked([0, 1]));
  assert.is(status, 0, stderr);
  assert.not.match(calls.join('\n'), /--execute/);
  assert.match(calls.join('\n'), /reassign-goal.json --verify/);
});

test('looking moves nothing, and so does a broker that holds something and is away', async () => {
  const looked = await runScript('reassign', [...onKind, '--look'], asked([0, 0]));
  assert.is(looked.status, 0, looked.stderr);
  assert.is(looked.calls.length, 2, looked.calls.join('\n'));
  const away = await runScript('reassign', onKind, asked([0, 2]));
  assert.is(away.status, 2, away.stderr);
  assert.match(away.stderr, /broker 2 holds partitions and does not answer/);
  assert.is(away.calls.length, 2, away.calls.join('\n'));
});

test("where brokers ask who calls, Kafka's tools say it by the certificate of the pod", async () => {
  const args = ['production', 'streaming', '--look', '--context', 'far', '--yes-production', '--dry-run'];
  const { status, stdout, stderr } = await runScript('reassign', args);
  assert.is(status, 0, stderr);
  const asked = stdout.split('\n').filter((line) => line.includes('--bootstrap-server'));
  assert.ok(asked.length > 0);
  const login = '--bootstrap-server kafka-headless:9091 --command-config /etc/kafka-client/client.properties';
  for (const line of asked) assert.match(line, login);
});

test('what it cannot do is said before any cluster is looked at', async () => {
  const refused = [
    [['kind'], /Which system's Kafka\?/],
    [['kind', 'preempt'], /preempt has no Kafka/],
    [['kind', 'streaming', '--brokers', 'all'], /--brokers takes numbers of brokers/],
    [['production', 'streaming'], /--yes-production/],
  ] as const;
  await Promise.all(
    refused.map(async ([args, message]) => {
      const { status, stderr, calls } = await runScript('reassign', args);
      assert.is(status, 2, stderr);
      assert.match(stderr, message);
      assert.equal(calls, []);
    }),
  );
});

test.run();
