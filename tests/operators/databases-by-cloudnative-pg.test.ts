import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckedTarget, check, describeResource, findTargets, noStore } from '@plumbline/validators';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Folder, folderWith } from '../harness/folder.ts';
import { root } from '../house/repository.ts';

interface Context {
  folder: Folder;
  targets: CheckedTarget[];
}

const test = suite<Context>("production's databases by CloudNativePG");
const systems = { lambda: 'lambda-', feastflow: '' } as const;

/** The place of the StatefulSet in an overlay, which the component takes with all that is about it. */
async function choose(folder: Folder, system: keyof typeof systems): Promise<void> {
  const file = `overlays/production/${system}/kustomization.yaml`;
  const name = `${systems[system]}postgres`;
  const generator = `configMapGenerator:\n  - name: ${name}-config\n    behavior: merge\n    files:\n      - environment.conf\n`;
  await folder.edit(file, 'components/replication/postgres', `components/cloudnative-pg/${system}`);
  await folder.edit(file, generator, '');
  await folder.edit(file, '  - path: postgres-patch.yaml\n', '');
  await folder.edit(
    file,
    `  - target:\n      kind: StatefulSet\n      name: ${name}\n    path: postgres-placement-patch.yaml\n`,
    '',
  );
}

test.before(async (context) => {
  context.folder = await folderWith();
  const { folder } = context;
  for (const part of ['base', 'overlays'])
    await cp(join(root, part), join(folder.path, part), { recursive: true });
  for (const system of Object.keys(systems)) await choose(folder, system as keyof typeof systems);
  const environment = 'overlays/production/environment.yaml';
  await folder.edit(environment, 'monitoring.coreos.com, ', 'monitoring.coreos.com, postgresql.cnpg.io, ');
  await folder.edit(
    environment,
    '  peers:\n',
    '  peers:\n    cloudnative-pg:\n      namespace: cnpg-system\n',
  );
  context.targets = await checked(folder);
});
test.after(async ({ folder }) => folder?.[Symbol.asyncDispose]());

async function checked(folder: Folder): Promise<CheckedTarget[]> {
  const targets = await findTargets(folder.path);
  return check({
    root: folder.path,
    targets: targets.filter(({ name }) => name === 'production/lambda' || name === 'production/feastflow'),
    tools: {
      kustomize: process.env.KUSTOMIZE ?? 'kustomize',
      kubeconform: process.env.KUBECONFORM ?? 'kubeconform',
      versions: 'those of the test',
    },
    store: noStore,
    scratch: join(folder.path, '.scratch'),
    workers: 2,
  });
}

const found = (targets: readonly CheckedTarget[]) =>
  targets.flatMap(({ findings }) =>
    findings.map(({ rule, resource, path = '' }) =>
      [rule, resource && describeResource(resource), path].join(' '),
    ),
  );

test('each renders, fits all schemas and its place, and nothing is wrong with it', ({ targets }) => {
  assert.equal(found(targets), []);
  assert.is(targets.length, 2);
});

test('no worker changes: each asks the name that it has always asked', ({ targets }) => {
  const flows = targets.flatMap((target) => target.flows);
  const lambda = flows.filter(({ to = '' }) => to.includes('lambda-postgres')).map(({ from }) => from);
  const feastflow = flows.filter(({ to = '' }) => /\/postgres\b/.test(to)).map(({ from }) => from);
  assert.ok(lambda.length >= 3, JSON.stringify(flows));
  assert.ok(feastflow.length >= 2, JSON.stringify(flows));
});

const mistakes = {
  'the way from the operator': [
    'base/components/cloudnative-pg/lambda/from-operator-networkpolicy.yaml',
    'port: status',
    'port: metrics',
    'operator-cut Cluster prod/lambda-postgres spec',
  ],
  'the way to the API server': [
    'base/components/cloudnative-pg/lambda/to-kubernetes-networkpolicy.yaml',
    'cnpg.io/cluster: lambda-postgres',
    'cnpg.io/cluster: lambda-postgre',
    'operator-cut Cluster prod/lambda-postgres spec',
  ],
  'the login': [
    'base/components/cloudnative-pg/feastflow/cluster.yaml',
    'name: postgres-login',
    'name: postgres-logon',
    'configuration-missing Cluster feastflow/postgres spec.bootstrap.initdb.secret.name',
  ],
  'the name that workers ask': [
    'base/components/cloudnative-pg/feastflow/cluster.yaml',
    'name: postgres\n        - selectorType: ro',
    'name: postgresql\n        - selectorType: ro',
    'address-without-service Deployment feastflow/feastflow-backend',
  ],
} as const;

for (const [what, [file, from, to, finding]] of Object.entries(mistakes)) {
  test(`${what} is missed where it is wrong`, async ({ folder }) => {
    await folder.edit(file, from, to);
    try {
      const said = found(await checked(folder));
      assert.ok(
        said.some((one) => one.startsWith(finding)),
        JSON.stringify(said, undefined, 2),
      );
    } finally {
      await folder.edit(file, to, from);
    }
  });
}

test.run();
