import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubernetesObject, run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { type Application, type ArgoCd, startArgoCd } from './harness/argo-cd.ts';
import { verdicts } from './harness/diff-verdicts.ts';
import { environmentNamed, nodesOf } from './harness/environment.ts';
import { changed, sample, subjects } from './harness/mutants.ts';
import { systems } from './harness/overlays.ts';
import { proofs } from './harness/proofs.ts';
import { root, startTestCluster, type TestCluster } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';
import { openVerdictRig, type VerdictRig } from './harness/verdict-rig.ts';

interface Context {
  cluster: TestCluster;
  argo: ArgoCd;
}

const test = proofs<Context>('Argo CD, its real controllers', 'empty nodes as kind declares them');
const app = 'in-cluster-preempt';
const patience = 240_000;

test.before(async (context) => {
  context.cluster = await startTestCluster({ emptyNodes: nodesOf(await environmentNamed('kind')) });
  await context.cluster.kubectl(['cordon', 'plumbline-control-plane']);
  context.argo = await startArgoCd(context.cluster);
});
test.after(async ({ cluster }) => cluster.end());

/** Waits until an Application is as the condition wants it, and gives it. */
async function seen(argo: ArgoCd, name: string, what: string, is: (app: Application) => boolean) {
  let last: Application = {};
  await until(
    `${name} ${what}`,
    async () => {
      last = await argo.application(name);
      if (!is(last)) throw new Error(JSON.stringify(last.status ?? {}).slice(0, 1500));
    },
    patience,
  );
  return last;
}

const synced =
  (revision?: string) =>
  ({ status }: Application): boolean =>
    status?.sync?.status === 'Synced' &&
    status.health?.status === 'Healthy' &&
    (revision === undefined || status.sync.revision === revision);

test('the ApplicationSet makes one Application a system, and all sync and become healthy', async (context) => {
  const { cluster, argo } = context;
  const program = process.env.KUSTOMIZE ?? 'kustomize';
  const built = await run(program, ['build', 'argocd'], { cwd: root, deadline: 60_000 });
  const url = 'https://git.example.com/plumbline/plumbline.git';
  const stdin = built.stdout.toString('utf8').replaceAll(url, argo.repository.url);
  assert.is(stdin.includes(argo.repository.url), true, 'the URL is what repository-configmap.yaml has');
  await cluster.kubectl(['apply', '--server-side', '--filename=-'], { stdin });
  await until('there is one Application a system', async () => {
    const names = await cluster.kubectl(['get', 'applications', '--namespace=argocd', '--output=name']);
    for (const system of systems) assert.match(names, new RegExp(`in-cluster-${system}$`, 'm'));
    assert.is(names.trim().split('\n').length, systems.length);
  });
  // Nobody serves Ingresses here, and one without an address is not healthy for Argo CD.
  await until(
    'the Ingress is there',
    () => cluster.kubectl(['get', 'ingress', '-n', 'feastflow', 'feastflow-ingress']),
    patience,
  );
  const address = '{"status":{"loadBalancer":{"ingress":[{"ip":"10.99.0.2"}]}}}';
  const patch = [
    'patch',
    'ingress',
    'feastflow-ingress',
    '--namespace=feastflow',
    '--subresource=status',
    '--type=merge',
  ];
  await cluster.kubectl([...patch, '--patch', address]);
  for (const system of systems) await seen(argo, `in-cluster-${system}`, 'is healthy', synced());
});

