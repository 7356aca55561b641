import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { bring } from '../harness/debian-packages.ts';
import { commandsOf } from './harness/commands-of-a-guide.ts';
import { throughForwards } from './harness/guide-connections.ts';
import { subjects } from './harness/mutants.ts';
import { type PreemptCluster, startPreemptCluster } from './harness/preempt-cluster.ts';
import { preemptFaults } from './harness/preempt-faults.ts';
import { coldMonth, givenTemperatures } from './harness/preempt-history.ts';
import { proofs } from './harness/proofs.ts';
import { root } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';

/** Each look starts programs in a pod. */
const seen = (what: string, look: () => Promise<unknown>) => until(what, look, 480_000, 4000);

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
  [/^npm run (deploy|stop|resume|reset|destroy) /, 'has a test of its own, here'],
  [/^npm run (try|images|check|forward|debug) /, 'of the machine, not of the cluster: has tests in npm test'],
  [/^(docker|kind|minikube) /, 'the images are there, and the cluster'],
  [/^git /, 'the repository is left as it is'],
  [/port-forward|^mysql | 127\.0\.0\.1 |localhost:8080/, 'the next test: what is typed here'],
  [/^(curl|nc|wget|redis-cli -h redis) /, 'in the shell that `npm run debug` opens, whose image is not here'],
  [/ -it deployment\/redis | edit /, 'the next test, or wants an editor'],
  [/ --watch$/, 'runs until it is ended'],
  [/ top /, 'wants metrics-server: the test of the autoscaler asks it'],
  [/^kubectl apply -f https:/, 'nothing outside is reached from here'],
  [/ set image /, 'there is no second image here; a rollout is undone below'],
  [/ --previous$/, 'an error where no container ran before'],
  [/delete namespace| delete .*--all /, 'what destroys has a test of its own, below'],
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
      lines.push('again kubectl rollout restart deployment/api -n preempt');
    // What follows until it is ended, without following; a shell in a pod, left at once; a client, given its password.
    const plain = line.replace(' logs -f ', ' logs --tail=5 ');
    const typed = plain.includes('--password') ? 'mypassword123' : 'exit';
    lines.push(plain.includes(' exec -it ') ? `echo ${typed} | ${plain.replace(' -it ', ' -i ')}` : plain);
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

test("the guide's port-forwards lead to MySQL, the API and Redis, for the clients that it names", async ({
  preempt,
}) => {
  const missing = await bring({ mysql: 'mariadb-client', 'redis-cli': 'redis-tools', curl: 'curl' });
  assert.is(missing, undefined);
  const guide = commandsOf(await readFile(join(root, 'docs/systems/preempt.md'), 'utf8'));
  const line = (pattern: RegExp) => {
    const found = guide.find((one) => pattern.test(one));
    assert.ok(found, `${pattern} is in the guide`);
    return found;
  };
  const forward = (name: string) => line(new RegExp(`^kubectl port-forward svc/${name} `));
  const password = 'redispassword';
  const script = await throughForwards([
    {
      forward: forward('mysql'),
      lines: [{ run: line(/^mysql /), typed: ['SELECT COUNT(*) AS there FROM locations;'], answer: /^892$/ }],
    },
    {
      forward: forward('api'),
      lines: [{ run: line(/^curl http:\/\/localhost:8080\/health/), answer: /ok$/ }],
    },
    {
      forward: forward('redis'),
      lines: [
        { run: line(/^redis-cli -h 127\.0\.0\.1 ping/), answer: /PONG/ },
        {
          run: line(/^redis-cli -h 127\.0\.0\.1 --user/),
          typed: [password, 'EXISTS weather:observations'],
          answer: /1$/,
        },
      ],
    },
  ]);
  await preempt.shell(script);
  // Nothing is dead: the list is empty, and was asked for by name and password.
  const dead = line(/ exec -it deployment\/redis .* xrange /).replace(' -it ', ' -i ');
  assert.not.match(await preempt.shell(`echo ${password} | ${dead}`), /NOAUTH|WRONGPASS/);
});

