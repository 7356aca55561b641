import { buildModel, table } from '@plumbline/validators';
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
const namespace = 'drawn';
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

/** How many pods have no node, once the scheduler has judged every one and changes its mind no more. */
async function withoutNode(cluster: TestCluster, all: number): Promise<number> {
  let before = '';
  let same = 0;
  let left: Pod[] = [];
  await until('the scheduler has judged the pods', async () => {
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
  return left.length;
}

/** Drawn workloads, from those that nearly all fit to those that do not. */
const draws = 16;

test('what the prover says has no room the scheduler leaves, and what it says has room it mostly places', async ({
  cluster,
}) => {
  const rows: string[][] = [];
  const wrong: string[] = [];
  await cluster.kubectl(['create', 'namespace', namespace]);
  for (let seed = 1; seed <= draws; seed += 1) {
    const objects = randomWorkloads(seed, namespace, 5 + seed);
    const model = buildModel(objects);
    const all = model.workloads.reduce((sum, { replicas }) => sum + replicas.min, 0);
    const told = packing(model, model.workloads, declared).reduce((sum, { pods }) => sum + pods, 0);
    await cluster.kubectl(['apply', '--filename=-'], { stdin: list(objects) });
    const left = await withoutNode(cluster, all);
    rows.push([String(seed), String(all), String(told), String(left)]);
    if (told > 0 && left === 0)
      wrong.push(`seed ${seed}: ${told} without room, and the scheduler placed all`);
    await cluster.kubectl(['delete', 'deployments', '--all', '--namespace', namespace]);
    await cluster.kubectl([
      ...['delete', 'pods', '--all', '--namespace', namespace],
      ...['--grace-period=0', '--force'],
    ]);
    await until('its pods are gone', async () =>
      assert.is(await cluster.kubectl(['get', 'pods', '--namespace', namespace, '--output=name']), ''),
    );
  }
  console.log(table([['seed', 'pods', 'without room: the prover', 'the scheduler'], ...rows]).join('\n'));
  assert.equal(wrong, []);
  const fits = rows.filter(([, , told]) => told === '0');
  assert.ok(fits.length >= 3 && fits.length <= draws - 3, `${fits.length} of ${draws} fit`);
  // The scheduler takes pods as they come and moves none: an order may cost it what another would give.
  const unlucky = fits.filter(([, , , left]) => left !== '0').length;
  assert.ok(unlucky * 2 <= fits.length, `it left pods in ${unlucky} of ${fits.length} that fit`);
});

test.run();
