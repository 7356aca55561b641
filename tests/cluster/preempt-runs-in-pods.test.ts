import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandsOf } from './harness/commands-of-a-guide.ts';
import { type PreemptCluster, startPreemptCluster } from './harness/preempt-cluster.ts';
import { preemptFaults } from './harness/preempt-faults.ts';
import { proofs } from './harness/proofs.ts';
import { root } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';

/** Each look starts programs in a pod. */
const seen = (what: string, look: () => Promise<unknown>) => until(what, look, 240_000, 4000);

const test = proofs<{ preempt: PreemptCluster }>(
  'preempt in pods, on a real node',
  'one real node, with stand-ins for the images of its data systems, and a source of weather in it',
);

test.before(async (context) => {
  context.preempt = await startPreemptCluster();
});
test.after(({ preempt }) => preempt?.end());

test('deployed from nothing, the locations are there, and the page and its API answer', async ({
  preempt,
}) => {
  console.log(await preempt.script('deploy', '--without-images', '--without-platform'));
  assert.is(Number(await preempt.query('SELECT COUNT(*) FROM locations')), 892);
  const forward = await preempt.forward('svc/frontend', 80);
  try {
    const ask = (path: string) =>
      fetch(`http://127.0.0.1:${forward.port}${path}`, { signal: AbortSignal.timeout(30_000) });
    const page = await ask('/');
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    const locations = await ask('/api/locations?q=nairobi');
    assert.is(locations.status, 200);
    assert.match(await locations.text(), /Nairobi/);
  } finally {
    forward.end();
  }
});

test('what the collector is given comes through to MySQL', async ({ preempt }) => {
  await preempt.applyWithSource();
  await preempt.collect();
  await seen('rows are stored', async () => assert.ok((await preempt.rows()) > 1000));
});

