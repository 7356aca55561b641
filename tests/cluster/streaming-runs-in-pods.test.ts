import * as assert from 'uvu/assert';
import { readPartitions } from '../../deploy/reassign/read.ts';
import { throughForwards } from './harness/guide-connections.ts';
import { proofs } from './harness/proofs.ts';
import { type StreamingCluster, startStreamingCluster } from './harness/streaming-cluster.ts';
import { streamingFaults } from './harness/streaming-faults.ts';
import { streamingGuide } from './harness/streaming-guide.ts';
import { until } from './harness/until.ts';

/** Each look starts programs in a pod. */
const seen = (what: string, look: () => Promise<unknown>) => until(what, look, 480_000, 3000);

const test = proofs<{ streaming: StreamingCluster }>(
  'streaming in pods, on a real node',
  'one real node, with stand-ins for the images of its data systems',
);

test.before(async (context) => {
  context.streaming = await startStreamingCluster();
});
test.after(({ streaming }) => streaming?.end());

/** What the consumer has read of the sums since its pod began. */
async function ordersRead({ shell }: StreamingCluster): Promise<number> {
  const asked =
    "fetch('http://127.0.0.1:9090/metrics').then((answer) => answer.text()).then((text) => console.log(text))";
  const metrics = await shell(
    `kubectl exec deployment/streaming-consumer -n streaming -- node -e "${asked}"`,
  );
  const ofCategories = [...metrics.matchAll(/^streaming_consumer_orders_total\{.*\} (\d+)$/gm)];
  return ofCategories.reduce((sum, [, orders]) => sum + Number(orders), 0);
}

test('deployed from nothing, revenue is read', async ({ streaming }) => {
  console.log(await streaming.script('deploy', '--without-images', '--without-platform'));
  await seen('the consumer reads sums', async () => assert.ok((await ordersRead(streaming)) > 0));
});

test('every command of the guide works, or is run elsewhere for a reason that is named', async ({
  streaming,
}) => {
  const { lines } = await streamingGuide();
  // A pod that still waits has no log yet, and one that was just started takes no command: ask again.
  const again = 'again() { for attempt in $(seq 60); do "$@" && return; sleep 2; done; return 1; }';
  const script = lines.flatMap((line) => {
    // What follows until it is ended, without following; a terminal is a person's.
    const plain = line.replace(/ -f$/, ' --tail=5').replace(' exec -it ', ' exec -i ');
    const command = / (logs|exec) /.test(plain) ? `again ${plain}` : plain;
    // There is a release to go back to only after the second.
    const [, workload] = /rollout undo (\S+)/.exec(plain) ?? [];
    const second = workload === undefined ? [] : [`again kubectl rollout restart ${workload} -n streaming`];
    return [...second, command].map(
      (one) => `${one} </dev/null || { echo FAILED: '${line.replaceAll("'", '')}' >&2; exit 1; }`,
    );
  });
  const done = await streaming.shell([again, ...script].join('\n'));
  assert.ok(lines.length >= 25, `${lines.length} commands\n${done}`);
  assert.match(done, /^\[0\]$/m, 'the broker is registered');
  for (const workload of ['statefulset/kafka', 'deployment/flink-taskmanager'])
    await streaming.shell(`kubectl rollout status ${workload} -n streaming --timeout=560s`);
});

test("Flink and the registry answer through the guide's forwards", async ({ streaming }) => {
  await streaming.shell(
    await throughForwards([
      {
        forward: 'kubectl port-forward svc/flink-jobmanager 8081:8081 -n streaming',
        lines: [{ run: 'curl --silent http://localhost:8081/jobs/overview', answer: /revenue-per-minute/ }],
      },
      {
        forward: 'kubectl port-forward svc/schema-registry 8082:8081 -n streaming',
        lines: [
          {
            run: 'curl --silent http://localhost:8082/apis/ccompat/v7/subjects',
            answer: /orders-value/,
          },
        ],
      },
    ]),
  );
});

test('whatever ends under load, the job goes on from its checkpoint', async ({ streaming }) => {
  for (const [what, fault] of Object.entries(streamingFaults(streaming))) {
    const begun = performance.now();
    await streaming.recoversFrom(fault);
    console.log(
      `${what}: ${Math.round((performance.now() - begun) / 1000)} s until it completes checkpoints`,
    );
  }
});

