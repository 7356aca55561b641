import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiveObject } from '../../deploy/cluster/live.ts';
import { reference } from '../../deploy/cluster/live.ts';
import { stopCommands } from '../../deploy/stop/plan.ts';
import {
  isArgoManaged,
  type Patch,
  patched,
  replicasBefore,
  startPatches,
  stopPatches,
  suspendedByStop,
} from '../../deploy/stop/workloads.ts';

const live = (kind: string, name: string, spec: object, extra: Partial<LiveObject> = {}): LiveObject => ({
  kind,
  metadata: { name, namespace: 'shop', annotations: { kept: 'yes' } },
  spec: { ...spec },
  ...extra,
});

const apply = (objects: readonly LiveObject[], patches: readonly Patch[]): LiveObject[] =>
  objects.map((object) => {
    const patch = patches.find(({ name }) => name === reference(object));
    return patch === undefined ? object : patched(object, patch);
  });

const running: readonly LiveObject[] = [
  live('Deployment', 'api', { replicas: 3 }),
  live('Deployment', 'off', { replicas: 0 }),
  live('StatefulSet', 'kafka', { replicas: 1 }),
  live('CronJob', 'collector', { schedule: '*/5 * * * *' }),
  live('CronJob', 'paused', { suspend: true }),
  live('Job', 'load', {}),
  live('Job', 'migrate', {}, { status: { conditions: [{ type: 'Complete', status: 'True' }] } }),
];

test('stopping brings all to nothing in one patch an object', () => {
  const stopped = apply(running, stopPatches(running));
  assert.equal(
    stopped.map(({ metadata, spec }) => [metadata.name, spec?.replicas ?? spec?.suspend ?? 'as it was']),
    [
      ['api', 0],
      ['off', 0],
      ['kafka', 0],
      ['collector', true],
      ['paused', true],
      ['load', true],
      ['migrate', 'as it was'],
    ],
  );
});

test('starting after stopping gives what was there, to the letter', () => {
  const stopped = apply(running, stopPatches(running));
  const started = apply(stopped, startPatches(stopped));
  assert.equal(
    started.map(({ metadata, spec }) => [metadata, spec?.replicas, spec?.suspend ?? false]),
    running.map(({ metadata, spec }) => [metadata, spec?.replicas, spec?.suspend ?? false]),
  );
});

test('stopping twice keeps the first count', () => {
  const once = apply(running, stopPatches(running));
  assert.equal(stopPatches(once), []);
});

test('what somebody started in between keeps its replicas and loses only the note', () => {
  const again = live('Deployment', 'api', { replicas: 5 });
  const noted = { ...again, metadata: { ...again.metadata, annotations: { [replicasBefore]: '3' } } };
  assert.equal(startPatches([noted]), [
    { name: 'deployment/api', patch: { metadata: { annotations: { [replicasBefore]: null } }, spec: {} } },
  ]);
});

test('what somebody else suspended stays suspended', () => {
  const [paused] = running.filter(({ metadata }) => metadata.name === 'paused');
  assert.ok(paused !== undefined);
  assert.equal(stopPatches([paused]), []);
  assert.equal(startPatches([paused]), []);
  assert.not.ok(paused.metadata.annotations?.[suspendedByStop]);
});

test('a Deployment whose number an autoscaler keeps comes back with the number that it had', () => {
  const scaled = live('Deployment', 'api', { replicas: 7 });
  const stopped = apply([scaled], stopPatches([scaled]));
  assert.is(apply(stopped, startPatches(stopped))[0]?.spec?.replicas, 7);
});

/** What is run to stop a client, a broker and what that depends on, each with some annotations. */
function stopping(
  annotations: Readonly<Record<string, string>>,
  ...awaits: Parameters<typeof stopCommands>[3][]
): string[] {
  const labelled = (kind: string, name: string, component: string) => {
    const labels = { 'app.kubernetes.io/component': component };
    const spec = { replicas: name === 'off' ? 0 : 1, selector: { matchLabels: { app: name } } };
    return live(kind, name, spec, { metadata: { name, namespace: 'shop', labels, annotations } });
  };
  return stopCommands(
    'kind-shop',
    'shop',
    [
      labelled('Deployment', 'api', 'api'),
      labelled('StatefulSet', 'kafka', 'broker'),
      labelled('StatefulSet', 'zookeeper', 'coordination'),
      ...(awaits.length === 0 ? [] : [labelled('Deployment', 'off', 'coordination')]),
    ],
    ...awaits,
  ).map(({ argv }) => argv.slice(3, argv[3] === 'wait' ? 9 : 5).join(' '));
}

test('pods are gone before what they depend on goes', () => {
  assert.equal(stopping({}), [
    'patch deployment/api',
    'wait pods --namespace shop --selector app=api',
    'patch statefulset/kafka',
    'wait pods --namespace shop --selector app=kafka',
    'patch statefulset/zookeeper',
  ]);
});

test('nobody waits for pods that Argo CD may bring back', () => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'kind-shop:apps/Deployment:shop/api' };
  assert.equal(stopping(annotations), [
    'patch deployment/api',
    'patch statefulset/kafka',
    'patch statefulset/zookeeper',
  ]);
});

test('a restore waits for all pods, whatever Argo CD has marked, and for those of what was stopped before', () => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'kind-shop:apps/Deployment:shop/api' };
  assert.equal(stopping(annotations, 'all'), [
    'patch deployment/api',
    'wait pods --namespace shop --selector app=api',
    'patch statefulset/kafka',
    'wait pods --namespace shop --selector app=kafka',
    'patch statefulset/zookeeper',
    'wait pods --namespace shop --selector app=zookeeper',
    'wait pods --namespace shop --selector app=off',
  ]);
});

test("what Argo CD keeps is known by Argo CD's own mark", () => {
  const [first] = running;
  assert.ok(first !== undefined);
  assert.not.ok(isArgoManaged(first));
  const annotations = { 'argocd.argoproj.io/tracking-id': 'kind-shop:apps/Deployment:shop/api' };
  assert.ok(isArgoManaged({ ...first, metadata: { ...first.metadata, annotations } }));
});

test.run();
