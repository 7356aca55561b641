import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../../apps/kit/index.ts';
import { renderSystem } from '../../trial/overlay/system.ts';
import { applyChanges } from '../../validators/diff/apply.ts';
import type { Change } from '../../validators/diff/change.ts';
import { compareValues } from '../../validators/diff/compare.ts';
import { compareObjects } from '../../validators/diff/compare-objects.ts';
import { identityOf, pairObjects } from '../../validators/diff/pair-objects.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import { root } from '../house/repository.ts';

const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
const systems = await Promise.all(
  ['kind', 'minikube', 'production'].map((name) => renderSystem(root, kustomize, name, 'streaming')),
);
const renders = systems.map(({ model }) => model.objects);

/** All that a change says is so, and nothing else is: the older object with it is the newer one. */
function holds(before: unknown, after: unknown): readonly Change[] {
  const changes = compareValues(before, after);
  assert.equal(applyChanges(before, changes), after);
  for (const change of changes) {
    if (change.kind === 'changed') assert.not.equal(change.before, change.after, JSON.stringify(change.path));
  }
  return changes;
}

test('between any two environments, each object of the one is made of the other by its changes', () => {
  let changed = 0;
  for (const before of renders) {
    for (const after of renders) {
      const is = new Map(after.map((object) => [identityOf(object), object]));
      for (const object of before) {
        const other = is.get(identityOf(object));
        if (other !== undefined) changed += holds(object, other).length;
      }
    }
  }
  assert.ok(changed > 300, `${changed} changes`);
});

type Node = Record<string, unknown> | unknown[];

/** Every list and object below a value. */
function nodesOf(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(nodesOf)];
}

/** Changes something at random: a value, an element or a field that comes, goes or moves. */
function disturb(object: unknown, random: () => number): unknown {
  const copy = structuredClone(object);
  const any = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  for (let times = 1 + Math.floor(random() * 6); times > 0; times -= 1) {
    const node = any(nodesOf(copy));
    const way = Math.floor(random() * 4);
    if (Array.isArray(node)) {
      if (way === 0)
        node.splice(Math.floor(random() * (node.length + 1)), 0, any([{ name: 'new' }, 'new', 7]));
      else if (way === 1) node.splice(Math.floor(random() * node.length), 1);
      else if (way === 2) node.reverse();
      else node[Math.floor(random() * node.length)] = any(['other', { name: 'other' }, null, [1]]);
    } else {
      const name = any([...Object.keys(node), 'new']);
      if (way === 0) delete node[name];
      else node[name] = any(['other\nlines\n', 5, [{ name: 'a' }, { name: 'b' }], null, '{"a": 1}']);
    }
  }
  return copy;
}

test('whatever is disturbed at random', () => {
  const random = seeded(17);
  const objects = renders.flat();
  for (let round = 0; round < 3000; round += 1) {
    const object = objects[round % objects.length];
    const once = disturb(object, random);
    holds(object, once);
    holds(once, disturb(once, random));
  }
});

const configMap = (name: string, data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});

const user = (name: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', namespace: 'shop' },
  spec: { template: { spec: { volumes: [{ name: 'config', configMap: { name } }] } } },
});

test('what a generator named after its content is compared with its predecessor, and who takes it only follows', () => {
  const before = [configMap('api-config-5fg97dmmbg', { a: '1' }), user('api-config-5fg97dmmbg')];
  const after = [configMap('api-config-g2779dbk55', { a: '2' }), user('api-config-g2779dbk55')];
  const changes = compareObjects(before, after);
  assert.is(changes.length, 2);
  const [config, deployment] = changes;
  assert.equal(
    config?.changes.map(({ path }) => path.join('.')),
    ['metadata.name', 'data.a'],
  );
  assert.is(deployment?.changes.length, 1);
  assert.is(deployment?.follows.size, 1);
});

test('where two could be the predecessor, none is', () => {
  const before = [configMap('api-config-5fg97dmmbg', { a: '1' }), configMap('api-config-6fg97dmmbg', {})];
  const after = [configMap('api-config-g2779dbk55', { a: '2' })];
  assert.is(pairObjects(before, after).filter(({ before, after }) => before && after).length, 0);
  assert.is(pairObjects(before, after).length, 3);
  // An ending that no hash has.
  const names = ['api-production', 'api-developer'].map((name) => [configMap(name, {})]);
  assert.is(pairObjects(names[0] ?? [], names[1] ?? []).length, 2);
});

test('a new version of an API is the same object', () => {
  const [older, newer] = ['autoscaling/v1', 'autoscaling/v2'].map((apiVersion) => ({
    ...user('a'),
    apiVersion,
  }));
  assert.equal(
    compareObjects([older as KubernetesObject], [newer as KubernetesObject]).map(({ changes }) => changes),
    [[{ kind: 'changed', path: ['apiVersion'], before: 'autoscaling/v1', after: 'autoscaling/v2' }]],
  );
});

test('an object that one side has in two versions of its API is two', () => {
  const scaler = (version: string, replicas: number) => ({
    ...user('a'),
    apiVersion: `autoscaling/${version}`,
    spec: { replicas },
  });
  const before = [scaler('v1', 1), scaler('v2', 1)];
  const told = compareObjects(before, [scaler('v1', 2), scaler('v2', 1)]);
  assert.equal(
    told.map(({ after, changes }) => [after?.apiVersion, changes.map(({ path }) => path.join('.'))]),
    [['autoscaling/v1', ['spec.replicas']]],
  );
  assert.equal(
    compareObjects(before, [scaler('v2', 1)]).map(({ before, after }) => [before?.apiVersion, after]),
    [['autoscaling/v1', undefined]],
  );
});

test('of a Secret nothing is told but sizes, whether it comes, goes or is another', () => {
  const secret = (value: string): KubernetesObject => ({
    ...configMap('login', {}),
    kind: 'Secret',
    data: { password: Buffer.from(value).toString('base64') },
    stringData: { token: `${value} as it is` },
  });
  const values = ['correct horse', 'battery staple'];
  const [older, newer] = values.map(secret) as [KubernetesObject, KubernetesObject];
  const more = { ...newer, data: { ...(newer.data as object), second: 'Y29ycmVjdCBob3JzZQ==' } };
  const told = [
    ...compareObjects([older], [newer]),
    ...compareObjects([older], [more]),
    ...compareObjects([older], []),
    ...compareObjects([], [newer]),
  ];
  const text = JSON.stringify(told);
  for (const value of values) {
    assert.not.match(text, value);
    assert.not.match(text, Buffer.from(value).toString('base64'));
  }
  assert.match(text, '13 bytes');
  assert.match(text, '14 bytes');
  // In several lines, as kustomize writes what is long.
  const wrapped = (byte: number) => ({
    ...secret(''),
    data: { blob: Buffer.alloc(90, byte).toString('base64').replaceAll(/.{70}/g, '$&\n') },
  });
  const [long] = compareObjects([wrapped(0)], [wrapped(1)]);
  assert.is(long?.changes[0]?.kind === 'changed' && long.changes[0].before, '(90 bytes)');
  // As long, and another.
  const [change] = compareObjects([secret('aaaa')], [secret('bbbb')]);
  assert.equal(change?.changes[0], {
    kind: 'changed',
    path: ['data', 'password'],
    before: '(4 bytes)',
    after: '(4 bytes, others)',
  });
});

test.run();
