import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { suite } from '../harness/suite.ts';
import { named, render, root, systemTargets } from './repository.ts';
import { orderMistakes, waveOf } from './sync-order.ts';

const test = suite('sync order');

for (const { name, folder } of await systemTargets()) {
  test(`${name} syncs in an order that ends`, async () => {
    assert.equal(orderMistakes(await render(folder)), []);
  });
}

const production = await render('overlays/production/preempt');
const kind = await render('overlays/kind/preempt');
const streaming = await render('overlays/production/streaming');

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

test('a CronJob that something comes after is found: a failed run of it would end each sync there', () => {
  for (const name of ['backup-flink', 'kafka-certificates'])
    assert.match(moved(streaming, ['CronJob', name], 0).join('\n'), new RegExp(`CronJob/${name}.* holds up`));
  assert.match(moved(kind, ['CronJob', 'collector'], 0).join('\n'), /CronJob\/collector.* holds up/);
  assert.match(
    moved(streaming, ['Job', 'revenue-job'], 3).join('\n'),
    /CronJob\/backup-flink \(wave 2\) holds up/,
  );
});

test('a CronJob that waits for what outsiders give an Ingress is found', () => {
  assert.match(
    moved(streaming, ['CronJob', 'backup-flink'], 3).join('\n'),
    /Ingress\/.* comes before CronJob\/backup-flink \(wave 3\)/,
  );
});

test('an Issuer beside the Certificate that makes its Secret is found, and a Certificate before its Issuer', () => {
  assert.match(
    moved(streaming, ['Certificate', 'kafka-ca'], -3).join('\n'),
    /Issuer\/kafka-ca .* is not after Certificate\/kafka-ca/,
  );
  assert.match(
    moved(streaming, ['Issuer', 'self-signed'], -3).join('\n'),
    /Certificate\/kafka-ca .* is signed by Issuer\/self-signed/,
  );
});

test("argocd/README.md's table has every wave, and each kind that it names in every wave that has one", async () => {
  const page = await readFile(join(root, 'argocd/README.md'), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| (-?\d) +\| (.*) \|$/gm)].map(([, wave, what = '']) => [Number(wave), what]),
  );
  const names = (what: string, wanted: string) => new RegExp(`\\b${wanted}(?:e?s)?\\b`).test(what);
  const waves = new Set<number>();
  for (const { folder, name } of await systemTargets())
    for (const object of await render(folder)) {
      const wave = waveOf(object);
      waves.add(wave);
      if (!names([...rows.values()].join('\n'), object.kind)) continue;
      const what = rows.get(wave) ?? '';
      assert.ok(
        names(what, object.kind),
        `${name}: ${object.kind}/${object.metadata.name} is in wave ${wave}: ${what}`,
      );
    }
  assert.equal(
    [...rows.keys()],
    [...waves].sort((a, b) => a - b),
  );
});

test('a Job that is no hook is found', () => {
  const mistakes = changed(kind, ['Job', 'seed'], { 'argocd.argoproj.io/hook': 'PostSync' });
  assert.match(mistakes.join('\n'), /Job\/seed has not argocd.argoproj.io\/hook: Sync/);
});

test.run();
