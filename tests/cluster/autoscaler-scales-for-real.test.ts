import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { list } from './harness/list.ts';
import { render } from './harness/overlays.ts';
import { proofs } from './harness/proofs.ts';
import { clusterParts, root, startTestCluster, type TestCluster } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';
import { metricsServerImage } from './images/metrics-server.ts';

const manifest = 'argocd/platform/laptop/metrics-server';
const overlay = 'overlays/minikube/lambda';

interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly template: {
      readonly metadata: object;
      readonly spec: { readonly containers: readonly { readonly resources: Resources }[] };
    };
  };
}

interface Resources {
  readonly requests: Readonly<Record<string, string>>;
}

interface Autoscaler extends KubernetesObject {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
}

const test = proofs<{ cluster: TestCluster }>(
  'autoscaling, with the laptop’s metrics-server',
  'one real node',
);

test.before(async (context) => {
  const { binaries } = await clusterParts();
  const deployment = parse(await readFile(join(root, manifest, 'deployment.yaml'), 'utf8')) as {
    spec: { template: { spec: { containers: { image: string }[] } } };
  };
  const image = deployment.spec.template.spec.containers[0]?.image ?? '';
  const archive = await metricsServerImage(image, binaries['metrics-server'] ?? 'metrics-server');
  context.cluster = await startTestCluster({ images: [archive] });
});
test.after(async ({ cluster }) => cluster.end());

test('applied as it is, metrics-server answers kubectl top', async ({ cluster }) => {
  await cluster.kubectl(['apply', '--kustomize', manifest]);
  const ready = [
    'rollout',
    'status',
    'deployment/metrics-server',
    '--namespace=kube-system',
    '--timeout=120s',
  ];
  await cluster.kubectl(ready, { deadline: 130_000 });
  await until('nodes are measured', async () => {
    const said = await cluster.kubectl(['top', 'nodes', '--no-headers']);
    assert.match(said, /^plumbline-control-plane +\d+m +\d+% +\d+Mi +\d+%/);
  });
  await until('pods are measured', async () => {
    const said = await cluster.kubectl(['top', 'pods', '--namespace=kube-system', '--no-headers']);
    assert.match(said, /^metrics-server-\S+ +\d+m +\d+Mi/m);
  });
});

/** What a consumer that is busy looks like: all of its own request, until it is told to rest. */
function busy({ metadata, spec }: Deployment): object {
  const [container] = spec.template.spec.containers;
  const requests = container?.resources.requests;
  const name = 'consumer';
  const command = [
    'sh',
    '-c',
    'trap "exit 0" TERM; while [ ! -e /tmp/rest ]; do :; done; sleep infinity & wait',
  ];
  const { labels, namespace } = metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: metadata.name, namespace, labels },
    spec: {
      ...spec,
      template: {
        metadata: spec.template.metadata,
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name, image: 'busybox:1.37.0', command, resources: { requests, limits: requests } }],
        },
      },
    },
  };
}

test(`the autoscaler of ${overlay} scales a busy consumer out, and back when it rests`, async ({
  cluster,
}) => {
  const objects = (await render(overlay)) as unknown as KubernetesObject[];
  const find = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === 'lambda-consumer');
  const autoscaler = find('HorizontalPodAutoscaler') as Autoscaler | undefined;
  const consumer = find('Deployment') as Deployment | undefined;
  if (autoscaler === undefined || consumer === undefined) throw new Error(`${overlay} has no consumer`);
  const { namespace = '' } = consumer.metadata;
  const { minReplicas: least, maxReplicas: most } = autoscaler.spec;
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl(['apply', '--filename=-'], { stdin: list([busy(consumer), autoscaler]) });
  const replicas = async () =>
    Number(
      await cluster.kubectl([
        'get',
        'deployment/lambda-consumer',
        '--namespace',
        namespace,
        '--output=jsonpath={.spec.replicas}',
      ]),
    );
  await until('it has its fewest replicas', async () => assert.ok((await replicas()) >= least));
  await until('it has more', async () => assert.ok((await replicas()) > least));
  assert.ok((await replicas()) <= most);
  // The overlay's own window is ten minutes.
  const patch = {
    spec: {
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 0,
          policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
        },
      },
    },
  };
  await cluster.kubectl([
    'patch',
    'horizontalpodautoscaler/lambda-consumer',
    '--namespace',
    namespace,
    '--type=merge',
    `--patch=${JSON.stringify(patch)}`,
  ]);
  await until('all rest, and only the fewest are left', async () => {
    const pods = await cluster.kubectl([
      'get',
      'pods',
      '--namespace',
      namespace,
      '--output=name',
      '--field-selector=status.phase=Running',
    ]);
    for (const pod of pods.split('\n').filter((line) => line !== '')) {
      await cluster.ask(['exec', pod, '--namespace', namespace, '--', 'touch', '/tmp/rest']);
    }
    assert.is(await replicas(), least);
  });
});

test.run();