test('a commit is synced', async ({ argo, cluster }) => {
  const file = join(argo.repository.folder, 'base/preempt/namespace.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('  labels:\n', '  labels:\n    plumbline.dev/proof: commit\n'));
  await seen(argo, app, 'has the commit', synced(await argo.repository.push('A label')));
  const label = ['get', 'namespace', 'preempt', '--output=jsonpath={.metadata.labels.plumbline\\.dev/proof}'];
  assert.is(await cluster.kubectl(label), 'commit');
});

test('drift is healed', async ({ cluster }) => {
  await cluster.kubectl(['delete', 'service', 'api', '--namespace=preempt']);
  await until(
    'the Service is back',
    () => cluster.kubectl(['get', 'service', 'api', '--namespace=preempt']),
    patience,
  );
  const wrong = '{"spec":{"selector":{"app.kubernetes.io/name":"nobody"}}}';
  await cluster.kubectl(['patch', 'service', 'api', '--namespace=preempt', '--type=merge', '--patch', wrong]);
  const get = ['get', 'service', 'api', '--namespace=preempt', '--output=jsonpath={.spec.selector}'];
  await until(
    'its selector is back',
    async () => assert.not.match(await cluster.kubectl(get), /nobody/),
    patience,
  );
});

test('a second sync runs the Jobs again, with what changed in them', async ({ argo, cluster }) => {
  const uid = () =>
    cluster.kubectl(['get', 'job', 'migrate', '--namespace=preempt', '--output=jsonpath={.metadata.uid}']);
  const before = await uid();
  const file = join(argo.repository.folder, 'base/preempt/kustomization.yaml');
  await appendFile(file, '\nimages:\n  - name: preempt-backend\n    newTag: another\n');
  await seen(argo, app, 'has the image', synced(await argo.commit('Another image')));
  assert.is.not(await uid(), before);
  const image = [
    'get',
    'job',
    'migrate',
    '--namespace=preempt',
    '--output=jsonpath={.spec.template.spec.containers[0].image}',
  ];
  assert.match(await cluster.kubectl(image), /:another$/);
});

test('a broken commit leaves the running system alone, and says why', async ({ argo, cluster }) => {
  const file = join(argo.repository.folder, 'base/preempt/kustomization.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('resources:\n', 'resources:\n  - not-there.yaml\n'));
  await argo.commit('A file is missing');
  const broken = await seen(argo, app, 'says why', ({ status }) =>
    (status?.conditions ?? []).some(({ type }) => type === 'ComparisonError'),
  );
  assert.match(JSON.stringify(broken.status?.conditions), /not-there\.yaml/);
  await cluster.kubectl(['get', 'deployment', 'api', '--namespace=preempt']);
  await writeFile(file, text);
  await seen(argo, app, 'is mended', synced(await argo.commit('It is back')));
});

test('an object removed from git is pruned', async ({ argo, cluster }) => {
  const folder = join(argo.repository.folder, 'overlays/kind/preempt');
  const extra = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'passing' }, data: { a: 'b' } };
  const text = await readFile(join(folder, 'kustomization.yaml'), 'utf8');
  await writeFile(join(folder, 'passing-configmap.yaml'), JSON.stringify(extra));
  await writeFile(
    join(folder, 'kustomization.yaml'),
    text.replace('resources:\n', 'resources:\n  - passing-configmap.yaml\n'),
  );
  await seen(argo, app, 'has it', synced(await argo.commit('One more')));
  await cluster.kubectl(['get', 'configmap', 'passing', '--namespace=preempt']);
  await rm(join(folder, 'passing-configmap.yaml'));
  await writeFile(join(folder, 'kustomization.yaml'), text);
  await seen(argo, app, 'is without it', synced(await argo.commit('One less')));
  assert.is(
    await cluster.kubectl(['get', 'configmap', 'passing', '--namespace=preempt', '--ignore-not-found']),
    '',
  );
});

/** Defects that the prover says the API server refuses, of as many kinds. */
const refused = ['probe that asks in two ways', 'rollout that can replace nothing'];

test('what the prover says is refused fails the sync, and leaves what runs', async ({ argo, cluster }) => {
  const [subject] = await subjects(['kind/preempt']);
  if (subject === undefined) throw new Error('there is no target kind/preempt');
  const folder = join(argo.repository.folder, 'overlays/kind/preempt');
  const text = await readFile(join(folder, 'kustomization.yaml'), 'utf8');
  await mkdir(join(folder, 'defect'));
  const generation = (object: KubernetesObject) =>
    cluster.kubectl([
      ...['get', object.kind, object.metadata.name, '--namespace=preempt'],
      '--output=jsonpath={.metadata.generation}',
    ]);
  for (const { operator, mutant } of sample(subject, 1)) {
    if (!refused.includes(operator.id)) continue;
    const [object] = changed(mutant, subject);
    assert.ok(
      object !== undefined && subject.finds(mutant.objects).some((rule) => rule.endsWith('-refused')),
    );
    const before = await generation(object);
    const patch = JSON.stringify([{ op: 'replace', path: '/spec', value: object.spec }]);
    const target = { kind: object.kind, name: object.metadata.name };
    const component = {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      patches: [{ target, patch }],
    };
    await writeFile(join(folder, 'defect/kustomization.yaml'), JSON.stringify(component));
    await writeFile(
      join(folder, 'kustomization.yaml'),
      text.replace('components:\n', 'components:\n  - defect\n'),
    );
    await argo.commit(operator.id);
    const said = await seen(argo, app, 'fails', ({ status }) =>
      /is invalid|Invalid value|Forbidden/.test(JSON.stringify(status ?? {})),
    );
    console.log(`${mutant.what}\n  ${reasonOf(said)}`);
    assert.is(await generation(object), before);
    await writeFile(join(folder, 'kustomization.yaml'), text);
    await seen(argo, app, 'goes on', synced(await argo.commit('Without it')));
  }
});