test('three stores share the stream', async ({ preempt }) => {
  await preempt.shell('kubectl scale deployment store --replicas=3 -n preempt');
  await preempt.shell('kubectl rollout status deployment/store -n preempt --timeout=560s');
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
  const [subject] = await subjects(['kind/preempt']);
  const service = subject?.objects.find(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === 'mysql',
  ) as { readonly spec: { readonly selector: unknown; readonly ports: readonly object[] } } | undefined;
  assert.ok(subject !== undefined && service !== undefined);
  const { selector, ports } = service.spec;
  for (const [rule, spec] of [
    ['service-port-unknown', { selector, ports: ports.map((port) => ({ ...port, targetPort: 3307 })) }],
    ['service-without-pods', { selector: { 'app.kubernetes.io/name': 'msyql' }, ports }],
  ] as const) {
    const objects = subject.objects.map((object) =>
      (object as unknown) === service
        ? { ...object, spec: { ...(object as typeof object & typeof service).spec, ...spec } }
        : object,
    );
    assert.ok(subject.finds(objects).includes(rule), `${rule}: ${subject.finds(objects).join(', ')}`);
    const patch = (part: object) =>
      preempt.shell(
        `kubectl patch service mysql -n preempt --type=merge --patch '${JSON.stringify({ spec: part })}'`,
      );
    await patch(spec);
    await preempt.shell('kubectl delete pod -l app=ml-trainer -n preempt --wait=false');
    await seen(rule, async () => {
      const log = await preempt.shell('kubectl logs -n preempt -l app=ml-trainer -c wait-for-mysql --tail=5');
      assert.match(log, /refused/);
    });
    await patch({ selector, ports });
    await preempt.shell('kubectl rollout status deployment/ml-trainer -n preempt --timeout=560s');
  }
});

test('what is odd is judged, by statistics and then by a model, and told by the page', async ({
  preempt,
}) => {
  const places = 40;
  const chosen = `id IN (SELECT id FROM (SELECT id FROM locations ORDER BY id LIMIT ${places}) these)`;
  const given = givenTemperatures(chosen);
  /** What is learned of the month has nothing else in it, however often was collected. */
  const forget = () => preempt.query(`DELETE FROM observations WHERE ${given}`);
  /** Collects at these places, forgets what was judged of the same quarter of an hour, and judges. */
  const detect = async (name: string, judge: string) => {
    await preempt.collect(chosen);
    await seen('what was collected is stored', async () => {
      const stored = await preempt.query(`SELECT COUNT(*) FROM observations WHERE ${given}`);
      assert.is(Number(stored), places);
    });
    await preempt.query('DELETE FROM anomalies');
    await preempt.query('DELETE FROM judgements');
    await preempt.run('detector', name);
    const told = await preempt.query(
      'SELECT severity, judged_by, COUNT(DISTINCT location_id) FROM anomalies GROUP BY severity, judged_by',
    );
    const severe = told.split('\n').find((row) => row.startsWith(`severe\t${judge}`));
    if (severe?.endsWith(`\t${places}`)) return;
    const logs = await preempt.shell(`kubectl logs -n preempt job/${name} --tail=3`);
    assert.unreachable(`${name}: not a severe alert at each place by its ${judge}:\n${told}${logs}`);
  };
  await forget();
  await preempt.query(coldMonth(chosen));
  await detect('detector-first', 'statistics');
  await forget();
  // What was trained before knows nothing of the month, and is not old enough to be trained again.
  await preempt.shell(
    "kubectl exec deployment/ml-trainer -n preempt -- sh -c 'rm -f /models/models-*.jsonl'",
  );
  await preempt.shell('kubectl rollout restart deployment/ml-trainer -n preempt');
  await preempt.shell('kubectl rollout status deployment/ml-trainer -n preempt --timeout=560s');
  const metrics = () =>
    preempt.shell(
      `kubectl exec deployment/ml-trainer -n preempt -c ml-trainer -- node -e "fetch('http://127.0.0.1:9090/metrics').then(r=>r.text()).then(console.log)"`,
    );
  await seen('a version is published with a model for each', async () =>
    assert.match(await metrics(), new RegExp(`^preempt_trainer_series\\{[^}]*model[^}]*\\} ${places}$`, 'm')),
  );
  await detect('detector-second', 'model');
  const forward = await preempt.forward('svc/frontend', 80);
  try {
    const url = `http://127.0.0.1:${forward.port}/api`;
    const signal = AbortSignal.timeout(60_000);
    const answer = await fetch(`${url}/anomalies?severity=severe&limit=100`, { signal });
    const { anomalies } = (await answer.json()) as { anomalies: readonly unknown[] };
    assert.ok(anomalies.length >= places, `${anomalies.length} told`);
    let events = '';
    const stream = await fetch(`${url}/stream`, { signal });
    for await (const part of stream.body ?? []) {
      events += Buffer.from(part).toString('utf8');
      if (events.includes('event: summary')) break;
    }
    assert.match(events, /^event: summary$/m);
  } finally {
    forward.end();
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
  // Volumes are removed after their claims.
  await seen('no volume is left', async () =>
    assert.is(await preempt.shell('kubectl get persistentvolumes --output=name'), ''),
  );
});

test.run();