/** What of the guide is not run here as it stands, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm run /, 'deploy and its likes have tests of their own, below'],
  [/^(docker|kind|minikube) /, 'the images are there, and the cluster'],
  [/^git /, 'the repository is left as it is'],
  [/port-forward/, 'runs until it is ended: what deploys goes through one'],
  [/^(mysql|redis-cli|curl|nc|wget) /, 'wants a port-forward, or the shell of a debug pod'],
  [/ -it | edit /, 'wants a terminal'],
  [/ --watch$/, 'runs until it is ended'],
  [/ (top|autoscale) | hpa /, 'wants metrics-server: a test of its own'],
  [/^kubectl apply -f https:/, 'nothing outside is reached from here'],
  [/ set image /, 'there is no second image here; a rollout is undone below'],
  [/ --previous$/, 'an error where no container ran before'],
  [/delete namespace|destroy/, 'what destroys has a test of its own, below'],
  [/ delete .*--all /, 'what stops has a test of its own, below'],
  [/> config\.yaml$/, 'writes into the folder of whoever runs it'],
  [/wait --for=condition=complete job\/(migrate|seed)/, 'after an apply that deletes nothing they are done'],
];

test('every command of the guide works, or is run elsewhere for a reason that is named', async ({
  preempt,
}) => {
  const guide = await readFile(join(root, 'docs/systems/preempt.md'), 'utf8');
  const lines: string[] = [];
  for (const line of commandsOf(guide)) {
    if (elsewhere.some(([pattern]) => pattern.test(line))) continue;
    // There is a release to go back to only after the second.
    if (line.startsWith('kubectl rollout undo '))
      lines.push('kubectl rollout restart deployment/api -n preempt');
    // What follows until it is ended, without following.
    lines.push(line.replace(' logs -f ', ' logs --tail=5 '));
  }
  // It takes the finished pods of the Jobs with it, whose logs other lines show.
  const last = lines.filter((line) => line.includes(' delete pods -l environment=dev'));
  const ordered = [...lines.filter((line) => !last.includes(line)), ...last];
  // One shell, since a line may use what one before it has set. A pod that still waits has no log yet: ask again.
  const again = 'again() { for attempt in $(seq 30); do "$@" && return; sleep 2; done; return 1; }';
  const script = ordered.map((line) => {
    const command = line.startsWith('kubectl logs ') ? `again ${line}` : line;
    return `${command} || { echo FAILED: '${line.replaceAll("'", '')}' >&2; exit 1; }`;
  });
  const done = await preempt.shell([again, ...script].join('\n'));
  assert.ok(lines.length >= 40, `${lines.length} commands\n${done}`);
  await preempt.applyWithSource();
});

test('three stores share the stream', async ({ preempt }) => {
  await preempt.shell('kubectl scale deployment store --replicas=3 -n preempt');
  await preempt.shell('kubectl rollout status deployment/store -n preempt --timeout=180s');
  let pods: string[] = [];
  // One of before may still be ending.
  await seen('there are three stores', async () => {
    pods = (await preempt.shell('kubectl get pods -n preempt -l app=store -o name')).trim().split('\n');
    assert.is(pods.length, 3);
  });
  const idle = async () => {
    const without: string[] = [];
    for (const pod of pods) {
      const metrics = await preempt.shell(
        `kubectl exec ${pod} -n preempt -c store -- node -e "fetch('http://127.0.0.1:9090/metrics').then(r=>r.text()).then(console.log)"`,
      );
      if (!/^preempt_store_entries_total(?:\{[^}]*\})? [1-9]/m.test(metrics)) without.push(pod);
    }
    return without;
  };
  // Who comes first takes what there is.
  for (let round = 1; round <= 8 && (await idle()).length > 0; round += 1) await preempt.collect();
  assert.equal(await idle(), []);
});

test('whatever ends under load, every value of the source is in MySQL once', async ({ preempt }) => {
  for (const [what, fault] of Object.entries(preemptFaults(preempt))) {
    const before = await preempt.rows();
    const collecting = preempt.collect();
    collecting.catch(() => {});
    await fault();
    await collecting;
    await seen(`rows come after: ${what}`, async () => assert.ok((await preempt.rows()) > before + 1000));
    console.log(`${what}: ${await preempt.rows()} rows`);
  }
  await preempt.assertEachOnce();
});

test('what the prover finds in a flow shows itself to whoever waits for it', async ({ preempt }) => {
  const log = (workload: string) =>
    preempt.shell(`kubectl logs -n preempt -l app=${workload} -c wait-for-mysql --tail=5`);
  for (const [what, patch, back, said] of [
    [
      'a Service whose target port nobody has',
      '{"spec":{"ports":[{"name":"mysql","port":3306,"targetPort":3307}]}}',
      '{"spec":{"ports":[{"name":"mysql","port":3306,"targetPort":"mysql"}]}}',
      /refused/,
    ],
    [
      'a Service that selects nobody',
      '{"spec":{"selector":{"app.kubernetes.io/name":"msyql"}}}',
      '{"spec":{"selector":{"app.kubernetes.io/name":"mysql"}}}',
      /refused/,
    ],
  ] as const) {
    await preempt.shell(`kubectl patch service mysql -n preempt --type=merge --patch '${patch}'`);
    await preempt.shell('kubectl delete pod -l app=ml-trainer -n preempt --wait=false');
    await seen(what, async () => assert.match(await log('ml-trainer'), said));
    await preempt.shell(`kubectl patch service mysql -n preempt --type=merge --patch '${back}'`);
    await preempt.shell('kubectl rollout status deployment/ml-trainer -n preempt --timeout=180s');
  }
});

test('stopped and resumed, it goes on with what it had', async ({ preempt }) => {
  const before = await preempt.rows();
  await preempt.script('stop');
  await seen('nothing runs', async () => {
    assert.is(
      await preempt.shell(
        'kubectl get pods -n preempt --field-selector=status.phase=Running --output=name --ignore-not-found',
      ),
      '',
    );
  });
  await preempt.script('resume');
  await seen('it has what it had', async () => assert.ok((await preempt.rows()) >= before));
  await preempt.collect();
  await seen('rows come again', async () => assert.ok((await preempt.rows()) > before));
});

test('reset, it begins anew without what it had', async ({ preempt }) => {
  await preempt.script('reset');
  await seen('the locations are there, and no weather', async () => {
    assert.is(Number(await preempt.query('SELECT COUNT(*) FROM locations')), 892);
    assert.is(Number(await preempt.query('SELECT COUNT(*) FROM observations')), 0);
  });
});

test('destroyed, nothing of it is left', async ({ preempt }) => {
  await preempt.script('destroy');
  assert.is(await preempt.shell('kubectl get namespace preempt --ignore-not-found --output=name'), '');
  assert.is(await preempt.shell('kubectl get persistentvolumes --output=name'), '');
});

test.run();
