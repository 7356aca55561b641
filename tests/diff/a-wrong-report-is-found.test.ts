import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeReport } from '../../trial/histories/judge.ts';
import type { Told, ToldObject, ToldReport } from '../../trial/histories/report.ts';
import { compareObjects } from '../../validators/diff/compare-objects.ts';
import { differenceReports } from '../../validators/diff/reports.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';

const deployment = (fields: object, spec: object = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', namespace: 'shop', annotations: { 'example.com/a.b': '1' } },
  spec: { ...spec, template: { spec: { containers: [{ name: 'api', ...fields }, { name: 'proxy' }] } } },
});

const configMap = (name: string, data: Record<string, string>, kind = 'ConfigMap'): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, data },
});

const before = [
  deployment(
    {
      args: ['a', 'b', 'c', 'd'],
      env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'C' }],
      image: 'a:1',
    },
    { replicas: 1, paused: true, rules: [{ verbs: ['get', 'list'] }, { verbs: ['watch'] }] },
  ),
  configMap('files-5fg97dmmbg', {
    'app.yaml': 'a: 1\nb: [1, 2]\n',
    'app.json': '{"a": {"b": 1}}',
    'app.properties': 'a=1\nb=2\n',
    text: 'one\ntwo\n',
  }),
  configMap('login', { password: 'YQ==', other: 'Yg==' }, 'Secret'),
  configMap('goes', {}),
  configMap('stays', { a: '1' }),
];
const after = [
  deployment(
    {
      args: ['b', 'x', 'd', 'e'],
      env: [{ name: 'C' }, { name: 'D' }, { name: 'A', value: '2' }],
      image: 'a:2',
    },
    { replicas: 2, strategy: {}, rules: [{ verbs: ['get', 'create', 'list'] }, { verbs: ['watch'] }] },
  ),
  configMap('files-g2779dbk55', {
    'app.yaml': 'b: [1, 3]\na: 1\n',
    'app.json': '{"a": {"b": 1}, "c": []}',
    'app.properties': '# more\nb=3\na=1\n',
    text: 'one\n2\n',
  }),
  configMap('login', { password: 'Yw==', more: 'Yg==' }, 'Secret'),
  configMap('comes', {}),
  configMap('stays', { a: '1' }),
];

/** What the report has of these two, through JSON as programs read it. */
function report(): ToldObject[] {
  const target = { name: 'shop', environment: 'shop', folder: 'shop' };
  const objects = compareObjects(before, after);
  const one = { target, state: 'changed' as const, objects, dangers: [], found: [], mended: [] };
  const text = differenceReports.json({ compared: 1, targets: [one] }, { from: 'a', to: 'b' });
  return [...((JSON.parse(text) as ToldReport).targets[0]?.objects ?? [])];
}

test('a right report is right', () => {
  assert.equal(judgeReport(before, after, report()), []);
  assert.equal(judgeReport(before, before, []), []);
});

/** Every report with one change of it otherwise, or without it. */
function* without(
  changes: readonly Told[],
  otherwise: (change: Told) => Told | undefined,
): Generator<readonly [string, Told[]]> {
  for (const [index, change] of changes.entries()) {
    const changed = otherwise(change);
    const others = [...changes.slice(0, index), ...(changed ? [changed] : []), ...changes.slice(index + 1)];
    if (JSON.stringify(changed) !== JSON.stringify(change)) yield [change.path, others];
    for (const [path, inner] of without(change.changes ?? [], otherwise))
      yield [
        `${change.path} ${path}`,
        [...changes.slice(0, index), { ...change, changes: inner }, ...changes.slice(index + 1)],
      ];
  }
}

function found(otherwise: (change: Told) => Told | undefined): number {
  const right = report();
  let tried = 0;
  for (const [index, object] of right.entries()) {
    for (const [path, changes] of without(object.changes, otherwise)) {
      const wrong = right.with(index, { ...object, changes });
      assert.ok(judgeReport(before, after, wrong).length > 0, `${object.after?.name} ${path}`);
      tried += 1;
    }
  }
  return tried;
}

test('a change that is missed, whichever', () => {
  assert.ok(found(() => undefined) >= 20);
});

test('a change of another field, and one of a field that is not there', () => {
  assert.ok(found((change) => ({ ...change, path: `${change.path}x` })) >= 20);
  assert.ok(found((change) => ({ ...change, path: change.path.replace(/\w+(?=\W*$)/, 'metadata') })) >= 20);
});

test('another value than there was, or is', () => {
  const isSecret = ({ path }: Told) => /^data\.(?:password|other|more)$/.test(path);
  const swapped = (change: Told) =>
    isSecret(change) || change.kind === 'content'
      ? change
      : { ...change, before: change.after, after: change.before };
  assert.ok(found(swapped) >= 12);
});

test('a change that is none', () => {
  const right = report();
  const invented: readonly Told[] = [
    { kind: 'changed', path: 'kind', before: 'Deployment', after: 'Deployment' },
    { kind: 'changed', path: 'metadata.annotations["example.com/a.b"]', before: '1', after: '1' },
    { kind: 'removed', path: 'metadata.labels', before: {} },
    { kind: 'added', path: 'spec.template.spec.containers[name=proxy].image', after: 'a' },
    {
      kind: 'order',
      path: 'spec.template.spec.containers',
      before: [{ name: 'api' }, { name: 'proxy' }],
      after: [{ name: 'proxy' }, { name: 'api' }],
    },
    { kind: 'changed', path: 'spec.rules[1].verbs[0]', before: 'watch', after: 'watch' },
    { kind: 'content', path: 'metadata.name', format: 'yaml', changes: [] },
  ];
  const [object] = right;
  for (const one of invented) {
    assert.ok(object !== undefined);
    const wrong = right.with(0, { ...object, changes: [...object.changes, one] });
    assert.ok(judgeReport(before, after, wrong).length > 0, one.path);
  }
});

test('an object that is missed, that did not change, or that is told twice', () => {
  const right = report();
  for (const index of right.keys()) {
    assert.ok(judgeReport(before, after, right.toSpliced(index, 1)).length > 0);
    assert.ok(judgeReport(before, after, [...right, ...right.slice(index, index + 1)]).length > 0);
  }
  const name = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'stays' };
  for (const one of [{ before: name }, { after: name }, { before: name, after: name }])
    assert.ok(judgeReport(before, after, [...right, { ...one, changes: [] }]).length > 0);
});

test('elements that come and go where one would have been enough', () => {
  const lists = [
    ['a', 'b'],
    ['a', 'c'],
  ].map((args) => deployment({ args }));
  const path = 'spec.template.spec.containers[name=api].args';
  const name = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'api' };
  const told = (...changes: Told[]) =>
    judgeReport(lists.slice(0, 1), lists.slice(1), [{ before: name, after: name, changes }]);
  const [gone, come]: readonly Told[] = [
    { kind: 'removed', path: `${path}[1]`, before: 'b' },
    { kind: 'added', path: `${path}[1]`, after: 'c' },
  ];
  assert.equal(told({ kind: 'changed', path: `${path}[1]`, before: 'b', after: 'c' }), []);
  assert.equal(told(...[gone, come].filter((one) => one !== undefined)), []);
  const more: readonly Told[] = [
    { kind: 'removed', path: `${path}[0]`, before: 'a' },
    { kind: 'added', path: `${path}[0]`, after: 'a' },
  ];
  assert.ok(told(...[gone, come].filter((one) => one !== undefined), ...more).length > 0);
});

test.run();
