import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { installCustomResources } from './custom-resources.ts';
import { classesOf, environmentNamed, nodesOf } from './environment.ts';
import { proofs } from './proofs.ts';
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

interface Quota extends Rendered {
  readonly spec: { readonly hard: Readonly<Record<string, string>> };
}

interface LimitRange extends Rendered {
  readonly spec: { readonly limits: readonly { readonly max: { readonly cpu: string } }[] };
}

interface Budget extends Rendered {
  readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } };
}

/** A pod that every namespace of ours would take, if it asked for less. @param cpu cores for each container */
function demanding(namespace: string, containers: number, cpu: number): object {
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const requests = { cpu: String(cpu), memory: '1Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'demanding', namespace },
    spec: {
      containers: Array.from({ length: containers }, (_, index) => ({
        name: `container-${index}`,
        image: 'busybox:1.37.0',
        securityContext,
        resources: { requests, limits: requests },
      })),
    },
  };
}

/** Evicts a pod, as a drain does. @returns why it is held, or nothing */
async function evict(cluster: TestCluster, namespace: string, pod: string): Promise<string> {
  const metadata = { name: pod, namespace };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  const answer = await cluster.ask(['create', '--raw', path, '--filename=-'], {
    stdin: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata }),
  });
  return answer.status === 0 ? '' : `${answer.stderr}${answer.stdout}`;
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
  const proof = proofs<{ cluster: TestCluster; namespaces: string[]; objects: Rendered[] }>(
    `overlays/${name}`,
    'empty nodes as it declares them',
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

  proof('each namespace refuses what passes its limits and its quota', async ({ cluster, objects }) => {
    const quotas = objects.filter(({ kind }) => kind === 'ResourceQuota') as Quota[];
    for (const { metadata, spec } of quotas) {
      const { namespace = '', name: quota } = metadata;
      const [range] = (objects as LimitRange[]).filter(
        (one) => one.kind === 'LimitRange' && one.metadata.namespace === namespace,
      );
      const most = Number(range?.spec.limits[0]?.max.cpu);
      const refusal = async (containers: number, cpu: number) =>
        (
          await cluster.ask(['create', '--filename=-'], {
            stdin: JSON.stringify(demanding(namespace, containers, cpu)),
          })
        ).stderr;
      assert.match(await refusal(1, most + 1), `maximum cpu usage per Container is ${most}`);
      const many = Math.ceil(Number(spec.hard['requests.cpu']) / most) + 1;
      assert.match(await refusal(many, most), `exceeded quota: ${quota}`);
    }
    assert.ok(quotas.length >= systems.length);
  });

  // A laptop's one node is drained with all that is on it: no budget there.
  const withBudgets = name === 'production' ? proof : undefined;
  withBudgets?.('each budget lets go what it says, and holds the next', async ({ cluster, objects }) => {
    const budgets = (objects as Budget[]).filter(({ kind }) => kind === 'PodDisruptionBudget');
    assert.ok(budgets.length >= systems.length);
    // Who is evicted finds no other place then, and stays away.
    await cluster.kubectl(['cordon', '--selector=kubernetes.io/hostname!=plumbline-control-plane']);
    for (const { metadata, spec } of budgets) {
      const { namespace = '', name: budget } = metadata;
      const labels = Object.entries(spec.selector.matchLabels).map((pair) => pair.join('='));
      const place = ['--namespace', namespace, '--output'];
      const allowed = await cluster.kubectl([
        ...['get', 'poddisruptionbudget', budget, ...place],
        'jsonpath={.status.disruptionsAllowed}',
      ]);
      const pods = (
        await cluster.kubectl([
          ...['get', 'pods', `--selector=${labels}`, ...place],
          'jsonpath={.items[?(@.status.phase=="Running")].metadata.name}',
        ])
      ).split(' ');
      const what = `${namespace}/${budget}`;
      assert.is(Number(allowed), 1, `${what} allows ${allowed}`);
      const answers = [];
      for (const pod of pods.slice(0, 2)) answers.push(await evict(cluster, namespace, pod));
      assert.is(answers[0], '', what);
      if (pods.length > 1) assert.match(answers[1] ?? '', /violate the pod's disruption budget/, what);
    }
    await cluster.kubectl(['uncordon', '--selector=kubernetes.io/hostname!=plumbline-control-plane']);
  });

  proof('deleted, nothing is left', async ({ cluster, objects, namespaces }) => {
    // A namespace takes its objects with it, and kubectl then misses them; it would ask for each of them until long after.
    const remove = ['delete', '--kustomize', `overlays/${name}`, '--ignore-not-found', '--wait=false'];
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
      const which = ['get', kind, metadata.name, '--ignore-not-found', '--output=name'];
      await until(`${kind} ${metadata.name} is gone`, async () =>
        assert.is(await cluster.kubectl(which), ''),
      );
    }
  });

  proof.run();
}
