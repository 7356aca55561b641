import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { startWorker } from '../../../trial/worker.ts';
import { allIsTold } from '../../alerts/all-is-told.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('what monitors are told');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

test('all that alerts and the dashboard ask for is told by what runs, which is well', async () => {
  const { trial, services } = platform;
  await services.kafka.makeTopics();
  const producer = await startWorker(trial, { workload: 'Deployment/lambda-producer-stream' });
  const consumer = await startWorker(trial, { workload: 'Deployment/lambda-consumer' });
  await until(async () => ((await metricOf(consumer, 'lambda_consumer_rows_total')) ?? 0) > 0, {
    deadline: 120_000,
    what: 'a first commit',
  });
  const zookeeper = services.kafka.metrics.get('zookeeper-0');
  assert.ok(zookeeper, 'ZooKeeper tells metrics');
  await allIsTold({
    trial,
    system: 'lambda',
    pods: new Map([
      ['lambda-producer-stream', [['lambda-producer-stream-0', producer.metrics]]],
      ['lambda-consumer', [['lambda-consumer-0', consumer.metrics]]],
      ['zookeeper', [['zookeeper-0', zookeeper]]],
    ]),
    // One ZooKeeper, and no cluster around that tells of pods.
    trueHere: new Set([
      'LambdaAlertsBlind',
      'LambdaKafkaBelowQuorum',
      'LambdaPostgresPrimaryDown',
      'LambdaZooKeeperNoLeader',
    ]),
  });
  await Promise.all([producer.stop(), consumer.stop()]);
});

test.run();
