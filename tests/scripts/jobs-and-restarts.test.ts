import type { KubernetesObject } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ranWith, runsImages } from '../../deploy/apply/digest.ts';
import { jobMarks, jobsToReplace, wantedJobs } from '../../deploy/apply/jobs.ts';
import { applySteps } from '../../deploy/apply/plan.ts';
import { configReferences } from '../../deploy/apply/references.ts';
import { answerOf, type LiveObject } from '../../deploy/cluster/live.ts';
import type { BuildableImage } from '../../deploy/images/built.ts';
import { commandLine } from '../../deploy/plan/shell.ts';
import type { Choice } from '../../deploy/systems.ts';
import { readEnvironment } from '../../validators/index.ts';
import { workload } from './fixtures/objects.ts';

const podSpec = (image: string) => ({
  template: {
    spec: {
      containers: [
        { name: 'main', image, env: [{ valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] },
      ],
      volumes: [{ configMap: { name: 'topics' } }, { secret: { secretName: 'login' } }],
    },
  },
});
const configMap = (name: string, data: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});
const job = workload('Job', 'migrate', 'schema', podSpec('shop:latest'));
const api = workload('Deployment', 'api', 'api', podSpec('shop:latest'));
const topics = configMap('topics', { list: 'orders 12' });
const image: BuildableImage = {
  name: 'shop',
  system: 'shop',
  context: '.',
  dockerfile: 'Dockerfile',
  content: 'aaaaaaaaaaaa',
};

const liveOf = (object: KubernetesObject, annotations: Record<string, string>, status = {}): LiveObject =>
  ({ ...object, metadata: { ...object.metadata, annotations }, status }) as unknown as LiveObject;
const names = (
  live: readonly LiveObject[],
  objects: readonly KubernetesObject[],
  images: readonly BuildableImage[] = [],
) => jobsToReplace(live, wantedJobs(objects, images)).map(({ job: { metadata } }) => metadata.name);
const marksOf = (objects: readonly KubernetesObject[], images: readonly BuildableImage[] = []) => {
  const [wanted] = wantedJobs(objects, images);
  assert.ok(wanted !== undefined);
  return { [ranWith]: wanted.digest, ...(wanted.images === '' ? {} : { [runsImages]: wanted.images }) };
};

test('a pod reads ConfigMaps and Secrets by every field that names one', () => {
  const projected = {
    projected: { sources: [{ secret: { name: 'token' } }, { configMap: { name: 'ca' } }] },
  };
  const from = { envFrom: [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'more' } }] };
  assert.equal(
    configReferences([job.spec, projected, from]).map(({ kind, name }) => `${kind}/${name}`),
    [
      'ConfigMap/ca',
      'ConfigMap/more',
      'ConfigMap/settings',
      'ConfigMap/topics',
      'Secret/all',
      'Secret/login',
      'Secret/token',
    ],
  );
});

test('a Job that ran with the same stays, and one that is not there is not deleted', () => {
  assert.equal(names([], [job, topics]), []);
  assert.equal(names([liveOf(job, marksOf([job, topics]))], [job, topics]), []);
});

test('a Job is replaced when its specification, what it mounts, or its image changed, or when it failed', () => {
  const marks = marksOf([job, topics], [image]);
  const live = [liveOf(job, marks)];
  assert.equal(names(live, [job, topics], [image]), []);
  const other = { ...job, spec: { ...(job.spec as object), backoffLimit: 9 } };
  assert.equal(names(live, [other, topics], [image]), ['migrate']);
  assert.equal(names(live, [job, configMap('topics', { list: 'orders 24' })], [image]), ['migrate']);
  assert.equal(names(live, [job, topics], [{ ...image, content: 'bbbbbbbbbbbb' }]), ['migrate']);
  const failed = [liveOf(job, marks, { conditions: [{ type: 'Failed', status: 'True' }] })];
  assert.equal(names(failed, [job, topics], [image]), ['migrate']);
});

test('a Job that a plain kubectl apply made is replaced once: nobody knows what it ran with', () => {
  assert.equal(names([liveOf(job, {})], [job, topics]), ['migrate']);
});

test('a deploy that builds nothing does not take the images for changed', () => {
  assert.equal(names([liveOf(job, marksOf([job, topics], [image]))], [job, topics]), []);
});

test('a Job is marked with what it ran with, once', () => {
  const [wanted] = wantedJobs([job, topics], [image]);
  assert.ok(wanted !== undefined);
  assert.equal(jobMarks([liveOf(job, {})], wanted), [
    `${ranWith}=${wanted.digest}`,
    `${runsImages}=shop=aaaaaaaaaaaa`,
  ]);
  assert.equal(jobMarks([liveOf(job, marksOf([job, topics], [image]))], wanted), []);
});

async function restartsOf(annotations: Record<string, string>, content: string): Promise<string[]> {
  const environment = await readEnvironment(
    new URL('../..', import.meta.url).pathname,
    'overlays/kind/environment.yaml',
  );
  const system = { name: 'shop', folder: 'overlays/kind/shop', namespaces: ['shop'], objects: [api] };
  const choice: Choice = { environment, whole: false, systems: [system], folders: [system.folder] };
  const plan = applySteps('kind-plumbline', choice, [{ ...image, content }]);
  return plan.flatMap((step) => {
    if (step.kind !== 'ask' || !step.asks.some(({ argv }) => argv.includes('jobs,deployments,statefulsets')))
      return [];
    return step
      .leadsTo([answerOf([liveOf(api, annotations)])])
      .commands.map((command) => commandLine(command).replace('kubectl --context kind-plumbline ', ''));
  });
}

test('a workload restarts when the content of its image changed, and only then', async () => {
  assert.equal(await restartsOf({ [runsImages]: 'shop=aaaaaaaaaaaa' }, 'aaaaaaaaaaaa'), []);
  assert.equal(await restartsOf({ [runsImages]: 'shop=aaaaaaaaaaaa' }, 'bbbbbbbbbbbb'), [
    'rollout restart deployment/api --namespace shop',
    'annotate deployment/api plumbline.dev/images=shop=bbbbbbbbbbbb --overwrite --namespace shop',
  ]);
});

test('a workload that was there unmarked is marked as unknown before the apply, so that it restarts after it', async () => {
  const [before] = await restartsOf({}, 'aaaaaaaaaaaa');
  assert.is(before, 'annotate deployment/api plumbline.dev/images=unknown --overwrite --namespace shop');
  assert.equal((await restartsOf({ [runsImages]: 'unknown' }, 'aaaaaaaaaaaa')).slice(0, 1), [
    'rollout restart deployment/api --namespace shop',
  ]);
});

test.run();
