import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../harness/suite.ts';
import { applications, isApplicationSet, takes } from './application-sets.ts';
import {
  argocdKustomizations,
  environments,
  groupOf,
  named,
  render,
  root,
  systemTargets,
} from './repository.ts';

const test = suite('platform');

const folders = await argocdKustomizations();
const known = await environments();
const cluster = (environment: string) => ({
  name: 'cluster',
  labels: { 'plumbline.dev/environment': environment },
});
const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

/** The part that brings the kinds of an API group. */
const broughtBy: Readonly<Record<string, string>> = {
  'cert-manager.io': 'cert-manager',
  'external-secrets.io': 'external-secrets',
  'monitoring.coreos.com': 'prometheus',
};

/** The parts that Argo CD installs for an environment, by their names in environment.yaml. */
async function parts(environment: string) {
  const folder = `argocd/platform/${environment}`;
  return folders.includes(folder) ? (await render(folder)).filter(isApplicationSet) : [];
}

for (const environment of known) {
  const { name, platform, peers, clusterObjects = [] } = environment;

  test(`${name}: Argo CD installs what environment.yaml says that it brings, and nothing else`, async () => {
    assert.equal(
      sorted((await parts(name)).map((part) => part.metadata.name)),
      sorted(platform.filter(({ by }) => by === 'argocd').map((part) => `${name}-${part.name}`)),
    );
  });

  test(`${name}: its parts go to clusters of this label alone, each as one Application`, async () => {
    for (const part of await parts(name)) {
      for (const other of known) {
        assert.is(takes(part, cluster(other.name)), other.name === name, part.metadata.name);
      }
      const made = await applications(part, cluster(name));
      assert.equal(
        made.map((application) => application.name),
        [part.metadata.name.replace(name, 'cluster')],
      );
    }
  });

  test(`${name}: docs/platform.md says of each kind that no part brings what the cluster must have`, async () => {
    const page = await readFile(join(root, 'docs/platform.md'), 'utf8');
    const names = new Set(platform.map((part) => part.name));
    const unsaid = environment.apis
      .filter((group) => !names.has(broughtBy[group] ?? ''))
      .filter((group) => !page.includes(`\`${group}\``));
    assert.equal(unsaid, []);
  });

  test(`${name}: the namespaces of its peers are those of the parts that answer there`, async () => {
    const namespaces = new Map(
      (await parts(name)).map(({ metadata, spec }) => [
        metadata.name.slice(`${name}-`.length),
        spec.template.spec.destination.namespace,
      ]),
    );
    if (namespaces.size === 0) return;
    assert.is(peers.ingress?.namespace, namespaces.get('traefik'));
    for (const part of ['alloy', 'loki', 'prometheus', 'tempo']) {
      assert.is(peers.monitoring?.namespace, namespaces.get(part), part);
    }
  });

  test(`${name}: the cluster-wide objects that it declares are there`, async () => {
    const folder = `argocd/platform/${name}/objects`;
    const objects = folders.includes(folder) ? await render(folder) : [];
    const there = objects
      .filter(({ kind }) => kind.startsWith('Cluster'))
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    assert.equal(sorted(there), sorted(clusterObjects));
    const groups = sorted(objects.map(groupOf)).filter(
      (group) => group.includes('.') && !group.endsWith('k8s.io'),
    );
    for (const group of groups) assert.ok(environment.apis.includes(group), group);
  });
}

test('every part is used by some environment, and its chart is pinned', async () => {
  const used = (await Promise.all(known.map(({ name }) => parts(name)))).flat();
  const there = await Array.fromAsync(glob('argocd/platform/*/applicationset.yaml', { cwd: root }));
  const names = used.map(({ metadata }) => metadata.name.replace(/^[^-]+-/, ''));
  assert.equal(sorted(there.map((file) => file.split('/')[2] ?? '')), sorted(names));
  for (const { metadata, spec } of used) {
    assert.match(spec.template.spec.source.targetRevision, /^v?\d+\.\d+\.\d+$/, metadata.name);
  }
});

test('Prometheus selects the monitors and rules of every namespace', async () => {
  const { spec } = named(await parts('production'), 'ApplicationSet', 'production-prometheus');
  const { prometheus } = (spec.template.spec.source.helm?.valuesObject ?? {}) as {
    prometheus?: { prometheusSpec: Record<string, unknown> };
  };
  for (const kind of ['serviceMonitor', 'podMonitor', 'rule']) {
    assert.is(prometheus?.prometheusSpec[`${kind}SelectorNilUsesHelmValues`], false, kind);
  }
});

test('the store may be read from each namespace that has an ExternalSecret', async () => {
  const objects = await render('argocd/platform/production/objects');
  const store = named(objects, 'ClusterSecretStore', 'plumbline');
  const { conditions } = store.spec as { conditions: readonly { readonly namespaces: readonly string[] }[] };
  const allowed = new Set(conditions.flatMap(({ namespaces }) => namespaces));
  const targets = (await systemTargets()).filter(({ environment }) => environment === 'production');
  const held = [...objects, ...(await Promise.all(targets.map(({ folder }) => render(folder)))).flat()];
  const readers = sorted(
    held.filter(({ kind }) => kind === 'ExternalSecret').map(({ metadata }) => metadata.namespace ?? ''),
  );
  assert.ok(readers.length > 0);
  assert.equal(
    readers.filter((namespace) => !allowed.has(namespace)),
    [],
  );
});

test('the store, the issuer and their accounts agree', async () => {
  const objects = await render('argocd/platform/production/objects');
  const text = JSON.stringify(objects.filter(({ kind }) => kind.startsWith('Cluster')));
  const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
  assert.ok(accounts.length > 0);
  for (const { metadata } of accounts) assert.ok(text.includes(`"name":"${metadata.name}"`), metadata.name);
});

test.run();
