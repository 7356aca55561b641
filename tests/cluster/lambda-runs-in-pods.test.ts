import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandsOf } from './harness/commands-of-a-guide.ts';
import { type LambdaCluster, startLambdaCluster } from './harness/lambda-cluster.ts';
import { proofs } from './harness/proofs.ts';
import { root } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';

/** Each look starts programs in a pod. */
const seen = (what: string, look: () => Promise<unknown>) => until(what, look, 480_000, 4000);

const test = proofs<{ lambda: LambdaCluster }>(
  'lambda in pods, on a real node',
  'one real node, with stand-ins for the images of its data systems',
);

test.before(async (context) => {
  context.lambda = await startLambdaCluster();
});
test.after(({ lambda }) => lambda?.end());

test('deployed from nothing, transactions reach Postgres', async ({ lambda }) => {
  console.log(await lambda.script('deploy', '--without-images', '--without-platform'));
  await seen('rows are stored', async () => assert.ok((await lambda.rows()) > 100));
});

/** What of the guide is not run here as it stands, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^minikube start$/, 'the cluster is there'],
  [/^npm run /, 'deploy and its likes have tests of their own, below'],
  [/port-forward/, 'runs until it is ended: a test of its own, below'],
  [/^watch /, 'runs until it is ended'],
  [/ pg_ctl promote$/, 'wants a standby, which kind has none of'],
  [/ top /, 'wants metrics-server: a test of its own'],
  [/ --previous$/, 'an error where no container ran before'],
  [/delete namespace/, 'what destroys has a test of its own, below'],
  [/^kubectl apply -k /, 'what deploy did, and the tests of the overlays do'],
];

test('every command of the guide works, or is run elsewhere for a reason that is named', async ({
  lambda,
}) => {
  const guide = await readFile(join(root, 'docs/systems/lambda.md'), 'utf8');
  let ran = 0;
  for (const line of commandsOf(guide)) {
    if (elsewhere.some(([pattern]) => pattern.test(line))) continue;
    // There is a release to go back to only after the second.
    if (line.startsWith('kubectl rollout undo ')) {
      await lambda.shell('kubectl rollout restart deployment/lambda-consumer -n dev');
    }
    // What follows until it is ended, without following.
    await lambda.shell(line.replace(' logs -f ', ' logs --tail=5 '));
    if (line.includes('create job test-batch')) await batchDone(lambda);
    ran += 1;
  }
  assert.ok(ran >= 25, `${ran} commands`);
});

async function batchDone({ shell, query }: LambdaCluster): Promise<void> {
  await shell('kubectl wait --for=condition=Complete job/test-batch -n dev --timeout=120s');
  const rows = await query("SELECT status || ' ' || (rows_loaded > 0) FROM batch_jobs");
  assert.match(rows, /^done true/m);
}

test('five consumers share the partitions', async ({ lambda }) => {
  await lambda.shell('kubectl scale deployment lambda-consumer --replicas=5 -n dev');
  await seen('each of five has partitions', async () => {
    const said = await lambda.shell(
      'kubectl exec kafka-0 -n dev -- kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group lambda-consumer --members',
    );
    const counts = [...said.matchAll(/^lambda-consumer +\S+ +\S+ +\S+ +(\d+)/gm)].map(([, count]) =>
      Number(count),
    );
    assert.is(counts.length, 5, said);
    assert.is(
      counts.reduce((sum, count) => sum + count, 0),
      12,
      said,
    );
    assert.ok(Math.min(...counts) >= 2, said);
  });
});

test('pgAdmin answers through a port-forward, with the server registered', async ({ lambda }) => {
  const forward = await lambda.forward('svc/lambda-pgadmin', 5050);
  try {
    const page = await fetch(`http://127.0.0.1:${forward.port}/login`, {
      signal: AbortSignal.timeout(60_000),
    });
    assert.is(page.status, 200);
    assert.match(await page.text(), /pgAdmin 4/);
  } finally {
    await forward.end();
  }
  const registered = await lambda.shell(
    `kubectl exec deployment/lambda-pgadmin -n dev -- python3 -c "import sqlite3; print(sqlite3.connect('/var/lib/pgadmin/pgadmin4.db').execute('select host, port, username from server').fetchall())"`,
  );
  assert.match(registered, /\('lambda-postgres', 5432, 'lambda'\)/);
});

test('whatever ends under load, every event is in Postgres exactly once', async ({ lambda }) => {
  await lambda.shell('kubectl set env deployment/lambda-producer-stream PRODUCER_RATE=200 -n dev');
  await lambda.shell('kubectl rollout status deployment/lambda-producer-stream -n dev --timeout=560s');
  for (const [what, fault] of Object.entries(lambda.faults)) {
    const before = await lambda.rows();
    await fault();
    // Rows that were made after the fault have come through.
    await seen(`rows come again after: ${what}`, async () =>
      assert.ok((await lambda.rows()) > before + 2000),
    );
    console.log(`${what}: ${await lambda.rows()} rows`);
  }
  await lambda.assertExactlyOnce();
});

test('stopped and resumed, it goes on with what it had', async ({ lambda }) => {
  await lambda.shell('kubectl scale deployment lambda-producer-stream --replicas=1 -n dev');
  const before = await lambda.rows();
  await lambda.script('stop');
  await seen('nothing runs', async () => {
    assert.is(
      await lambda.shell(
        'kubectl get pods -n dev --field-selector=status.phase=Running --output=name --ignore-not-found',
      ),
      '',
    );
  });
  await lambda.script('resume');
  await seen('rows come again', async () => assert.ok((await lambda.rows()) > before));
});

test('reset, it begins anew without what it had', async ({ lambda }) => {
  const oldest = () => lambda.query('SELECT min(occurred_at) FROM transactions');
  const before = await oldest();
  await lambda.script('reset');
  await seen('rows are stored', async () => assert.ok((await lambda.rows()) > 0));
  assert.ok((await oldest()) > before);
});

test('destroyed, nothing of it is left', async ({ lambda }) => {
  await lambda.script('destroy');
  assert.is(await lambda.shell('kubectl get namespace dev --ignore-not-found --output=name'), '');
  // Volumes are removed after their claims.
  await seen('no volume is left', async () =>
    assert.is(await lambda.shell('kubectl get persistentvolumes --output=name'), ''),
  );
});

test.run();
