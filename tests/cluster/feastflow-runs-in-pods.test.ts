import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type FeastflowCluster, startFeastflowCluster } from './harness/feastflow-cluster.ts';
import { feastflowFaults } from './harness/feastflow-faults.ts';
import { feastflowGuide } from './harness/feastflow-guide.ts';
import { proofs } from './harness/proofs.ts';
import { until } from './harness/until.ts';

/** Each look starts programs in a pod. */
const seen = (what: string, look: () => Promise<unknown>) => until(what, look, 480_000, 3000);

const test = proofs<{ feastflow: FeastflowCluster }>(
  'feastflow in pods, on a real node',
  "one real node, with a stand-in for PostgreSQL's image",
);

test.before(async (context) => {
  context.feastflow = await startFeastflowCluster();
});
test.after(({ feastflow }) => feastflow?.end());

/** Fills the shop by the guide's own line. @returns the password of its accounts */
async function demo({ shell }: FeastflowCluster): Promise<string> {
  const { commands } = await feastflowGuide();
  const line = commands.find((one) => one.endsWith(' apps/feastflow/demo.ts'));
  assert.ok(line, 'the guide fills the shop');
  const [, password = ''] = /"password":"([^"]+)"/.exec(await shell(line)) ?? [];
  assert.ok(password !== '', 'it prints the password');
  return password;
}

test("deployed from nothing, an order is placed and followed by the guide's own lines", async ({
  feastflow,
}) => {
  console.log(await feastflow.script('deploy', '--without-images', '--without-platform'));
  const password = await demo(feastflow);
  const { commands } = await feastflowGuide();
  const [logIn = '', order = '', follow = ''] = commands.filter(
    (line) => line.startsWith('curl ') && line.includes('localhost:5000'),
  );
  const forward = await feastflow.forward('service/feastflow-backend', 5000);
  try {
    const ask = (line: string, told: Readonly<Record<string, string>>) =>
      feastflow.shell(
        Object.entries({ ...told, 'localhost:5000': `localhost:${forward.port}` }).reduce(
          (text, [from, to]) => text.replace(from, to),
          // The jar is for a person's own folder.
          line.replace('--cookie-jar jar', '--cookie-jar /dev/null'),
        ),
      );
    const { accessToken: TOKEN } = JSON.parse(await ask(logIn, { PASSWORD: password })) as {
      accessToken: string;
    };
    const placed = JSON.parse(await ask(order, { TOKEN, '$(uuidgen)': randomUUID() })) as {
      id: string;
      status: string;
    };
    assert.is(placed.status, 'placed');
    const events = await ask(`${follow} --silent --max-time 3 || true`, { TOKEN, ID: placed.id });
    assert.match(events, /^event: orders$/m);
    assert.match(events, new RegExp(placed.id));
  } finally {
    forward.end();
  }
});

