import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runScript } from './fixtures/fakes.ts';

const root = join(import.meta.dirname, '..', '..');
const cluster = ['deploy', 'reset', 'stop', 'start', 'destroy', 'forward', 'debug'];

/** The command lines that a dry run prints, without its comments and here-documents. */
function commandsOf(stdout: string): string[] {
  return stdout
    .replaceAll(/ <<'EOF'\n[\s\S]*?\nEOF\n/g, ' <<EOF\n')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const dryRun = async (name: string, ...args: string[]) => {
  const outcome = await runScript(name, ['--dry-run', ...args]);
  assert.is(outcome.status, 0, outcome.stderr);
  assert.equal(outcome.calls, [], 'a dry run runs nothing');
  return commandsOf(outcome.stdout);
};

test('every script has help that names its exit codes, and needs nothing for it', async () => {
  const scripts = (await readdir(join(root, 'scripts'))).filter((file) => file.endsWith('.ts'));
  for (const script of [...cluster, 'reassign', 'images']) assert.ok(scripts.includes(`${script}.ts`));
  await Promise.all(
    [...cluster, 'reassign', 'images'].map(async (name) => {
      const { status, stdout, stderr } = await runScript(name, ['--help'], { commands: [] });
      assert.is(status, 0, stderr);
      assert.match(stdout, /^Usage: npm run \w+ -- /);
      assert.match(stdout, /Exit codes: 0 .*; 1 .*; 2 /);
    }),
  );
});

test('deploy to kind, from nothing', async () => {
  const k = 'kubectl --context kind-plumbline';
  assert.equal(await dryRun('deploy', 'kind', 'preempt', '--without-images'), [
    'kind get clusters',
    'kind create cluster --name plumbline --config overlays/kind/cluster.yaml',
    "docker container inspect --format '{{.State.Running}}' plumbline-control-plane",
    `${k} get nodes --output json`,
    `${k} apply --kustomize argocd/platform/laptop/metrics-server`,
    `${k} apply --kustomize argocd/platform/laptop/traefik`,
    `${k} get namespace preempt --ignore-not-found --output 'jsonpath={.status.phase}'`,
    `${k} apply --filename - <<EOF`,
    `${k} get jobs,deployments,statefulsets --namespace preempt --output json`,
    `${k} delete job migrate seed --namespace preempt --ignore-not-found --timeout=120s`,
    `${k} apply --kustomize overlays/kind/preempt`,
    `${k} get jobs,deployments,statefulsets --namespace preempt --output json`,
    ...(await marks(k)),
    `${k} get deployments,statefulsets,cronjobs,jobs --namespace preempt --output json`,
    `${k} get deployments,statefulsets,jobs,pods --namespace preempt --output json`,
    `${k} get deployments,statefulsets,jobs,pods --namespace kube-system --output json`,
    `${k} get deployments,statefulsets,jobs,pods --namespace traefik --output json`,
  ]);
});

/** The digests change with the manifests; their form does not. */
async function marks(k: string): Promise<string[]> {
  const all = await dryRun('deploy', 'kind', 'preempt', '--without-images', '--without-platform');
  const found = all.filter((line) => line.startsWith(`${k} annotate`));
  for (const line of found) {
    assert.match(
      line,
      /annotate job\/\w+ plumbline\.dev\/ran-with=[0-9a-f]{16} --overwrite --namespace preempt$/,
    );
  }
  assert.is(found.length, 2);
  return found;
}

test('deploy to Docker Desktop and to minikube leaves the node alone, and minikube has addons', async () => {
  const desktop = await dryRun('deploy', 'docker-desktop', 'preempt', '--without-images');
  assert.is(
    desktop[0],
    'kubectl --context docker-desktop apply --kustomize argocd/platform/laptop/metrics-server',
  );
  assert.ok(
    desktop.includes('kubectl --context docker-desktop apply --kustomize overlays/docker-desktop/preempt'),
  );
  const minikube = await dryRun('deploy', 'minikube', 'preempt', '--without-images');
  assert.equal(minikube.slice(0, 2), [
    'minikube --profile minikube addons enable metrics-server',
    'minikube --profile minikube addons enable ingress',
  ]);
  assert.ok(minikube.includes('kubectl --context minikube apply --kustomize overlays/minikube/preempt'));
});

test('deploy without a system applies the environment as a whole', async () => {
  const all = await dryRun('deploy', 'kind', '--without-images', '--without-platform');
  assert.equal(
    all.filter((line) => line.includes('--kustomize')),
    ['kubectl --context kind-plumbline apply --kustomize overlays/kind'],
  );
});

test('deploy of feastflow alone makes its own cluster, from standard input', async () => {
  const { stdout } = await runScript('deploy', ['kind', 'feastflow', '--without-images', '--dry-run']);
  assert.match(stdout, /\nkind create cluster --name feastflow-local --config - <<'EOF'\nkind: Cluster\n/);
  assert.not.match(stdout, /hostPort: 30300/);
});

test('production is refused with the reason, and done when it is meant twice', async () => {
  const refusals = ['deploy', 'reset', 'stop', 'start', 'destroy'].map(async (name) => {
    const refused = await runScript(name, ['production', 'preempt', '--context', 'production-eu']);
    assert.is(refused.status, 2, name);
    assert.match(refused.stderr, "production is Argo CD's");
    assert.match(refused.stderr, '--yes-production');
    assert.equal(refused.calls, []);
  });
  await Promise.all(refusals);
  const meant = ['--context', 'production-eu', '--yes-production'];
  const all = await dryRun('deploy', 'production', 'preempt', ...meant);
  assert.ok(all.includes('kubectl --context production-eu apply --kustomize overlays/production/preempt'));
  assert.not.ok(all.some((line) => /^(docker|kind|minikube)/.test(line)));
  assert.not.ok(
    all.some((line) => line.includes('argocd/platform')),
    "its platform is Argo CD's too",
  );
});

/** What asks, before anything is taken away, whose a namespace is. */
const whose = 'get namespace preempt --ignore-not-found --output';
const label = 'jsonpath={.metadata.name}={.metadata.labels.app\\.kubernetes\\.io/part-of}';

test('stop, resume, reset and destroy of one system', async () => {
  const k = 'kubectl --context docker-desktop';
  const stop = await dryRun('stop', 'docker-desktop', 'preempt');
  assert.is(stop[0], `${k} get deployments,statefulsets,cronjobs,jobs --namespace preempt --output json`);
  const down = `${k} patch deployment/mysql --namespace preempt --type=merge --patch '{"metadata":{"annotations":{"plumbline.dev/replicas-before-stop":"1"}},"spec":{"replicas":0}}'`;
  assert.ok(stop.includes(down));
  assert.ok(
    stop.findIndex((line) => line.includes('deployment/store')) < stop.indexOf(down),
    'what depends on the database stops before it',
  );
  const start = await dryRun('start', 'docker-desktop', 'preempt');
  const up = `${k} patch deployment/mysql --namespace preempt --type=merge --patch '{"metadata":{"annotations":{"plumbline.dev/replicas-before-stop":null}},"spec":{"replicas":1}}'`;
  assert.ok(start.includes(up));
  assert.ok(start.indexOf(up) < start.findIndex((line) => line.includes('deployment/store')));

  const reset = await dryRun('reset', 'docker-desktop', 'preempt');
  assert.equal(reset.slice(0, 4), [
    `${k} ${whose} '${label}'`,
    `${k} delete cronjobs,jobs,deployments,replicasets,statefulsets --all --namespace preempt --wait=false`,
    `${k} delete pods --all --namespace preempt --force --grace-period=0 --timeout=120s`,
    `${k} delete persistentvolumeclaims --all --namespace preempt --timeout=180s`,
  ]);
  assert.ok(reset.includes(`${k} apply --kustomize overlays/docker-desktop/preempt`));

  assert.equal(await dryRun('destroy', 'docker-desktop', 'preempt'), [
    `${k} ${whose} '${label}'`,
    `${k} delete namespace preempt --ignore-not-found --timeout=300s`,
  ]);
  const [asked = '', kept = '', ...more] = await dryRun(
    'destroy',
    'docker-desktop',
    'preempt',
    '--keep-data',
  );
  assert.equal(more, []);
  assert.match(asked, whose);
  assert.match(kept, /delete \S*deployment\.apps,\S*,jobs,pods --all --namespace preempt/);
  assert.not.match(kept, /persistentvolumeclaim|delete \S*namespace\b/);
});

test("somebody's own kind cluster, and another system's, loses only what was named", async () => {
  for (const context of ['kind-mine', 'kind-big-data']) {
    const k = `kubectl --context ${context}`;
    assert.equal(await dryRun('destroy', 'kind', 'preempt', '--context', context), [
      `${k} ${whose} '${label}'`,
      `${k} delete namespace preempt --ignore-not-found --timeout=300s`,
    ]);
    assert.match(
      (await dryRun('stop', 'kind', 'preempt', '--context', context))[0] ?? '',
      `${k} get deployments`,
    );
    assert.match(
      (await dryRun('destroy', 'kind', '--context', context)).at(-1) ?? '',
      `${k} delete namespace`,
    );
  }
  assert.equal(await dryRun('destroy', 'kind', 'big-data'), ['kind delete cluster --name big-data']);
});

test('the node itself stops, starts and goes where it is all that the node is for', async () => {
  assert.equal(await dryRun('stop', 'kind'), [
    'kind get nodes --name plumbline',
    'docker stop plumbline-control-plane',
  ]);
  assert.equal((await dryRun('start', 'kind', 'feastflow')).slice(0, 2), [
    'kind get nodes --name feastflow-local',
    'docker start feastflow-local-control-plane',
  ]);
  assert.equal(await dryRun('destroy', 'kind'), ['kind delete cluster --name plumbline']);
  assert.equal(await dryRun('stop', 'minikube'), ['minikube --profile minikube stop']);
  assert.match((await dryRun('stop', 'kind', 'preempt'))[0] ?? '', /kubectl .* get deployments/);
});

test('forward opens what the table says; a NodePort that answers by itself needs none', async () => {
  const kind = await dryRun('forward', 'kind', 'preempt');
  assert.equal(kind, [
    'kubectl --context kind-plumbline port-forward --namespace preempt service/api 8085:8080',
    'kubectl --context kind-plumbline port-forward --namespace preempt service/mysql 3306:3306',
    'kubectl --context kind-plumbline port-forward --namespace preempt service/redis 6379:6379',
  ]);
  const minikube = await dryRun('forward', 'minikube', 'preempt');
  assert.ok(
    minikube.includes(
      'kubectl --context minikube port-forward --namespace preempt service/frontend 30000:80',
    ),
  );
});

test('debug runs one command in a pod, and takes the pod away', async () => {
  const all = await dryRun(
    'debug',
    'kind',
    'preempt',
    '--without-images',
    '--',
    'nc',
    '-zv',
    'mysql',
    '3306',
  );
  const k = 'kubectl --context kind-plumbline';
  const remove = `${k} delete pod debug --namespace preempt --ignore-not-found --wait=true --timeout=60s`;
  assert.equal(all, [
    remove,
    `${k} apply --filename - <<EOF`,
    `${k} wait --for=condition=Ready pod/debug --namespace preempt --timeout=120s`,
    `${k} exec --namespace preempt debug -- nc -zv mysql 3306`,
    remove,
  ]);
});

test('debug wants one system', async () => {
  const { status, stderr } = await runScript('debug', ['kind']);
  assert.is(status, 2);
  assert.match(stderr, "A debug pod stands in one system's namespace");
});

test('a wrong word is answered with the right ones, before anything is touched', async () => {
  const said = async (args: readonly string[], name = 'deploy') => {
    const { status, stderr, calls } = await runScript(name, args);
    assert.is(status, 2);
    assert.equal(calls, []);
    return stderr;
  };
  assert.match(await said([]), /Which environment\?[\s\S]*docker-desktop, kind, minikube, production/);
  assert.match(await said(['knid']), '"knid" is no environment (did you mean "kind"?)');
  assert.match(await said(['kind', 'premept']), '"premept" is no system of kind (did you mean "preempt"?)');
  assert.match(await said(['kind', '--dry']), /Unknown option '--dry'/);
  assert.match(
    await said(['kind', 'preempt', '--deadline', 'soon', '--dry-run']),
    '--deadline takes a number',
  );
  assert.match(await said(['debug', '--engine', 'dokcer'], 'images'), '"dokcer" is no engine');
  assert.match(await said(['debgu'], 'images'), 'no image of "debgu"');
});

test('without kubectl it says where kubectl comes from', async () => {
  const { status, stderr } = await runScript('stop', ['kind'], { commands: [] });
  assert.is(status, 2);
  assert.match(stderr, /kubectl: https:/);
});

const current = (context: string) => ({ match: '^kubectl config current-context$', stdout: `${context}\n` });

test('a cluster of another environment is not touched', async () => {
  const all = cluster.map(async (name) => {
    const rules = [current('production-eu')];
    const { status, stderr, calls } = await runScript(name, ['minikube', 'preempt'], { rules });
    assert.is(status, 2, name);
    assert.match(stderr, 'the current context is production-eu, and this is for minikube');
    assert.match(stderr, 'kubectl config use-context minikube');
    assert.equal(calls, ['kubectl config current-context'], name);
  });
  await Promise.all(all);
});

test('a kind cluster of ours that is not the current one is not touched either', async () => {
  const rules = [current('kind-big-data'), { match: '^kind get clusters', stdout: 'big-data\nplumbline\n' }];
  const { status, stderr } = await runScript('deploy', ['kind', 'preempt', '--without-images'], { rules });
  assert.is(status, 2);
  assert.match(stderr, 'the current context is kind-big-data, and this is for kind-plumbline');
});

test('a context that was named is taken, whatever the current one is', async () => {
  const { status, calls } = await runScript('destroy', ['docker-desktop', 'preempt', '--context', 'lab'], {
    rules: [current('production-eu')],
  });
  assert.is(status, 0);
  assert.ok(
    calls.includes('kubectl --context lab delete namespace preempt --ignore-not-found --timeout=300s'),
  );
});

test('a cluster that was named needs neither kind nor a current context', async () => {
  const args = ['kind', 'preempt', '--context', 'lab'];
  const { status, stderr, calls } = await runScript('destroy', args, { commands: ['kubectl'] });
  assert.is(status, 0, stderr);
  assert.equal(calls, [
    `kubectl --context lab ${whose} ${label}`,
    'kubectl --context lab delete namespace preempt --ignore-not-found --timeout=300s',
  ]);
});

for (const script of ['destroy', 'reset'] as const) {
  for (const stdout of ['preempt=', 'preempt=theirs']) {
    test(`${script} touches nothing in a namespace that answers ${stdout}`, async () => {
      const args = ['docker-desktop', 'preempt', '--context', 'lab'];
      const rules = [{ match: '^kubectl .*get namespace', stdout }];
      const { status, stderr, calls } = await runScript(script, args, { rules });
      assert.is(status, 2);
      assert.match(stderr, 'namespace preempt of lab is not ours');
      assert.not.ok(calls.some((call) => call.includes(' delete ')));
    });
  }
}

test('images are not loaded into a cluster that is none of the environment', async () => {
  const { status, stderr } = await runScript('deploy', ['kind', 'preempt', '--context', 'lab']);
  assert.is(status, 2);
  assert.match(stderr, 'lab is no kind cluster that images can be loaded into');
});

test.run();