function reasonOf({ status }: Application): string {
  const messages = [
    ...(status?.conditions ?? []).map(({ message }) => message),
    status?.operationState?.message,
    ...(status?.operationState?.syncResult?.resources ?? []).map(({ message }) => message),
  ];
  return messages.find((message) => /invalid|Forbidden/i.test(message ?? ''))?.slice(0, 300) ?? '';
}

for (const [what, object, reason] of [
  [
    'a cluster-wide kind',
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'more' },
      rules: [],
    },
    /ClusterRole is not permitted|not permitted in project/,
  ],
  [
    'a kind that no overlay holds',
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'more' }, rules: [] },
    /not permitted in project/,
  ],
] as const) {
  test(`the project refuses ${what}`, async ({ argo, cluster }) => {
    const folder = join(argo.repository.folder, 'overlays/kind/preempt');
    const text = await readFile(join(folder, 'kustomization.yaml'), 'utf8');
    await writeFile(join(folder, 'more.yaml'), JSON.stringify(object));
    await writeFile(
      join(folder, 'kustomization.yaml'),
      text.replace('resources:\n', 'resources:\n  - more.yaml\n'),
    );
    await argo.commit(`One ${object.kind} too many`);
    await seen(argo, app, 'refuses it', ({ status }) => reason.test(JSON.stringify(status ?? {})));
    assert.is(
      await cluster.kubectl(['get', object.kind, 'more', '--namespace=preempt', '--ignore-not-found']),
      '',
    );
    await rm(join(folder, 'more.yaml'));
    await writeFile(join(folder, 'kustomization.yaml'), text);
    await seen(argo, app, 'goes on', synced(await argo.commit('Without it')));
  });
}

test('the project refuses another repository, and another namespace', async ({ cluster, argo }) => {
  const application = (name: string, repoURL: string, namespace: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'plumbline',
      source: { repoURL, targetRevision: 'main', path: 'overlays/kind/preempt' },
      destination: { name: 'in-cluster', namespace },
    },
  });
  const items = [
    application('elsewhere', 'file:///nowhere.git', 'preempt'),
    application('intruder', argo.repository.url, 'kube-system'),
  ];
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await cluster.kubectl(['apply', '--filename=-'], { stdin });
  for (const name of ['elsewhere', 'intruder']) {
    await seen(argo, name, 'is refused', ({ status }) =>
      /not permitted|do not match/.test(JSON.stringify(status?.conditions ?? [])),
    );
  }
});

let rig: VerdictRig | undefined;

for (const { change, danger, of, edit, fails, keeps = [], changes = [], loses = [], leaves } of verdicts) {
  test(`${change}: what the difference says (${danger}) is what happens`, async ({ argo, cluster }) => {
    rig ??= await openVerdictRig(cluster, argo);
    const { answer, commit, dangers, synced } = rig;
    const from = await commit(() => {});
    await synced(from);
    const answers = (questions: readonly string[]) => Promise.all(questions.map(answer));
    let kept: string[] = [];
    let old: string[] = [];
    // What the change before this one has taken away comes back after its sync.
    await until(
      'what is asked about is there',
      async () => {
        [kept, old] = [await answers(keeps), await answers(changes)];
        const all = [...kept, ...old, ...(await answers(loses))];
        for (const [index, question] of [...keeps, ...changes, ...loses].entries())
          assert.is.not(all[index], '', question);
      },
      patience,
    );
    const to = await commit(edit);
    assert.ok((await dangers(from, to)).includes(`${danger} ${of}`), `${await dangers(from, to)}`);
    const { status } = await synced(to);
    const said = JSON.stringify(status?.operationState);
    assert.is(status?.operationState?.phase, fails === undefined ? 'Succeeded' : 'Failed', said);
    if (fails !== undefined) assert.match(said, fails);
    await until(
      'what goes is gone',
      async () =>
        assert.equal(
          await answers(loses),
          loses.map(() => ''),
        ),
      patience,
    );
    await until(
      'what changes is another',
      async () => {
        for (const [index, now] of (await answers(changes)).entries()) assert.is.not(now, old[index]);
      },
      patience,
    );
    assert.equal(await answers(keeps), kept);
    if (leaves) assert.is((await argo.application('verdicts')).status?.sync?.status, 'OutOfSync');
  });
}

test.run();