test('stopped with a savepoint and deployed, the job goes on from it', async ({ streaming }) => {
  await streaming.recoversFrom(async () => {
    await streaming.script('savepoint');
    await streaming.script('deploy', '--without-images', '--without-platform');
  });
  const log = await streaming.shell('kubectl logs job/revenue-job -n streaming -c revenue-job');
  assert.match(log, /goes on from \S+savepoint-/);
});

test('five brokers and five TaskManagers share the work, and one of each has it back', async ({
  streaming,
}) => {
  const { shell, script, flink, recoversFrom } = streaming;
  const settled = async () => {
    for (const workload of ['statefulset/kafka', 'deployment/flink-taskmanager'])
      await shell(`kubectl rollout status ${workload} -n streaming --timeout=560s`);
  };
  // environment.yaml declares eight processors; the node has those of the machine, and ten such pods ask for more than two.
  await shell('kubectl set resources statefulset/kafka -c kafka --requests=cpu=80m -n streaming');
  await shell(
    'kubectl set resources deployment/flink-taskmanager -c taskmanager --requests=cpu=80m -n streaming',
  );
  await settled();
  await shell('kubectl scale statefulset kafka -n streaming --replicas=5');
  await shell('kubectl scale deployment flink-taskmanager -n streaming --replicas=5');
  await settled();
  await recoversFrom(() => script('reassign'));
  const inBroker = (line: string) => shell(`kubectl exec kafka-0 -c kafka -n streaming -- ${line}`);
  const described = () => inBroker('kafka-topics.sh --bootstrap-server localhost:9092 --describe');
  const spread = readPartitions(await described());
  for (const topic of ['orders', 'products', 'revenue-per-minute', '__transaction_state']) {
    const counts = [0, 1, 2, 3, 4].map(
      (id) => spread.filter((one) => one.topic === topic && one.replicas.includes(id)).length,
    );
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${topic}: ${counts}`);
  }
  const settings = await inBroker(
    'kafka-configs.sh --bootstrap-server localhost:9092 --describe --entity-type brokers',
  );
  assert.not.match(settings, /throttled/);
  await seen('five TaskManagers with four slots each', async () => {
    const { taskmanagers, 'slots-total': slots } = await flink<{
      taskmanagers: number;
      'slots-total': number;
    }>('/overview');
    assert.equal({ taskmanagers, slots }, { taskmanagers: 5, slots: 20 });
  });
  await recoversFrom(async () => {
    await script('reassign', '--brokers', '0');
    assert.ok(readPartitions(await described()).every(({ replicas }) => replicas.join() === '0'));
    await shell('kubectl scale statefulset kafka -n streaming --replicas=1');
    await shell('kubectl scale deployment flink-taskmanager -n streaming --replicas=1');
    await shell('kubectl wait --for=delete pod/kafka-4 pod/kafka-1 -n streaming --timeout=300s');
    await settled();
  });
});

test('stopped and resumed, it goes on with what it had', async ({ streaming }) => {
  await streaming.script('stop');
  await seen('nothing runs', async () =>
    assert.is(
      await streaming.shell(
        'kubectl get pods -n streaming --field-selector=status.phase=Running --output=name --ignore-not-found',
      ),
      '',
    ),
  );
  await streaming.recoversFrom(() => streaming.script('resume'));
});

test('after all of that every sum is there once, as counted elsewhere', async ({ streaming }) => {
  assert.ok((await streaming.assertExact()) > 1000);
});

test('reset, it begins anew without what it had', async ({ streaming }) => {
  await streaming.script('reset');
  const records = await streaming.shell(
    'kubectl exec kafka-0 -c kafka -n streaming -- kafka-get-offsets.sh --bootstrap-server localhost:9092 --topic revenue-per-minute',
  );
  const ends = [...records.matchAll(/^revenue-per-minute:\d+:(\d+)$/gm)].map(([, end]) => Number(end));
  assert.is(ends.length, 12);
  assert.ok(ends.reduce((sum, end) => sum + end, 0) < 30, `records of two minutes at most: ${ends}`);
  await streaming.recoversFrom(async () => {});
});

test('deleted by hand and destroyed, nothing of it is left', async ({ streaming }) => {
  // The guide's two lines.
  await streaming.shell('kubectl delete pvc -n streaming --all --wait=false');
  await streaming.shell('kubectl delete namespace streaming --timeout=300s');
  // Volumes are removed after their claims.
  await seen('no volume is left', async () =>
    assert.is(await streaming.shell('kubectl get persistentvolumes --output=name'), ''),
  );
  await streaming.script('destroy');
  assert.is(await streaming.shell('kubectl get namespace streaming --ignore-not-found --output=name'), '');
});

test.run();
