import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FakeRule, runScript } from './fixtures/fakes.ts';

const name = '2026-01-31t18-20-00z';
const meant = ['--context', 'production-eu', '--yes-production'];
const args = ['production', 'streaming', '--from', name, ...meant];

const snapshot = (claim: string, at: string, readyToUse = true) => ({
  kind: 'VolumeSnapshot',
  metadata: {
    name: `${claim}-${name}`,
    annotations: {
      'plumbline.dev/claims': '2',
      'plumbline.dev/claim': JSON.stringify({
        labels: { 'app.kubernetes.io/name': 'kafka' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'ssd',
          resources: { requests: { storage: '100Gi' } },
        },
      }),
    },
  },
  spec: { source: { persistentVolumeClaimName: claim } },
  status: { readyToUse, creationTime: at },
});

const cronJob = {
  kind: 'CronJob',
  metadata: { name: 'backup-flink' },
  spec: {
    jobTemplate: {
      spec: {
        backoffLimit: 2,
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': 'backup-flink' } },
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'backup-flink',
                command: ['node', 'apps/streaming/backup-flink.ts'],
                env: [{ name: 'STATE_PATH', value: '/var/lib/flink' }],
                volumeMounts: [{ name: 'state', mountPath: '/var/lib/flink', readOnly: true }],
              },
            ],
          },
        },
      },
    },
  },
};

const list = (...items: readonly object[]) => JSON.stringify({ kind: 'List', items });

const claim = (name: string, of: string) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name, labels: { 'app.kubernetes.io/name': of } },
});
const jobThat = (type: 'Complete' | 'Failed') =>
  JSON.stringify({
    kind: 'Job',
    metadata: { name: 'x' },
    status: { conditions: [{ type, status: 'True' }] },
  });

const whole = [
  snapshot('kafka-pvc-kafka-0', '2026-01-31T18:20:07Z'),
  snapshot('zookeeper-pvc-zookeeper-0', '2026-01-31T18:20:03Z'),
];

/** Runs it against a cluster that has these snapshots, and stops it before it waits for the system. */
const restore = (...snapshots: readonly object[]) => restoreWhere([], ...snapshots);

const restoreWhere = (
  rules: readonly FakeRule[],
  ...snapshots: readonly object[]
): ReturnType<typeof runScript> => restoreWith([], rules, ...snapshots);

const restoreWith = (
  options: readonly string[],
  rules: readonly FakeRule[],
  ...snapshots: readonly object[]
): ReturnType<typeof runScript> =>
  runScript('restore', [...args, ...options], {
    rules: [
      ...rules,
      { match: 'get job ', stdout: jobThat('Complete') },
      { match: 'get persistentvolumeclaims', stdout: list(claim('kafka-pvc-kafka-0', 'kafka')) },
      { match: 'get pods', stdout: list() },
      { match: 'logs job/look', stdout: 'savepoint-12 is there' },
      { match: 'get volumesnapshots', stdout: list(...snapshots) },
      { match: 'get deployments,statefulsets,jobs,pods', hangs: true },
      { match: 'get deployments,statefulsets,cronjobs,jobs', stdout: list() },
      { match: 'get cronjobs', stdout: list(cronJob) },
      { match: 'kubectl', stdout: '' },
    ],
    interruptAt: 'get deployments,statefulsets,jobs,pods',
  });

