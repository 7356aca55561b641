import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execute } from '../../deploy/plan/execute.ts';
import { backOff, runCommand } from '../../deploy/plan/run-command.ts';
import type { WaitStep } from '../../deploy/plan/step.ts';
import { build, readRendered } from '../../validators/index.ts';
import { type FakeRule, runScript } from './fixtures/fakes.ts';
import { allReady } from './fixtures/objects.ts';

const root = join(import.meta.dirname, '..', '..');
const k = 'kubectl --context kind-plumbline';
const current: FakeRule = { match: 'config current-context', stdout: 'kind-plumbline\n' };
const node = JSON.stringify({
  items: [
    { kind: 'Node', metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  ],
});
const up: readonly FakeRule[] = [
  { match: '^kind get clusters', stdout: 'plumbline\n' },
  { match: 'container inspect', stdout: 'true\n' },
  { match: 'get nodes', stdout: node },
];

async function preempt() {
  const command =
    process.env.KUSTOMIZE === undefined ? ['kubectl', 'kustomize'] : [process.env.KUSTOMIZE, 'build'];
  const built = await build(command, root, 'overlays/kind/preempt');
  if (!built.ok) throw new Error(built.message);
  return readRendered(built.stream, new Map())
    .map(({ object }) => object)
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
}

const list = (objects: readonly object[]) => JSON.stringify({ items: objects });
const deploy = ['kind', 'preempt', '--without-images', '--without-platform'];

test('a deploy goes its whole way, and prints the addresses', async () => {
  const rules = [
    current,
    ...up,
    { match: 'statefulsets,jobs,pods', stdout: list(allReady(await preempt())) },
  ];
  const { status, stdout, stderr, calls, inputs } = await runScript('deploy', deploy, { rules });
  assert.is(status, 0, stderr);
  assert.not.ok(calls.includes('kind create cluster'), 'the cluster is there');
  assert.ok(calls.includes(`${k} apply --kustomize overlays/kind/preempt`));
  const namespaces = inputs[calls.indexOf(`${k} apply --filename -`)];
  assert.is(JSON.parse(namespaces ?? '{}').metadata.name, 'preempt');
  assert.match(stderr, 'Everything is ready');
  assert.match(stderr, /\n {2}\d+ of \d+ ready\n/);
  assert.match(stdout, /preempt +frontend +http:\/\/localhost:30000 +the weather page/);
  assert.match(stdout, /preempt +redis +localhost:6379 \(forwarded\)/);
  assert.match(stdout, 'npm run forward -- kind preempt');
});

test('a Job that gave up ends the deploy with 1 and is explained', async () => {
  const objects = await preempt();
  const live = allReady(objects).map((object) =>
    object.metadata.name === 'migrate'
      ? { ...object, status: { conditions: [{ type: 'Failed', status: 'True' }] } }
      : object,
  );
  const migratePod = {
    kind: 'Pod',
    metadata: {
      name: 'migrate-x',
      namespace: 'preempt',
      labels: { 'batch.kubernetes.io/job-name': 'migrate' },
    },
    status: {
      phase: 'Failed',
      containerStatuses: [
        { name: 'migrate', ready: false, restartCount: 0, state: { terminated: { exitCode: 7 } } },
      ],
    },
  };
  const rules = [
    current,
    ...up,
    { match: 'statefulsets,jobs,pods', stdout: list([...live, migratePod]) },
    { match: 'logs migrate-x', stdout: 'access denied for user myapp\n' },
  ];
  const { status, stderr } = await runScript('deploy', deploy, { rules });
  assert.is(status, 1);
  assert.match(stderr, 'preempt/job/migrate is not ready: pod migrate-x, migrate exited with 7');
  assert.match(stderr, `$ ${k} logs migrate-x --namespace preempt --container migrate --tail=20`);
  assert.match(stderr, 'access denied for user myapp');
  assert.match(stderr, 'these will not be: preempt/job/migrate the Job gave up');
});

test('a command that fails ends the plan with its line, its status and its words', async () => {
  const rules = [current, ...up, { match: 'apply --kustomize', status: 3, stderr: 'error: forbidden\n' }];
  const { status, stderr, calls } = await runScript('deploy', deploy, { rules });
  assert.is(status, 1);
  assert.match(stderr, 'Apply overlays/kind/preempt: this command failed (status 3)');
  assert.match(stderr, `  ${k} apply --kustomize overlays/kind/preempt\n  error: forbidden`);
  assert.is(calls.filter((line) => line.includes('apply --kustomize')).length, 1, 'it is not tried again');
});

test('what passes by itself is tried again', async () => {
  const refused = 'dial tcp 127.0.0.1:6443: connect: connection refused\n';
  const rules = [current, { match: 'delete namespace', times: 1, status: 1, stderr: refused }];
  const { status, stderr, calls } = await runScript('destroy', ['kind', 'preempt'], { rules });
  assert.is(status, 0, stderr);
  assert.is(calls.filter((line) => line.includes('delete namespace')).length, 2);
  assert.match(stderr, /try 2 of 5 in \d s: dial tcp/);
});

test('Ctrl-C ends the command that runs, and the script with 130', async () => {
  const rules = [current, { match: 'delete namespace', hangs: true }];
  const start = performance.now();
  const outcome = await runScript('destroy', ['kind', 'preempt'], { rules, interruptAt: 'delete namespace' });
  assert.is(outcome.status, 130, outcome.stderr);
  assert.match(outcome.stderr, 'stopped by SIGINT');
  assert.ok(performance.now() - start < 20_000);
  for (const pid of outcome.pids)
    assert.throws(() => process.kill(pid, 0), /ESRCH/, 'a child outlived the script');
});

test('Ctrl-C in a debug session still takes the pod away', async () => {
  const rules = [current, { match: ' exec ', hangs: true }];
  const args = ['kind', 'preempt', '--without-images', '--', 'sleep', '60'];
  const { status, calls } = await runScript('debug', args, { rules, interruptAt: ' exec ' });
  assert.is(status, 130);
  assert.match(calls.at(-1) ?? '', / delete pod debug /);
});

test('stop reads the counts from the cluster, and says when Argo CD will undo it', async () => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'x' };
  const api = {
    kind: 'Deployment',
    metadata: { name: 'api', namespace: 'preempt', annotations },
    spec: { replicas: 4 },
  };
  const rules = [current, { match: 'statefulsets,cronjobs,jobs', stdout: list([api]) }];
  const { status, stderr, calls } = await runScript('stop', ['kind', 'preempt'], { rules });
  assert.is(status, 0);
  assert.match(
    calls.at(-1) ?? '',
    /patch deployment\/api .*"replicas-before-stop":"4"|replicas-before-stop":"4"/,
  );
  assert.match(stderr, 'Argo CD keeps what is in preempt');
});

