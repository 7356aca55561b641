import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { suite } from '../harness/suite.ts';
import { type ApplicationSet, applications, fill, isApplicationSet, takes } from './application-sets.ts';
import { environments, filesBelow, named, render, root, systemTargets } from './repository.ts';

const test = suite('applications');

const sets = (await render('argocd')).filter(isApplicationSet);
const systemSets = sets.filter(({ spec }) => spec.template.spec.project === 'plumbline');
const known = await environments();
const cluster = (environment: string) => ({
  name: 'Some_Cluster',
  labels: { 'plumbline.dev/environment': environment },
});

test('one set alone takes each environment', () => {
  for (const { name } of known) {
    assert.is(systemSets.filter((set) => takes(set, cluster(name))).length, 1, name);
  }
});

test('a cluster without the label gets nothing', () => {
  for (const set of sets) assert.not(takes(set, { name: 'other', labels: { team: 'other' } }));
});

for (const globbing of ['crossing', 'one level'] as const) {
  test(`each system of a cluster's environment is one Application (a * ${globbing})`, async () => {
    for (const { name } of known) {
      const made = await Promise.all(systemSets.map((set) => applications(set, cluster(name), globbing)));
      const wanted = (await systemTargets()).filter(({ environment }) => environment === name);
      assert.equal(
        made.flat().map(({ name, path }) => ({ name, path })),
        wanted.map(({ system, folder }) => ({ name: `some-cluster-${system}`, path: folder })),
      );
    }
  });
}

test('an Application goes to the namespace that its folder renders, and every object names it', async () => {
  for (const { name } of known) {
    for (const set of systemSets) {
      for (const { path = '', namespace } of await applications(set, cluster(name))) {
        const objects = await render(path);
        assert.ok(named(objects, 'Namespace', namespace));
        const elsewhere = objects.filter(
          ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== namespace,
        );
        assert.equal(
          elsewhere.map(({ kind, metadata }) => `${path}: ${kind}/${metadata.name}`),
          [],
        );
      }
    }
  }
});

test('Applications sync by themselves, prune, heal, retry and apply on the server', () => {
  for (const { metadata, spec } of sets) {
    assert.is(spec.goTemplate, true, metadata.name);
    assert.equal(spec.goTemplateOptions, ['missingkey=error']);
    const { syncPolicy } = spec.template.spec;
    assert.equal(syncPolicy.automated, { prune: true, selfHeal: true });
    assert.ok((syncPolicy.retry?.limit ?? 0) > 0);
    assert.ok(syncPolicy.syncOptions?.includes('ServerSideApply=true'));
    assert.is(
      spec.template.metadata.annotations?.['argocd.argoproj.io/compare-options'],
      'ServerSideDiff=true',
    );
  }
  for (const { spec } of systemSets) {
    const options = spec.template.spec.syncPolicy.syncOptions ?? [];
    assert.ok(options.includes('CreateNamespace=false'));
    assert.ok(options.includes('RespectIgnoreDifferences=true'));
  }
});

test('where credentials come from outside, what runs outlives its ApplicationSet', () => {
  for (const { name, secrets } of known) {
    const set = systemSets.find((candidate) => takes(candidate, cluster(name))) as ApplicationSet;
    assert.is(set.spec.syncPolicy?.preserveResourcesOnDeletion ?? false, secrets === 'external', name);
  }
});

test('replicas are the scaler’s: whoever scales a laptop, and the autoscaler in production', () => {
  for (const { metadata, spec } of systemSets) {
    for (const kind of ['Deployment', 'StatefulSet']) {
      const ignored = spec.template.spec.ignoreDifferences?.find((entry) => entry.kind === kind);
      if (metadata.name === 'laptops') assert.equal(ignored?.jsonPointers, ['/spec/replicas']);
      else assert.equal(ignored?.managedFieldsManagers, ['kube-controller-manager']);
    }
  }
});

test('the repository’s URL and revision stand in one file', async () => {
  const text = await readFile(join(root, 'argocd/repository-configmap.yaml'), 'utf8');
  const { data } = parseYaml(text) as { data: { url: string } };
  const holding: string[] = [];
  for (const file of await filesBelow('argocd')) {
    if ((await readFile(join(root, file), 'utf8')).includes(data.url)) holding.push(file);
  }
  assert.equal(holding, ['argocd/repository-configmap.yaml']);
  for (const { spec } of sets) {
    assert.is(spec.template.spec.source.repoURL, data.url);
    assert.ok(JSON.stringify(spec.generators).includes(`"repoURL":"${data.url}"`));
  }
});

test('a template that asks for what is not there is refused', () => {
  assert.is(fill('{{ .name }}-{{ index .labels "a/b" }}', { name: 'x', labels: { 'a/b': 'y' } }), 'x-y');
  assert.throws(() => fill('{{ .absent }}', {}), /has no value/);
  assert.throws(() => fill('{{ .name | upper }}', { name: 'x' }), /do not read/);
});

test.run();
