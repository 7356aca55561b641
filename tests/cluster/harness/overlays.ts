import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { suite } from '../../harness/suite.ts';
import { installCustomResources } from './custom-resources.ts';
import { classesOf, environmentNamed, nodesOf } from './environment.ts';
import { refusals, settled } from './settled.ts';
import { root, startTestCluster, type TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

export const systems = ['big-data', 'feastflow', 'lambda', 'preempt', 'streaming'] as const;

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The objects of a kustomization. */
export async function render(folder: string): Promise<Rendered[]> {
  const program = process.env.KUSTOMIZE ?? 'kustomize';
  const built = await run(program, ['build', folder], { cwd: root, deadline: 60_000 });
  assert.is(built.status, 0, built.stderr);
  return parseAllDocuments(built.stdout.toString('utf8')).map(
    (document) => ('toJS' in document ? document.toJS() : {}) as Rendered,
  );
}

/**
 * The version of each object that a target renders, as the API server counts changes. kubectl's own word "configured"
 * says only that it sent something: a default that the server filled in makes it do so each time.
 */
async function versions(cluster: TestCluster, target: string): Promise<string> {
  const path =
    '{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.generation} {.data}{"\\n"}{end}';
  const args = ['get', '--kustomize', target, '--output', `jsonpath=${path}`];
  return cluster.kubectl(args, long);
}

/** The lines in which the API server warns: of an unknown field, of a pod that a namespace will not take. */
export function warnings(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('Warning:'));
}

const long = { deadline: 240_000 };

/**
 * Proves an environment's overlays on an API server: dry runs of each, the whole for real on nodes as the environment
 * declares them that carry pods without running any, the same again, and away.
 */
export function proveOverlays(name: string): void {
  const proof = suite<{ cluster: TestCluster; namespaces: string[]; objects: Rendered[] }>(
    `overlays/${name}`,
  );

  proof.before(async (context) => {
    const environment = await environmentNamed(name);
    context.cluster = await startTestCluster({
      emptyNodes: nodesOf(environment),
      storageClasses: classesOf(environment),
    });
    await context.cluster.kubectl(['cordon', 'plumbline-control-plane']);
    await installCustomResources(context.cluster, environment.apis);
    context.objects = await render(`overlays/${name}`);
    const own = context.objects.filter(({ kind }) => kind === 'Namespace');
    context.namespaces = own.map(({ metadata }) => metadata.name);
    // A dry run makes no namespace, and nothing can be tried in one that is not there.
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: own });
    await context.cluster.kubectl(['apply', '--filename=-'], { stdin });
  });
  proof.after(async ({ cluster }) => cluster.end());

  for (const target of [`overlays/${name}`, ...systems.map((system) => `overlays/${name}/${system}`)]) {
    proof(`the API server takes ${target}, and warns of nothing`, async ({ cluster }) => {
      const answer = await cluster.ask(['apply', '--kustomize', target, '--dry-run=server'], long);
      assert.is(answer.status, 0, answer.stderr);
      assert.equal(warnings(answer.stderr), []);
    });
  }

  proof('applied for real, everything becomes ready, and nothing is refused', async (context) => {
    const { cluster, namespaces } = context;
    const answer = await cluster.ask(['apply', '--kustomize', `overlays/${name}`], long);
    assert.is(answer.status, 0, answer.stderr);
    assert.equal(warnings(answer.stderr), []);
    await settled(cluster, namespaces).catch(async (error: Error) => {
      assert.unreachable(`${error.message}\n${(await refusals(cluster, namespaces)).join('\n')}`);
    });
    assert.equal(await refusals(cluster, namespaces), []);
  });

  proof('applied again, nothing changes', async ({ cluster }) => {
    const answer = await cluster.ask(['diff', '--kustomize', `overlays/${name}`], long);
    assert.is(answer.stdout, '');
    assert.is(answer.status, 0, answer.stderr);
    const before = await versions(cluster, `overlays/${name}`);
    // Merges by the types that kubectl was compiled with, in a tenth of the time; the diff above went by the server's.
    await cluster.kubectl(['apply', '--openapi-patch=false', '--kustomize', `overlays/${name}`], long);
    assert.is(await versions(cluster, `overlays/${name}`), before);
  });

  proof('deleted, nothing is left', async ({ cluster, objects, namespaces }) => {
    // A namespace takes its objects with it, and kubectl then misses them.
    const remove = ['delete', '--kustomize', `overlays/${name}`, '--ignore-not-found', '--timeout=200s'];
    await cluster.kubectl(remove, long);
    const clusterWide = objects.filter(({ metadata, kind }) => !metadata.namespace && kind !== 'Namespace');
    await until(
      'everything is gone',
      async () => {
        const left = [
          ...(
            await cluster.kubectl(['get', 'namespaces', ...namespaces, '--ignore-not-found', '--output=name'])
          ).split('\n'),
          ...(await cluster.kubectl(['get', 'persistentvolumes', '--output=name'])).split('\n'),
        ].filter((line) => line !== '');
        if (left.length > 0) throw new Error(left.join(', '));
      },
      120_000,
    );
    for (const { kind, metadata } of clusterWide) {
      const found = await cluster.kubectl([
        'get',
        kind,
        metadata.name,
        '--ignore-not-found',
        '--output=name',
      ]);
      assert.is(found, '');
    }
  });

  proof.run();
}
