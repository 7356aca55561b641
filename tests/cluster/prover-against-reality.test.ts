import type { KubernetesObject } from '@plumbline/validators';
import { table } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { installCustomResources } from './harness/custom-resources.ts';
import { classesOf, environmentNamed, nodesOf } from './harness/environment.ts';
import { list } from './harness/list.ts';
import { changed, refusal, type Subject, sample, subjects } from './harness/mutants.ts';
import { proofs } from './harness/proofs.ts';
import { settled } from './harness/settled.ts';
import { symptoms } from './harness/symptoms.ts';
import { startTestCluster, type TestCluster } from './harness/test-cluster.ts';
import { until } from './harness/until.ts';

const targets = ['kind/preempt', 'production/feastflow'];
const chosen = await subjects(targets);
const long = { deadline: 240_000 };

/** What these rules find the API server takes, and a process, the kubelet, a controller or the operator refuses. */
const byOthers = new Set(
  [
    'duration',
    'flink-memory',
    'generator',
    'heap',
    'image-name',
    'listener',
    'monitor',
    'transaction-timeout',
  ].map((what) => `${what}-refused`),
);

const test = proofs<{ cluster: TestCluster }>(
  'what the prover says, and what a cluster does',
  'empty nodes as kind declares them',
);

test.before(async (context) => {
  const [laptop, production] = await Promise.all(['kind', 'production'].map(environmentNamed));
  if (laptop === undefined || production === undefined) throw new Error('an environment is missing');
  context.cluster = await startTestCluster({
    emptyNodes: nodesOf(laptop),
    storageClasses: [
      ...classesOf(laptop),
      ...classesOf(production).map((one) => ({ ...one, default: false })),
    ],
  });
  const { cluster } = context;
  await cluster.kubectl(['cordon', 'plumbline-control-plane']);
  await installCustomResources(cluster, production.apis);
  for (const { objects } of chosen)
    await cluster.kubectl(['apply', '--filename=-'], { ...long, stdin: list(objects) });
});
test.after(async ({ cluster }) => cluster.end());

test('what the API server refuses the prover finds, and what it says is refused is refused', async ({
  cluster,
}) => {
  const rows: string[][] = [];
  const unseen: string[] = [];
  const taken: string[] = [];
  for (const subject of chosen) {
    for (const { operator, mutant } of sample(subject, 2)) {
      const reason = await refusal(cluster, renamed(changed(mutant, subject)));
      const found = subject.finds(mutant.objects);
      // These rules say in so many words that the API server refuses it.
      const said = found.filter((rule) => rule.endsWith('-refused') && !byOthers.has(rule));
      if (reason === undefined && said.length > 0) taken.push(`${mutant.what}: ${said.join(', ')}`);
      if (reason !== undefined && found.length === 0) unseen.push(`${mutant.what}: ${reason}`);
      if (reason !== undefined)
        rows.push([operator.id, found.join(', '), reason.split('\n')[0]?.slice(0, 140) ?? '']);
    }
  }
  console.log(table([['defect', 'the prover', 'the API server'], ...rows]).join('\n'));
  assert.equal(unseen, []);
  assert.equal(taken, []);
  assert.ok(rows.length >= 5, `the API server refuses some of it: ${rows.length}`);
});

/** Under names that are not taken, so that they are judged as new objects are. */
function renamed(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, name: `${object.metadata.name}-new` },
  }));
}

test('what the prover finds and the API server takes shows itself when it is applied', async ({
  cluster,
}) => {
  const namespaces = [...new Set(chosen.flatMap(({ objects }) => objects.flatMap(namespaceOf)))];
  await settled(
    cluster,
    namespaces.filter((name) => name !== 'feastflow'),
  );
  const rows: string[][] = [];
  const wrong: string[] = [];
  for (const subject of chosen) {
    for (const { operator, mutant } of sample(subject, 1)) {
      const symptom = symptoms[operator.id];
      const [object] = changed(mutant, subject);
      if (symptom === undefined || object === undefined) continue;
      const found = subject.finds(mutant.objects);
      const shown = await show(cluster, subject, object, () => symptom(cluster, object));
      rows.push([operator.id, mutant.what.slice(0, 70), found.join(', '), shown ?? 'as foreseen']);
      if (shown !== undefined || found.length === 0)
        wrong.push(`${mutant.what}: ${shown ?? 'the prover finds nothing'}`);
    }
  }
  console.log(table([['defect', 'where', 'the prover', 'the cluster'], ...rows]).join('\n'));
  assert.equal(wrong, []);
});

function namespaceOf({ metadata }: KubernetesObject): string[] {
  return metadata.namespace === undefined ? [] : [metadata.namespace];
}

/** Merged by the types that kubectl was compiled with, in a tenth of the time. */
const apply = ['apply', '--openapi-patch=false', '--filename=-'];

/** Puts a defect into the cluster and takes it out again; what was not seen meanwhile, or undefined. */
async function show(
  cluster: TestCluster,
  { objects }: Subject,
  object: KubernetesObject,
  look: () => Promise<void>,
): Promise<string | undefined> {
  const before = objects.find(
    ({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name,
  );
  await cluster.kubectl(apply, { stdin: list([object]) });
  const missing = await until('it shows', look, 30_000).then(
    () => undefined,
    (error: Error) => error.message,
  );
  await cluster.kubectl(apply, { stdin: list(before === undefined ? [] : [before]) });
  return missing;
}

test.run();
