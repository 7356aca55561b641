import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type BigDataCluster, startBigDataCluster } from './harness/big-data-cluster.ts';
import { bigDataFaults } from './harness/big-data-faults.ts';
import { commandsOf } from './harness/commands-of-a-guide.ts';
import { dashboardsOf } from './harness/grafana.ts';
import { subjects } from './harness/mutants.ts';
import { proofs } from './harness/proofs.ts';
import { root } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';

/** Each look starts programs in a pod. */
const seen = (what: string, look: () => Promise<unknown>) => until(what, look, 480_000, 4000);

const test = proofs<{ bigData: BigDataCluster }>(
  'big-data in pods, on a real node',
  'one real node, with stand-ins for the images of its data systems and of what shows them',
);

test.before(async (context) => {
  context.bigData = await startBigDataCluster();
});
test.after(({ bigData }) => bigData?.end());

test('deployed from nothing, what the generator sends is counted', async ({ bigData }) => {
  console.log(await bigData.script('deploy', '--without-images', '--without-platform'));
  const sent = await bigData.generate('--rate 100 --duration 10 --seed 7');
  assert.ok(sent > 300, `${sent} events`);
  await seen('all of it is counted', async () => assert.is(await bigData.counted(), sent));
});

/** What of the guide is not run here as it stands, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm run (deploy|stop|resume|reset|destroy) /, 'has a test of its own, here'],
  [/^npm run (try|images|forward|debug|bench) /, 'of the machine, not of the cluster: has tests in npm test'],
  [
    /^npm run generate|port-forward|^curl /,
    'the generator sends through a forward, above; a test of its own',
  ],
  [/^(docker|kind|minikube) /, 'the images are there, and the cluster'],
  [/^git /, 'the repository is left as it is'],
  [/ -w$/, 'runs until it is ended'],
  [/ --previous$/, 'an error where no container ran before'],
  [/delete -k /, 'what destroys has a test of its own, below'],
];

test('every command of the guide works, or is run elsewhere for a reason that is named', async ({
  bigData,
}) => {
  const guide = await readFile(join(root, 'docs/systems/big-data.md'), 'utf8');
  const lines: string[] = [];
  for (const line of commandsOf(guide)) {
    if (elsewhere.some(([pattern]) => pattern.test(line))) continue;
    // There is a release to go back to only after the second; kubectl refuses two within a second.
    if (line.includes(' rollout undo '))
      lines.push('again kubectl -n big-data rollout restart deploy/producer-gateway');
    // What follows until it is ended, without following; a shell in a pod, left at once.
    const plain = line.replace(' logs -f ', ' logs --tail=5 ');
    lines.push(plain.includes(' exec -it ') ? `echo exit | ${plain.replace(' -it ', ' -i ')}` : plain);
  }
  // A pod that still waits has no log yet, and one that was just started takes no command: ask again.
  const again = 'again() { for attempt in $(seq 60); do "$@" && return; sleep 2; done; return 1; }';
  const script = lines.map((line) => {
    const command = / (logs|exec) /.test(line) && !line.includes('|') ? `again ${line}` : line;
    return `${command} || { echo FAILED: '${line.replaceAll("'", '')}' >&2; exit 1; }`;
  });
  const done = await bigData.shell([again, ...script].join('\n'));
  assert.ok(lines.length >= 25, `${lines.length} commands\n${done}`);
  await bigData.shell('kubectl scale deployment/producer-gateway --replicas=1 -n big-data');
});

test("Grafana's questions are answered with rows, and Kafka UI knows the topics, through port-forwards", async ({
  bigData,
}) => {
  const grafana = await bigData.forward('svc/grafana', 3000);
  try {
    await seen('each question has rows', async () => {
      // Another hour may have begun since the first test, and one hour alone is asked for of products and dead letters;
      // these come past the gateway, which lets none through.
      await bigData.generate('--rate 20 --duration 2 --steady --seed 8');
      await bigData.shell(
        'echo no event | kubectl exec -i kafka-0 -n big-data -- kafka-console-producer.sh --bootstrap-server localhost:9092 --topic events',
      );
      const { unanswered, asked } = await dashboardsOf(`http://127.0.0.1:${grafana.port}`);
      assert.ok(asked >= 14, `${asked} questions`);
      assert.equal(unanswered, []);
    });
  } finally {
    grafana.end();
  }
  const ui = await bigData.forward('svc/kafka-ui', 8080);
  try {
    const answer = await fetch(`http://127.0.0.1:${ui.port}/api/clusters/kafka/topics`, {
      signal: AbortSignal.timeout(60_000),
    });
    const { topics } = (await answer.json()) as { topics: { name: string; partitionCount: number }[] };
    assert.equal(
      topics.find(({ name }) => name === 'events'),
      { name: 'events', partitionCount: 12 },
    );
  } finally {
    ui.end();
  }
});

test('whatever ends under load, every event is counted once', async ({ bigData }) => {
  let acknowledged = 0;
  for (const [what, fault] of Object.entries(bigDataFaults(bigData))) {
    const sending = bigData.generate('--rate 40 --duration 20 --steady --patience 560');
    sending.catch(() => {});
    await fault();
    const sent = await sending;
    acknowledged += sent;
    console.log(`${what}: ${sent} events acknowledged`);
  }
  assert.ok((await bigData.assertCounted()) >= acknowledged, `${acknowledged} were acknowledged`);
});

test('what the prover finds in a flow shows itself to whoever waits for it', async ({ bigData }) => {
  const [subject] = await subjects(['kind/big-data']);
  type Service = { readonly spec: { readonly selector: unknown; readonly ports: readonly object[] } };
  const service = subject?.objects.find(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === 'cassandra',
  ) as Service | undefined;
  assert.ok(subject !== undefined && service !== undefined);
  const { selector, ports } = service.spec;
  const wrong = { selector, ports: ports.map((port) => ({ ...port, targetPort: 9043 })) };
  const broken = subject.objects.map((object) =>
    (object as unknown) === service ? { ...object, spec: { ...service.spec, ...wrong } } : object,
  );
  const found = subject.finds(broken);
  assert.ok(found.includes('service-port-unknown'), found.join(', '));
  const patch = (part: object) =>
    bigData.shell(
      `kubectl patch service cassandra -n big-data --type=merge --patch '${JSON.stringify({ spec: part })}'`,
    );
  await patch(wrong);
  await bigData.shell('kubectl delete pod -l app=spark-streaming -n big-data --wait=false');
  await seen('the wait for Cassandra is in vain', async () => {
    const log = await bigData.shell(
      'kubectl logs -n big-data -l app=spark-streaming -c wait-for-cassandra --tail=5',
    );
    assert.match(log, /refused/);
  });
  await patch({ selector, ports });
  await bigData.shell('kubectl rollout status deployment/spark-streaming -n big-data --timeout=560s');
});

test('stopped and resumed, it goes on with what it had', async ({ bigData }) => {
  const before = await bigData.counted();
  await bigData.script('stop');
  // The cluster is big-data's alone: its node is stopped with all that runs on it.
  const answer = await bigData.shell('kubectl get --raw /readyz').catch((error: Error) => error.message);
  assert.match(answer, /refused/);
  await bigData.script('resume');
  assert.is(await bigData.counted(), before);
  const sent = await bigData.generate('--rate 50 --duration 5 --steady --seed 11');
  await seen('what comes after is counted', async () => assert.is(await bigData.counted(), before + sent));
});

test('reset, it begins anew without what it had', async ({ bigData }) => {
  await bigData.script('reset');
  assert.is(await bigData.counted(), 0);
  const sent = await bigData.generate('--rate 50 --duration 5 --steady --seed 12');
  await seen('what comes after is counted', async () => assert.is(await bigData.counted(), sent));
});

test('deleted by hand nothing of it is left, and destroyed its cluster is gone', async ({ bigData }) => {
  await bigData.shell('kubectl delete -k overlays/kind/big-data --ignore-not-found');
  assert.is(await bigData.shell('kubectl get namespace big-data --ignore-not-found --output=name'), '');
  // Volumes are removed after their claims.
  await seen('no volume is left', async () =>
    assert.is(await bigData.shell('kubectl get persistentvolumes --output=name'), ''),
  );
  await bigData.script('destroy');
  assert.not.match(await bigData.shell('kind get clusters'), /^big-data$/m);
});

test.run();