test('a forward that breaks is opened again until it is stopped', async () => {
  const opened = 'Forwarding from 127.0.0.1:8085 -> 8080\n';
  const rules = [
    current,
    {
      match: 'service/api',
      times: 1,
      stdout: opened,
      stderr: 'error: lost connection to pod\n',
      hangs: true,
    },
    { match: 'port-forward', stdout: opened, hangs: true },
  ];
  const { status, stderr, calls } = await runScript('forward', ['kind', 'preempt'], {
    rules,
    interruptAt: '(?:service/api[\\s\\S]*){2}',
  });
  assert.is(status, 0, stderr);
  assert.match(stderr, 'preempt/api broke (the pod behind it went); again in 1 s');
  assert.is(calls.filter((line) => line.includes('service/api')).length, 2);
  assert.is(calls.filter((line) => line.includes('service/redis')).length, 1);
});

test('a cluster that wakes up is believed once it stays ready', async () => {
  const says = [
    'ready',
    'ready',
    'waiting',
    'ready',
    'ready',
    'ready',
    'ready',
    'ready',
    'ready',
    'ready',
  ] as const;
  let rounds = 0;
  const step: WaitStep = {
    kind: 'wait',
    does: 'Wait',
    asks: [],
    every: 20,
    deadline: 10_000,
    holds: 50,
    order: [],
    judge: () => ({ state: says[rounds++] ?? 'ready', say: '' }),
    diagnose: () => [],
  };
  const silent = { begin() {}, say() {}, end() {}, note() {} };
  await execute([step], { cwd: root, narrator: silent });
  assert.ok(rounds > 5, `believed after ${rounds} rounds`);
});

test('a command that passes its deadline is stopped and named', async () => {
  try {
    await runCommand({ argv: ['sleep', '30'], deadline: 200 }, { cwd: root });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'sleep 30 took longer than 0.2 s and was stopped');
  }
});

test('a command reads what it is given, and one that does not read it is no failure', async () => {
  const input = `${'x'.repeat(300_000)}\n`;
  const cat = await runCommand({ argv: ['cat'], input, deadline: 10_000 }, { cwd: root });
  assert.is(cat.stdout.length, input.length);
  const deaf = await runCommand({ argv: ['true'], input, deadline: 10_000 }, { cwd: root });
  assert.is(deaf.status, 0);
});

test('words reach a command as they are, whatever a shell would make of them', async () => {
  const words = ['a b', "it's", '$HOME', '`id`', '*', '"q"', '', 'a\\b', 'x;y', '{"a":null}'];
  const ran = await runCommand({ argv: ['printf', '%s\\n', ...words], deadline: 10_000 }, { cwd: root });
  assert.equal(ran.stdout.split('\n').slice(0, -1), words);
});

test('the pauses double, stay within a quarter, and have an end', () => {
  assert.equal(
    [1, 2, 3, 4, 5, 9].map((attempt) => backOff(attempt, () => 0.5)),
    [1000, 2000, 4000, 8000, 15_000, 15_000],
  );
  assert.is(
    backOff(1, () => 0),
    875,
  );
  assert.is(
    backOff(1, () => 1),
    1125,
  );
});

test.run();
