import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import * as assert from 'uvu/assert';
import { proofs } from './harness/proofs.ts';
import { startTestCluster, type TestCluster } from './harness/test-cluster.ts';
import { machine, marksOf, traces } from './harness/traces.ts';
import { until } from './harness/until.ts';

const before = machine();

/** A pod with a volume, so that there are containers, mounts, cgroups and a pod's network to leave behind. */
const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'held' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'holder' },
      spec: {
        containers: [
          {
            name: 'holder',
            image: 'busybox:1.37.0',
            command: ['sleep', '3600'],
            volumeMounts: [{ name: 'held', mountPath: '/held' }],
          },
        ],
        volumes: [{ name: 'held', persistentVolumeClaim: { claimName: 'held' } }],
      },
    },
  ],
});

async function runPod({ kubectl }: Pick<TestCluster, 'kubectl'>): Promise<void> {
  await kubectl(['apply', '--filename=-'], { stdin: pod });
  await kubectl(['wait', '--for=condition=Ready', 'pod/holder', '--timeout=120s'], { deadline: 150_000 });
}

/** @param but what may be left, as its line begins */
function nothingLeft(marks: ReturnType<typeof marksOf>, but?: string): Promise<void> {
  const look = async () => {
    const left = (await traces(marks)).filter((line) => but === undefined || !line.startsWith(but));
    if (left.length > 0) throw new Error(left.join('\n'));
  };
  return until('nothing is left', look, 60_000);
}

const test = proofs('nothing is left behind', 'clusters that are ended in four ways');

test('a cluster that is ended leaves nothing, and touched nothing while it ran', async () => {
  const cluster = await startTestCluster();
  await runPod(cluster);
  const marks = marksOf(cluster.state, cluster.pid);
  assert.ok(marks.namespaces.length >= 4, `the pod has namespaces too: ${marks.namespaces.join(' ')}`);
  const seen = await traces(marks);
  for (const kind of ['process', 'cgroup', 'folder']) {
    assert.ok(
      seen.some((line) => line.startsWith(kind)),
      `this test sees a ${kind} that is there`,
    );
  }
  assert.is(machine(), before);
  await cluster.end();
  await nothingLeft(marks);
  assert.is(machine(), before);
});

test('killing its one process ends all of it', async () => {
  const cluster = await startTestCluster();
  await runPod(cluster);
  const marks = marksOf(cluster.state, cluster.pid);
  process.kill(cluster.pid, 'SIGKILL');
  await nothingLeft(marks);
  assert.is(machine(), before);
});

for (const [who, file, keepsData] of [
  ['whoever started it', 'holds-a-cluster.ts', false],
  ['a test that deploys', 'holds-clusters.ts', true],
] as const) {
  test(`killing ${who} ends all of it`, async () => {
    const fixture = join(import.meta.dirname, 'fixtures', file);
    const flags = ['--disable-warning=ExperimentalWarning', '--expose-gc'];
    const holder = spawn(process.execPath, [...flags, fixture], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: holder.stdout }), 'line')) as [string];
    const { state, pid } = JSON.parse(line) as { state: string; pid: number };
    const marks = marksOf(state, pid);
    assert.ok((await traces(marks)).length > 0);
    holder.kill('SIGKILL');
    // Who deploys keeps its data until it says otherwise.
    await nothingLeft(marks, keepsData ? 'folder' : undefined);
    if (keepsData) await rm(dirname(state), { recursive: true, force: true });
    assert.is(machine(), before);
  });
}

test.run();
