import { join } from 'node:path';
import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { clusterNames, environmentOf, runningClusters, up } from '../../cluster/index.ts';
import { environmentNamed, nodesOf } from './harness/environment.ts';
import { ownClusters } from './harness/own-clusters.ts';
import { proofs } from './harness/proofs.ts';
import { root } from './harness/test-cluster.ts';

// big-data is a system whose kind cluster is its own, so that stop and destroy go to the node itself.
const [system, cluster, context] = ['big-data', 'big-data', 'kind-big-data'];

let endAll = async () => {};

const test = proofs(
  'deploy and its likes, with what stands in for kind',
  'one real node, by the path of laptops',
);

test.before(async () => {
  endAll = await ownClusters();
  const emptyNodes = nodesOf(await environmentNamed('kind'));
  await up({ root, name: cluster, ports: [], emptyNodes, progress: () => {} });
  await must('kubectl', 'cordon', `${cluster}-control-plane`);
});
test.after(() => endAll());

/** Runs a command as a person would in a shell with the variables of `npm run cluster -- env`. */
function command(argv: readonly [string, ...string[]]) {
  const [program, ...args] = argv;
  return run(program, args, { cwd: root, env: environmentOf(root), deadline: 240_000 });
}

async function must(...argv: readonly [string, ...string[]]): Promise<string> {
  const { status, stdout, stderr } = await command(argv);
  assert.is(status, 0, `${argv.join(' ')}\n${stderr}`);
  return stdout.toString('utf8');
}

function script(name: string, ...args: string[]): Promise<string> {
  const file = join('scripts', `${name}.ts`);
  return must(process.execPath, '--disable-warning=ExperimentalWarning', file, 'kind', system, ...args);
}

const onlyObjects = ['--without-images', '--without-platform'];

test('deploy brings a system to ready, and finds nothing to change the second time', async () => {
  assert.match(await script('deploy', ...onlyObjects), /grafana +http:\/\/localhost:30300/);
  const generations = () =>
    must(
      'kubectl',
      'get',
      'deployments,statefulsets',
      '-A',
      '--output=jsonpath={.items[*].metadata.generation}',
    );
  const before = await generations();
  await script('deploy', ...onlyObjects);
  assert.is(await generations(), before);
});

test('stop ends the node, start brings it back with what it held', async () => {
  await must('kubectl', 'create', 'configmap', 'kept', '--namespace', 'big-data');
  await script('stop');
  assert.equal(await runningClusters(root), []);
  assert.match(await must('kubectl', 'config', 'get-contexts', '--output=name'), new RegExp(context));
  await script('start');
  assert.match(await must('kubectl', 'get', 'configmap', 'kept', '--namespace', 'big-data'), /kept/);
});

test('an image that a tool saved is on the node under its names', async () => {
  const { images } = JSON.parse(
    await must('plumbline-node', 'exec', `${cluster}-control-plane`, 'crictl', 'images', '--output', 'json'),
  ) as { images: { repoTags: string[] }[] };
  assert.ok(images.some(({ repoTags }) => repoTags.includes('docker.io/library/busybox:1.37.0')));
});

test('what the stand-ins do not know they refuse by name', async () => {
  const { status, stderr } = await command(['kind', 'export', 'logs']);
  assert.is(status, 1);
  assert.match(stderr, /stand-in for kind, which knows/);
});

test('destroy takes the cluster away with all that it held', async () => {
  await script('destroy');
  assert.equal(await clusterNames(root), []);
});

test.run();
