import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerOf } from '../../deploy/cluster/live.ts';
import { commandLine } from '../../deploy/plan/shell.ts';
import { diagnoses } from '../../deploy/ready/diagnosis.ts';
import { waitOrder } from '../../deploy/ready/order.ts';
import { judge, readyStep } from '../../deploy/ready/plan.ts';
import { readiness } from '../../deploy/ready/workload.ts';
import { allReady, pod, workload } from './fixtures/objects.ts';

const zookeeper = workload('StatefulSet', 'zookeeper', 'coordination');
const kafka = workload('StatefulSet', 'kafka', 'broker');
const postgres = workload('StatefulSet', 'postgres', 'database');
const redis = workload('Deployment', 'redis', 'stream');
const registry = workload('Deployment', 'schema-registry', 'registry');
const topics = workload('Job', 'kafka-topics', 'schema');
const seed = workload('Job', 'seed', 'seeder');
const api = workload('Deployment', 'api', 'api');
const asleep = workload('Deployment', 'asleep', 'api', { replicas: 0 });
const nightly = workload('CronJob', 'nightly', 'batch');
const everything = [api, nightly, seed, topics, asleep, registry, redis, postgres, kafka, zookeeper];

test('what others need comes first; what is scaled to nothing and CronJobs are not waited for', () => {
  assert.equal(
    waitOrder(everything).map(({ name, workloads }) => [
      name,
      workloads.map(({ metadata }) => metadata.name),
    ]),
    [
      ['coordination', ['zookeeper']],
      ['broker', ['kafka']],
      ['database', ['postgres']],
      ['stream', ['redis']],
      ['registry', ['schema-registry']],
      ['schema', ['seed', 'kafka-topics']],
      ['everything else', ['api']],
    ],
  );
});

test('it is ready when all are, and not before', () => {
  const waves = waitOrder(everything);
  assert.equal(judge(waves, allReady(everything)), { state: 'ready', say: '8 of 8 ready' });
  const verdict = judge(waves, allReady([zookeeper, kafka]));
  assert.is(verdict.state, 'waiting');
  assert.is(verdict.say, '2 of 8 ready; database: shop/statefulset/postgres not there yet');
});

test('a rollout counts when the newest revision alone runs', () => {
  const [live] = allReady([api]);
  assert.ok(live !== undefined);
  const are = (status: object, generation = 1) =>
    readiness(api, [
      { ...live, metadata: { ...live.metadata, generation }, status: { ...live.status, ...status } },
    ]).state;
  assert.is(are({}), 'ready');
  assert.is(are({}, 2), 'waiting', 'the controller has not seen the change');
  assert.is(are({ replicas: 2 }), 'waiting', 'an old pod still runs');
  assert.is(are({ updatedReplicas: 0 }), 'waiting');
  assert.is(are({ availableReplicas: 0 }), 'waiting');
});

test('what cannot get ready is set aside until nothing else is waited for', () => {
  const never = pod('api-1', api, { waiting: { reason: 'ErrImageNeverPull' } });
  const notReady = { ...allReady([api])[0], status: { replicas: 1, observedGeneration: 1 } };
  const waves = waitOrder([kafka, api]);
  const early = judge(waves, [notReady as never, never]);
  assert.is(early.state, 'waiting');
  const late = judge(waves, [...allReady([kafka]), notReady as never, never]);
  assert.equal(late, {
    state: 'failed',
    say: '1 of 2 ready; these will not be: shop/deployment/api 0 of 1 ready: main ErrImageNeverPull (shop:latest)',
  });
});

test('a Job that gave up ends the wait at once', () => {
  const failed = { ...allReady([topics])[0], status: { conditions: [{ type: 'Failed', status: 'True' }] } };
  const ended = pod('kafka-topics-x', topics, { terminated: { exitCode: 3 } });
  const verdict = judge(waitOrder([topics]), [failed as never, ended]);
  assert.is(verdict.state, 'failed');
  assert.match(verdict.say, /shop\/job\/kafka-topics the Job gave up: main exited with 3/);
});

const explained = (state: object, restarts = 0) => {
  const notReady = { ...allReady([api])[0], status: { observedGeneration: 1 } };
  const [first] = diagnoses('kind-plumbline', [api], [notReady as never, pod('api-1', api, state, restarts)]);
  return [first?.says, ...(first?.commands ?? []).map(commandLine)];
};

test('a crash is explained by the last words of the run before', () => {
  assert.equal(explained({ waiting: { reason: 'CrashLoopBackOff' } }, 4), [
    'shop/deployment/api is not ready: pod api-1, main CrashLoopBackOff (4 restarts). The container starts and ends: its last words stand below.',
    'kubectl --context kind-plumbline get events --namespace shop --field-selector involvedObject.name=api-1 --sort-by=.lastTimestamp',
    'kubectl --context kind-plumbline logs api-1 --namespace shop --container main --tail=20 --previous',
  ]);
});

test('a container that never ran has events and no logs', () => {
  const [says, ...commands] = explained({ waiting: { reason: 'ImagePullBackOff' } });
  assert.match(says ?? '', /ImagePullBackOff \(shop:latest\)\. The image cannot be pulled/);
  assert.is(commands.length, 1);
});

test('a workload without pods is explained by its namespace', () => {
  const notReady = { ...allReady([api])[0], status: { observedGeneration: 1 } };
  const [first] = diagnoses('kind-plumbline', [api], [notReady as never]);
  assert.match(first?.says ?? '', /has no pod/);
  assert.match(first?.commands.map(commandLine).join() ?? '', /type=Warning/);
});

test('the wait asks each namespace once a round', () => {
  const other = { ...kafka, metadata: { ...kafka.metadata, namespace: 'dev' } };
  const step = readyStep('kind-plumbline', [api, topics, other], 1000);
  assert.equal(step.asks.map(commandLine), [
    'kubectl --context kind-plumbline get deployments,statefulsets,jobs,pods --namespace dev --output json',
    'kubectl --context kind-plumbline get deployments,statefulsets,jobs,pods --namespace shop --output json',
  ]);
  assert.is(step.judge(['', ''].map(() => ({ status: 1, output: '' }))).state, 'waiting');
  assert.is(step.judge([answerOf(allReady([other])), answerOf(allReady([api, topics]))]).state, 'ready');
});

test.run();
