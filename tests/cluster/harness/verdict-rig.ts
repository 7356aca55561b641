import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { type Application, type ArgoCd, emptyRepository } from './argo-cd.ts';
import { type Draft, drafts, namespace } from './diff-verdicts.ts';
import { root, type TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

/** A small system that Argo CD syncs from a repository of its own, change by change. */
export interface VerdictRig {
  /** Commits the objects as a change makes them. @returns the commit */
  readonly commit: (edit: (objects: Map<string, Draft>) => void) => Promise<string>;
  /** Waits until Argo CD has ended its sync of the commit, and gives what it says. */
  readonly synced: (commit: string) => Promise<Application>;
  /** The dangers that `npm run diff` tells between two commits: `id Kind/name`. */
  readonly dangers: (from: string, to: string) => Promise<string[]>;
  /** What kubectl answers; empty where there is nothing of that name. */
  readonly answer: (question: string) => Promise<string>;
}

const name = 'verdicts';
const patience = 240_000;
const system = join('overlays', 'kind', name);

/** Begins with the system as it is in git, synced and with pods. */
export async function openVerdictRig(cluster: TestCluster, argo: ArgoCd): Promise<VerdictRig> {
  const repository = await emptyRepository(join(cluster.state, name));
  const folder = join(repository.folder, system);
  await mkdir(folder, { recursive: true });
  await copyFile(
    join(root, 'overlays/kind/environment.yaml'),
    join(repository.folder, 'overlays/kind/environment.yaml'),
  );
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['objects.yaml'],
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization, undefined, 2));
  let turn = 0;
  const rig: VerdictRig = {
    async commit(edit) {
      const objects = drafts();
      edit(objects);
      // Something is always to be synced.
      turn += 1;
      const settings = objects.get('ConfigMap/settings');
      if (settings !== undefined) settings.metadata.annotations = { 'verdicts.example.com/turn': `${turn}` };
      const texts = [...objects.values()].map((object) => JSON.stringify(object, undefined, 2));
      await writeFile(join(folder, 'objects.yaml'), texts.join('\n---\n'));
      const commit = await repository.push('Another state');
      await argo.refresh();
      return commit;
    },
    async synced(commit) {
      let app: Application = {};
      await until(
        `the sync of ${commit} ends`,
        async () => {
          app = await argo.application(name);
          const { operationState } = app.status ?? {};
          const isOf = operationState?.syncResult?.revision === commit;
          if (!isOf || operationState.phase === 'Running')
            throw new Error(JSON.stringify(app.status).slice(0, 1500));
        },
        patience,
      );
      return app;
    },
    async dangers(from, to) {
      const script = join(root, 'scripts/diff.ts');
      const own = ['--root', repository.folder, '--cache', join(cluster.state, name, 'cache')];
      const args = ['--disable-warning=ExperimentalWarning', script, from, to, name, '--format=json', ...own];
      const told = await run(process.execPath, args, { deadline: 120_000 });
      if (told.status !== 0 && told.status !== 1) throw new Error(told.stderr);
      const { targets } = JSON.parse(told.stdout.toString('utf8')) as {
        targets: { dangers: { id: string; resource: { kind: string; name: string } }[] }[];
      };
      return targets.flatMap(({ dangers }) =>
        dangers.map(({ id, resource }) => `${id} ${resource.kind}/${resource.name}`),
      );
    },
    answer: (question) =>
      cluster.kubectl(['get', ...question.split(' '), `--namespace=${namespace}`, '--ignore-not-found']),
  };
  const first = await rig.commit(() => {});
  const everything = [{ group: '*', kind: '*' }];
  const items = [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name, namespace: 'argocd' },
      spec: {
        sourceRepos: [repository.url],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: everything,
        namespaceResourceWhitelist: everything,
      },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec: {
        project: name,
        source: { repoURL: repository.url, targetRevision: 'main', path: system },
        destination: { name: 'in-cluster', namespace },
        // What is refused is refused again: a sync that fails is not tried five times.
        syncPolicy: { automated: { prune: true }, retry: { limit: 0 } },
      },
    },
  ];
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await cluster.kubectl(['apply', '--filename=-'], { stdin });
  await rig.synced(first);
  for (const app of ['web', 'forced', 'store', 'broker', 'narrow'])
    await until(`${app} has a pod`, async () => {
      const pods = await rig.answer(`pods --selector=app=${app} --output=name`);
      if (pods === '') throw new Error('none');
    });
  return rig;
}