test("the pages show the shop, and an account's order goes through their server", async ({ feastflow }) => {
  const forward = await feastflow.forward('service/feastflow-frontend', 3000);
  const shop = `http://localhost:${forward.port}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${shop}${path}`, { ...init, signal: AbortSignal.timeout(60_000) });
  try {
    const first = await ask('/');
    assert.is(first.status, 200);
    assert.match(first.headers.get('content-security-policy') ?? '', /script-src 'nonce-/);
    const links = [...(await first.text()).matchAll(/href="(\/restaurants\/[a-z-]+)"/g)].map(
      ([, link]) => link,
    );
    assert.ok(links.includes('/restaurants/casa-marina'), `${links}`);
    const menu = await ask('/api/restaurants/casa-marina');
    const { dishes } = (await menu.json()) as { dishes: { id: number; name: string; stock: number }[] };
    const dish = dishes.find(({ stock }) => stock > 0);
    assert.ok(dish, 'something is left');
    const page = await ask('/restaurants/casa-marina');
    assert.ok((await page.text()).includes(dish.name), dish.name);
    const json = { 'content-type': 'application/json' };
    const account = { email: 'pages@example.org', password: randomUUID(), name: 'Somebody' };
    const made = await ask('/api/accounts', { method: 'POST', headers: json, body: JSON.stringify(account) });
    assert.is(made.status, 201, await made.clone().text());
    const { accessToken } = (await made.json()) as { accessToken: string };
    const placed = await ask('/api/orders', {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${accessToken}`, 'idempotency-key': randomUUID() },
      body: JSON.stringify({ items: [{ dish: dish.id, quantity: 1 }], address: '1 Main Street' }),
    });
    assert.is(placed.status, 201, await placed.clone().text());
    const { id } = (await placed.json()) as { id: string };
    assert.is((await feastflow.query(`SELECT status FROM orders WHERE id = '${id}'`)).trim(), 'placed');
  } finally {
    forward.end();
  }
});

test('every command of the guide works, or is run elsewhere for a reason that is named', async ({
  feastflow,
}) => {
  const { lines } = await feastflowGuide();
  // A pod that still waits has no log yet, and one that was just started takes no command: ask again.
  const again = 'again() { for attempt in $(seq 60); do "$@" && return; sleep 2; done; return 1; }';
  const script = lines.flatMap((line) => {
    // What follows until it is ended, without following; a terminal is a person's.
    const plain = line.replace(' logs -f ', ' logs --tail=5 ').replace(' exec -it ', ' exec -i ');
    const command = / (logs|exec) /.test(plain) ? `again ${plain}` : plain;
    // There is a release to go back to only after the second.
    const [, workload] = /rollout undo (\S+)/.exec(plain) ?? [];
    const second = workload === undefined ? [] : [`again kubectl rollout restart ${workload} -n feastflow`];
    return [...second, command].map(
      (one) => `${one} </dev/null || { echo FAILED: '${line.replaceAll("'", '')}' >&2; exit 1; }`,
    );
  });
  const done = await feastflow.shell([again, ...script].join('\n'));
  assert.ok(lines.length >= 35, `${lines.length} commands\n${done}`);
  await feastflow.backends(2);
});

test('whatever ends under load, what was answered is stored, once and whole', async ({ feastflow }) => {
  // Whoever is not answered asks again, with the same key.
  const guests = await feastflow.guests({ tries: 600 });
  const orders = async () => Number(await feastflow.query('SELECT count(*) FROM orders').catch(() => '0'));
  for (const [what, fault] of Object.entries(feastflowFaults(feastflow))) {
    const before = await orders();
    const begun = performance.now();
    await fault();
    await seen(`orders come after: ${what}`, async () => assert.ok((await orders()) > before + 100));
    console.log(
      `${what}: ${Math.round((performance.now() - begun) / 1000)} s until 100 more orders are there`,
    );
  }
  const found = await guests.leave();
  console.log(
    `${found.requests} requests, ${found.failures.length} of which failed; ${found.orders.size} orders`,
  );
  assert.ok(found.orders.size > 400);
  await feastflow.assertStored(found);
});

test('an update and its way back fail no request', async ({ feastflow }) => {
  await feastflow.backends(2);
  const guests = await feastflow.guests();
  await feastflow.shell('kubectl set env deployment/feastflow-backend LOG_LEVEL=debug -n feastflow');
  await feastflow.backends(2);
  await feastflow.shell('kubectl rollout undo deployment/feastflow-backend -n feastflow');
  await feastflow.backends(2);
  const found = await guests.leave();
  console.log(
    `${found.requests} requests, ${found.failures.length} of which failed; ${found.orders.size} orders`,
  );
  assert.equal(found.failures, []);
  assert.ok(found.orders.size > 100);
  await feastflow.assertStored(found);
});

test('five backends serve, by hand or by what the autoscaler is told', async ({ feastflow }) => {
  const { commands } = await feastflowGuide();
  const line = (pattern: RegExp) => {
    const found = commands.find((one) => pattern.test(one));
    assert.ok(found, `${pattern} is in the guide`);
    return found;
  };
  await feastflow.shell(line(/^kubectl scale .*--replicas=5/));
  await feastflow.backends(5);
  const ready = await feastflow.shell(
    "kubectl get endpointslices -n feastflow -l kubernetes.io/service-name=feastflow-backend --output=jsonpath='{.items[*].endpoints[*].conditions.ready}'",
  );
  assert.is(ready.trim(), 'true true true true true');
  await feastflow.shell('kubectl scale deployment feastflow-backend --replicas=2 -n feastflow');
  await feastflow.backends(2);
  await feastflow.shell(line(/^kubectl patch hpa /));
  await feastflow.backends(5);
  await feastflow.shell('kubectl apply -k overlays/kind/feastflow');
  await feastflow.shell('kubectl scale deployment feastflow-backend --replicas=2 -n feastflow');
  await feastflow.backends(2);
});

test('stopped and resumed, it goes on with what it had', async ({ feastflow }) => {
  const before = await feastflow.query('SELECT count(*), sum(total_cents) FROM orders');
  await feastflow.script('stop');
  // The cluster is feastflow's alone: its node is stopped with all that runs on it.
  const answer = await feastflow.shell('kubectl get --raw /readyz').catch((error: Error) => error.message);
  assert.match(answer, /refused/);
  await feastflow.script('resume');
  await feastflow.backends(2);
  assert.is(await feastflow.query('SELECT count(*), sum(total_cents) FROM orders'), before);
});

test('reset, it begins anew without what it had', async ({ feastflow }) => {
  await feastflow.script('reset');
  await feastflow.backends(2);
  assert.is(Number(await feastflow.query('SELECT count(*) FROM accounts')), 0);
  await demo(feastflow);
});

test('deleted by hand nothing of it is left, and destroyed its cluster is gone', async ({ feastflow }) => {
  const { commands } = await feastflowGuide();
  const line = commands.find((one) => one.startsWith('kubectl delete namespace '));
  assert.ok(line, 'the guide deletes by hand');
  await feastflow.shell(line);
  assert.is(await feastflow.shell('kubectl get namespace feastflow --ignore-not-found --output=name'), '');
  // Volumes are removed after their claims.
  await seen('no volume is left', async () =>
    assert.is(await feastflow.shell('kubectl get persistentvolumes --output=name'), ''),
  );
  await feastflow.script('destroy');
  assert.not.match(await feastflow.shell('kind get clusters'), /^feastflow-local$/m);
});

test.run();
