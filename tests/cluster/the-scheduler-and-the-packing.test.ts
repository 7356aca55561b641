import { buildModel, type KubernetesObject, table } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import type { EmptyNode } from '../../cluster/index.ts';
import type { Node } from '../../validators/room/nodes.ts';
import { packing } from '../../validators/room/place.ts';
import { readQuantity } from '../../validators/room/quantity.ts';
import { list } from './harness/list.ts';
import { proofs } from './harness/proofs.ts';
import { randomWorkloads } from './harness/random-workloads.ts';
import { startTestCluster, type TestCluster } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';

const zone = (name: string) => ({ 'topology.kubernetes.io/zone': name });
const memory = '16Gi';

const nodes: readonly EmptyNode[] = [
  { name: 'a-large', cpu: '8', memory, pods: 110, labels: { ...zone('a'), disk: 'ssd' } },
  { name: 'a-small', cpu: '2', memory, pods: 4, labels: zone('a') },
  { name: 'b-middle', cpu: '4', memory, pods: 110, labels: zone('b') },
  { name: 'b-tight', cpu: '4', memory: '2Gi', pods: 110, labels: { ...zone('b'), disk: 'ssd' } },
  { name: 'c-middle', cpu: '4', memory, pods: 110, labels: zone('c') },
  { name: 'c-kept', cpu: '4', memory, pods: 110, labels: { ...zone('c'), disk: 'ssd' } },
];
const kept = 'c-kept';
const taint = { key: 'dedicated', value: 'data', effect: 'NoSchedule' };

/** The same nodes, as the prover counts them. */
const declared: readonly Node[] = nodes.map(({ name, cpu, memory: size, pods, labels }) => ({
  name,
  labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name, ...labels },
  taints: name === kept ? [taint] : [],
  cpu: readQuantity(cpu) ?? 0,
  memory: readQuantity(size) ?? 0,
  pods,
}));

const test = proofs<{ cluster: TestCluster }>(
  "the scheduler's placement, and the prover's packing",
  'six empty nodes in three zones',
);

test.before(async (context) => {
  context.cluster = await startTestCluster({ emptyNodes: nodes });
  await context.cluster.kubectl(['cordon', 'plumbline-control-plane']);
  await context.cluster.kubectl(['taint', 'nodes', kept, `${taint.key}=${taint.value}:${taint.effect}`]);
});
test.after(async ({ cluster }) => cluster.end());

interface Pod {
  readonly metadata: { readonly name: string; readonly labels: { readonly app: string } };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The pods without a node, once the scheduler has judged every one and changes its mind no more. */
async function withoutNode(cluster: TestCluster, namespace: string, all: number): Promise<Pod[]> {
  let before = '';
  let same = 0;
  let left: Pod[] = [];
  await until(`the scheduler has judged the pods of ${namespace}`, async () => {
    const answer = await cluster.kubectl(['get', 'pods', '--namespace', namespace, '--output=json']);
    const pods = (JSON.parse(answer) as { items: Pod[] }).items;
    const judged = pods.filter(({ status }) =>
      (status.conditions ?? []).some(({ type }) => type === 'PodScheduled'),
    );
    left = pods.filter(({ spec }) => spec.nodeName === undefined);
    assert.is(judged.length, all, `${judged.length} of ${all} pods are judged`);
    const now = pods.map(({ spec }) => spec.nodeName ?? '-').join(' ');
    same = now === before ? same + 1 : 0;
    before = now;
    // Who keeps company waits until there is some, and is tried again.
    if (left.length > 0 && same < 5) throw new Error(`${left.length} pods wait`);
  });
  return left;
}

test('what the prover says fits the scheduler places, and what it says does not it cannot', async ({
  cluster,
}) => {
  const rows: string[][] = [];
  const wrong: string[] = [];
  for (let seed = 1; seed <= 24; seed += 1) {
    const namespace = `drawn-${seed}`;
    const objects = randomWorkloads(seed, namespace, 12 + seed / 2);
    const model = buildModel(objects);
    const unplaced = packing(model, model.workloads, declared);
    const all = model.workloads.reduce((sum, { replicas }) => sum + replicas.min, 0);
    await apply(cluster, namespace, objects);
    const left = await withoutNode(cluster, namespace, all);
    const told = unplaced.reduce((sum, { pods }) => sum + pods, 0);
    rows.push([String(seed), String(all), String(told), String(left.length)]);
    if (left.length > 0 !== told > 0) {
      const names = [...new Set(left.map(({ metadata }) => metadata.labels.app))];
      wrong.push(`seed ${seed}: ${told} without room, and the scheduler left ${left.length} (${names})`);
    }
    await cluster.kubectl(['delete', 'namespace', namespace, '--timeout=60s'], { deadline: 90_000 });
  }
  console.log(table([['seed', 'pods', 'the prover: without room', 'the scheduler'], ...rows]).join('\n'));
  assert.equal(wrong, []);
  const fits = rows.filter(([, , told]) => told === '0').length;
  assert.ok(fits >= 5 && fits <= rows.length - 5, `${fits} of ${rows.length} fit`);
});

async function apply(
  cluster: TestCluster,
  namespace: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl(['apply', '--filename=-'], { stdin: list(objects) });
}

test.run();
