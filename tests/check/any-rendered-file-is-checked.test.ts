import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formats } from '@plumbline/validators';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith } from '../harness/folder.ts';

const root = join(import.meta.dirname, '..', '..');

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function check(args: readonly string[], stdin = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'scripts', 'check.ts'), ...args],
      { timeout: 60_000, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

/** A Service that leads to a port that its pods do not have, by a name that is nearly theirs. */
const shop = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: api
          image: api:1.0.0
          ports: [{ name: http, containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: shop
spec:
  selector: { app: api }
  ports:
    - port: 80
      targetPort: htttp
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
`;

test('a finding points into the rendered file, and the exit code is 1', async () => {
  await using folder = await folderWith({ 'shop.yaml': shop });
  const file = join(folder.path, 'shop.yaml');
  const { status, stdout } = await check(['--rendered', file]);
  assert.is(status, 1);
  assert.match(stdout, 'error service-port-unknown Service shop/api spec.ports[0].targetPort');
  assert.match(stdout, '(did you mean "http"?)');
  assert.match(stdout, `at ${file}:26`);
  assert.match(stdout, 'not checked, since no environment says what the cluster offers');
});

test('standard input is a target, and so is each file', async () => {
  await using folder = await folderWith({ 'shop.yaml': shop.replace('htttp', 'http') });
  const file = join(folder.path, 'shop.yaml');
  const { status, stdout } = await check(['--rendered', file, '-', '--format', 'json'], shop);
  assert.is(status, 1);
  const report = JSON.parse(stdout) as {
    version: number;
    targets: { target: string; findings: unknown[]; flows: unknown[]; notChecked: string[] }[];
  };
  assert.is(report.version, 1);
  assert.equal(
    report.targets.map(({ target, findings }) => [target, findings.length]),
    [
      [file, 0],
      ['standard input', 1],
    ],
  );
  assert.ok(report.targets[0]?.notChecked.includes('room'));
});

test('an environment gives the rules that need one something to judge by', async () => {
  await using folder = await folderWith({
    'claim.yaml':
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: a }\nspec:\n  accessModes: [ReadWriteOnce]\n' +
      '  storageClassName: fast\n  resources: { requests: { storage: 1Gi } }\n',
  });
  const environment = join(root, 'overlays/kind/environment.yaml');
  const { status, stdout } = await check([
    '--rendered',
    join(folder.path, 'claim.yaml'),
    '--environment',
    environment,
  ]);
  assert.is(status, 1);
  assert.match(stdout, 'kind has no storage class fast');
  assert.not.match(stdout, 'not checked');
});

test('a kustomization of any repository names its own files', async () => {
  await using folder = await folderWith({
    'base/kustomization.yaml': 'resources:\n  - shop.yaml\n',
    'base/shop.yaml': shop,
    'overlay/kustomization.yaml': 'namespace: other\nresources:\n  - ../base\n',
  });
  const { status, stdout } = await check(['--path', join(folder.path, 'overlay')]);
  assert.is(status, 1);
  assert.match(stdout, 'Service other/api');
  assert.match(stdout, 'shop.yaml:26');
});

for (const format of formats) {
  test(`the form ${format} is whole, and on standard output alone`, async () => {
    const { status, stdout } = await check(['--rendered', '-', '--format', format], shop);
    assert.is(status, 1);
    assert.match(stdout, 'service-port-unknown');
    if (format === 'json' || format === 'sarif') JSON.parse(stdout);
    if (format === 'json') {
      const schema = JSON.parse(
        await readFile(join(root, 'validators/reports/report.schema.json'), 'utf8'),
      ) as object;
      const validate = new Ajv().compile(schema);
      assert.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
    }
    if (format === 'junit') assert.match(stdout, /^<\?xml [\s\S]*<testsuites [^>]*>[\s\S]*<\/testsuites>\n$/);
    if (format === 'github')
      assert.match(stdout, /^::error file=standard input,line=26,title=service-port-unknown::/);
  });
}

test('what cannot be read ends with 2, and says what to do', async () => {
  await using folder = await folderWith({ 'a.yaml': shop });
  for (const [args, message] of [
    [['--rendered', join(folder.path, 'b.yaml')], 'it is not there'],
    [['--path', join(folder.path, 'none')], 'is no folder'],
    [['--rendered', '-', '--format', 'jsn'], 'did you mean "json"?'],
    [['--environment', 'x'], 'goes with --path, --every or --rendered'],
    [['--rendered', '-', '--environment', join(folder.path, 'a.yaml')], 'a.yaml'],
  ] as const) {
    const { status, stdout, stderr } = await check(args, shop);
    assert.is(status, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
  }
});

test('a directory is named, with the way to check it', async () => {
  await using folder = await folderWith({ 'a/kustomization.yaml': '' });
  const { status, stderr } = await check(['--rendered', join(folder.path, 'a')]);
  assert.is(status, 2);
  assert.match(stderr, `${join(folder.path, 'a')} is a directory`);
  assert.match(stderr, 'use --path');
});

test('of many files, one that cannot be read keeps none of the others from being judged, and the end is 2', async () => {
  await using folder = await folderWith({ 'shop.yaml': shop });
  const [missing, good] = [join(folder.path, 'none.yaml'), join(folder.path, 'shop.yaml')];
  const { status, stdout, stderr } = await check(['--rendered', missing, good]);
  assert.is(status, 2);
  assert.match(stdout, 'service-port-unknown');
  assert.match(stdout, `${missing} cannot be read`);
  assert.match(stderr, `${missing} cannot be read`);
});

test('an environment that is not there is named as it was given', async () => {
  const { status, stderr } = await check(
    ['--rendered', '-', '--environment', 'clusters/one/environment.yaml'],
    shop,
  );
  assert.is(status, 2);
  assert.match(stderr, /^clusters\/one\/environment\.yaml: it is not there/m);
});

test('SARIF names a file outside by its whole address, one inside by its path', async () => {
  await using folder = await folderWith({ 'shop.yaml': shop });
  const uriOf = async (file: string) => {
    const { stdout } = await check(['--rendered', file, '--format', 'sarif']);
    return /"uri": "([^"]*shop[^"]*)"/.exec(stdout)?.[1];
  };
  assert.is(await uriOf(join(folder.path, 'shop.yaml')), `file://${folder.path}/shop.yaml`);
});

test.run();