test('claims are made anew from their snapshots, and the savepoint is one from before the first of them', async () => {
  const { calls, inputs, stdout, stderr } = await restore(...whole);
  const done = calls.map((call) => call.replace('kubectl --context production-eu ', ''));
  const at = (start: string) => {
    const index = done.findIndex((call) => call.startsWith(start));
    assert.ok(index >= 0, `${start} in\n${done.join('\n')}`);
    return index;
  };
  const steps = [
    'get volumesnapshots',
    'get job look-flink',
    'get deployments,statefulsets,cronjobs,jobs',
    'delete persistentvolumeclaim kafka-pvc-kafka-0',
    'delete persistentvolumeclaim zookeeper-pvc-zookeeper-0',
    'scale statefulset/zookeeper --namespace streaming --replicas=3',
    'rollout status statefulset/zookeeper',
    'exec --namespace streaming zookeeper-0',
    `get job restore-flink-${name}`,
    'delete job revenue-job',
    'rollout status statefulset/kafka',
    'delete job kafka-access',
    'get deployments,statefulsets,jobs,pods',
  ].map(at);
  assert.match(`${stdout}${stderr}`, 'savepoint-12 is there');
  assert.equal(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  const made = inputs.filter((input) => input !== undefined).map((input) => JSON.parse(input));
  assert.equal(
    made.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    [
      `Job/look-flink-${name}`,
      'PersistentVolumeClaim/kafka-pvc-kafka-0',
      'PersistentVolumeClaim/zookeeper-pvc-zookeeper-0',
      `Job/restore-flink-${name}`,
      'Job/kafka-access',
    ],
  );
  const [look, renewed, , job, access] = made;
  const [looker] = look.spec.template.spec.containers;
  assert.equal(looker.env, [
    { name: 'STATE_PATH', value: '/var/lib/flink' },
    { name: 'RESTORE_BEFORE', value: '2026-01-31T18:20:03Z' },
    { name: 'RESTORE_LOOK', value: 'yes' },
  ]);
  assert.ok(looker.volumeMounts[0].readOnly, 'what only looks writes nothing');
  assert.is(look.spec.backoffLimit, 0);
  assert.is(access.spec.template.spec.containers[0].name, 'kafka-access', 'as the overlay has it');
  assert.equal(renewed.spec, {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'ssd',
    resources: { requests: { storage: '100Gi' } },
    dataSource: {
      apiGroup: 'snapshot.storage.k8s.io',
      kind: 'VolumeSnapshot',
      name: `kafka-pvc-kafka-0-${name}`,
    },
  });
  assert.equal(renewed.metadata.labels, { 'app.kubernetes.io/name': 'kafka' });
  const [container] = job.spec.template.spec.containers;
  assert.equal(container.command, ['node', 'apps/streaming/restore-flink.ts']);
  assert.equal(container.env, [
    { name: 'STATE_PATH', value: '/var/lib/flink' },
    { name: 'RESTORE_BEFORE', value: '2026-01-31T18:20:03Z' },
  ]);
  assert.equal(container.volumeMounts, [{ name: 'state', mountPath: '/var/lib/flink' }]);
  assert.equal(job.spec.template.metadata.labels, { 'app.kubernetes.io/name': 'backup-flink' });
});

for (const [what, snapshots, says] of [
  ['that is not there', [], 'There is no backup'],
  ['of which a part is gone', [snapshot('kafka-pvc-kafka-0', 'x')], '1 of 2 snapshots'],
  [
    'of which a part is not ready',
    [snapshot('kafka-pvc-kafka-0', 'x'), snapshot('kafka-pvc-kafka-1', 'x', false)],
    `not ready: kafka-pvc-kafka-1-${name}`,
  ],
] as const) {
  test(`a backup ${what} is refused before anything is touched`, async () => {
    const { status, stderr, calls } = await restore(...snapshots);
    assert.is(status, 2, stderr);
    assert.match(stderr, says);
    assert.ok(
      calls.every((call) => / get (?:volumesnapshots|persistentvolumeclaims) /.test(call)),
      calls.join('\n'),
    );
  });
}

test('without a savepoint nothing is stopped, and the way on is told', async () => {
  const { status, stdout, stderr, calls } = await restoreWhere(
    [
      { match: 'get job look', stdout: jobThat('Failed') },
      { match: 'logs job/look', stdout: 'no savepoint is there from before 2026-01-31T18:20:03Z' },
    ],
    ...whole,
  );
  assert.is(status, 1);
  assert.match(`${stdout}${stderr}`, 'no savepoint is there from before');
  assert.match(`${stdout}${stderr}`, 'nothing has been stopped; --without-savepoint');
  const touched = calls.filter((call) => / (?:patch|scale|delete persistentvolumeclaim) /.test(call));
  assert.equal(touched, []);
});

test('a restore that fails does not go on, nor wait for what has failed', async () => {
  const { status, stdout, stderr, calls } = await restoreWhere(
    [{ match: 'get job restore', stdout: jobThat('Failed') }],
    ...whole,
  );
  assert.is(status, 1);
  assert.match(`${stdout}${stderr}`, 'the Job gave up');
  assert.not.ok(calls.some((call) => call.includes('delete job revenue-job')));
});

test('only who says so has the job begin with nothing, and then no savepoint is looked for', async () => {
  const { calls, inputs } = await restoreWith(['--without-savepoint'], [], ...whole);
  assert.not.ok(calls.some((call) => call.includes('look-flink')));
  const made = inputs.filter((input) => input !== undefined).map((input) => JSON.parse(input));
  const job = made.find(({ metadata }) => metadata.name === `restore-flink-${name}`);
  assert.equal(job.spec.template.spec.containers[0].env.at(-1), { name: 'RESTORE_FROM', value: 'nothing' });
});

test('claims of the sets that the backup lacks go, and no others; the person is told', async () => {
  const there = ['kafka-pvc-kafka-0', 'kafka-pvc-kafka-3'].map((one) => claim(one, 'kafka'));
  const { calls, stdout, stderr } = await restoreWhere(
    [
      {
        match: 'get persistentvolumeclaims',
        stdout: list(...there, claim('flink-checkpoints-pvc', 'flink')),
      },
    ],
    ...whole,
  );
  assert.match(`${stdout}${stderr}`, 'kafka-pvc-kafka-3 goes: the backup does not have it');
  const gone = calls.flatMap((call) => / delete persistentvolumeclaim (\S+)/.exec(call)?.[1] ?? []);
  assert.equal(gone, ['kafka-pvc-kafka-3', 'kafka-pvc-kafka-0', 'zookeeper-pvc-zookeeper-0']);
});

test('pods are waited for whatever marks Argo CD has left, and no volume goes that a pod has', async () => {
  const kafka = {
    kind: 'StatefulSet',
    metadata: {
      name: 'kafka',
      namespace: 'streaming',
      annotations: { 'argocd.argoproj.io/tracking-id': 'streaming:apps/StatefulSet:streaming/kafka' },
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'kafka' } } },
  };
  const pod = {
    kind: 'Pod',
    metadata: { name: 'kafka-0' },
    spec: { volumes: [{ persistentVolumeClaim: { claimName: 'kafka-pvc-kafka-0' } }] },
    status: { phase: 'Pending' },
  };
  const { status, stderr, calls } = await restoreWhere(
    [
      { match: 'get deployments,statefulsets,cronjobs,jobs', stdout: list(kafka) },
      { match: 'get pods', stdout: list(pod) },
    ],
    ...whole,
  );
  assert.is(status, 2);
  assert.match(stderr, "kafka-0 came back although stopped. No volume was touched. Pause Argo CD's sync");
  assert.ok(calls.some((call) => call.includes('wait pods --namespace streaming --selector app=kafka')));
  assert.not.ok(calls.some((call) => call.includes('delete persistentvolumeclaim')));
});

test('a dry run prints it all and runs nothing; help needs nothing', async () => {
  const { status, stdout, calls } = await runScript('restore', ['--dry-run', ...args]);
  assert.is(status, 0);
  assert.equal(calls, []);
  assert.match(stdout, 'delete persistentvolumeclaim kafka-pvc-kafka-0');
  const help = await runScript('restore', ['--help'], { commands: [] });
  assert.is(help.status, 0);
  assert.match(help.stdout, /^Usage: npm run restore -- /);
});

test('wrong use is told before a cluster is looked at', async () => {
  for (const [words, says] of [
    [['production', 'streaming', '--from', 'yesterday', ...meant], '--from takes its name'],
    [['production', 'preempt', '--from', name, ...meant], 'Only streaming has backups'],
    [['kind', 'streaming', '--from', name], 'makes no backups'],
    [['production', 'streaming', '--from', name, '--context', 'production-eu'], '--yes-production'],
  ] as const) {
    const { status, stderr, calls } = await runScript('restore', words);
    assert.is(status, 2, words.join(' '));
    assert.match(stderr, says);
    assert.equal(calls, []);
  }
});

test.run();
