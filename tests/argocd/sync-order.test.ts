import type { KubernetesObject } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { suite } from '../harness/suite.ts';
import { named, render, systemTargets } from './repository.ts';
import { orderMistakes, waveOf } from './sync-order.ts';

const test = suite('sync order');

for (const { name, folder } of await systemTargets()) {
  test(`${name} syncs in an order that ends`, async () => {
    assert.equal(orderMistakes(await render(folder)), []);
  });
}

const production = await render('overlays/production/preempt');
const kind = await render('overlays/kind/preempt');

function changed(
  objects: readonly KubernetesObject[],
  [wanted, name]: readonly [string, string],
  annotations: Readonly<Record<string, string>>,
): string[] {
  const old = named(objects, wanted, name);
  const metadata = { ...old.metadata, annotations: { ...old.metadata.annotations, ...annotations } };
  return orderMistakes(objects.map((object) => (object === old ? { ...old, metadata } : object)));
}
const moved = (objects: readonly KubernetesObject[], which: readonly [string, string], wave: number) =>
  changed(objects, which, { 'argocd.argoproj.io/sync-wave': String(wave) });

test('the waves run from the namespace over configuration, services and Jobs to workers', () => {
  const order = [
    ['Namespace', 'preempt'],
    ['ServiceAccount', 'api'],
    ['StatefulSet', 'mysql'],
    ['Job', 'migrate'],
    ['Deployment', 'api'],
    ['HorizontalPodAutoscaler', 'api-hpa'],
    ['Ingress', 'preempt-ingress'],
  ] as const;
  const waves = order.map(([wanted, name]) => waveOf(named(production, wanted, name)));
  assert.equal(
    waves,
    [...new Set(waves)].sort((a, b) => a - b),
  );
});

test('a waiter before what it waits for is found', () => {
  assert.match(moved(production, ['Deployment', 'api'], -3).join('\n'), /waits for StatefulSet\/mysql/);
  assert.match(moved(production, ['Job', 'migrate'], -3).join('\n'), /waits for StatefulSet\/mysql/);
  assert.match(
    moved(production, ['Job', 'migrate'], 1).join('\n'),
    /Deployment\/store.* waits for Job\/migrate/,
  );
});

test('a wait for what no Service names is found', () => {
  const without = kind.filter((object) => object.kind !== 'Service' || object.metadata.name !== 'redis');
  assert.match(orderMistakes(without).join('\n'), /Deployment\/api waits for redis, which is no Service/);
});

test('a claim in another wave than its consumer is found', () => {
  assert.match(
    moved(kind, ['PersistentVolumeClaim', 'mysql-pvc'], -3).join('\n'),
    /mysql-pvc.* stay Pending/,
  );
  assert.match(
    moved(kind, ['PersistentVolumeClaim', 'mysql-pvc'], 0).join('\n'),
    /Deployment\/mysql.* mounts/,
  );
});

test('a workload before its configuration, account or Secret is found', () => {
  assert.match(moved(production, ['ServiceAccount', 'mysql'], 0).join('\n'), /needs ServiceAccount\/mysql/);
  assert.match(
    moved(production, ['ExternalSecret', 'mysql-secret'], 1).join('\n'),
    /needs Secret\/mysql-secret/,
  );
  assert.match(moved(production, ['Namespace', 'preempt'], 0).join('\n'), /not after its Namespace/);
});

test('an address or a certificate that workloads would wait for is found', () => {
  assert.match(moved(production, ['Ingress', 'preempt-ingress'], -3).join('\n'), /preempt-ingress/);
  assert.match(moved(production, ['Certificate', 'preempt-tls'], -3).join('\n'), /preempt-tls/);
});

test('a Job that is no hook is found', () => {
  const mistakes = changed(kind, ['Job', 'seed'], { 'argocd.argoproj.io/hook': 'PostSync' });
  assert.match(mistakes.join('\n'), /Job\/seed has not argocd.argoproj.io\/hook: Sync/);
});

test.run();
