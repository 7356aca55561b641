import type { KubernetesObject } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { readSchemaIndex } from '../../validators/schemas/index.ts';
import { suite } from '../harness/suite.ts';
import { isApplicationSet } from './application-sets.ts';
import { allSystemsStand, groupOf, named, render, systemTargets } from './repository.ts';

const test = suite('projects');

interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

interface ProjectSpec {
  readonly sourceRepos: readonly string[];
  readonly destinations: readonly { readonly server: string; readonly namespace: string }[];
  readonly clusterResourceWhitelist: readonly GroupKind[];
  readonly namespaceResourceWhitelist: readonly GroupKind[];
}

/** What workloads make of the kinds that overlays hold: allowed so that Argo CD shows it. */
const made = ['/Pod', 'apps/ReplicaSet'];

const argocd = await render('argocd');
const project = (name: string) => named(argocd, 'AppProject', name).spec as ProjectSpec;
const text = ({ group, kind }: GroupKind) => `${group}/${kind}`;
const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

const { kinds } = await readSchemaIndex();
const clusterWide = new Set(
  kinds.filter(({ scope }) => scope === 'Cluster').map(({ group, kind }) => text({ group, kind })),
);
const kindOf = (object: KubernetesObject) => text({ group: groupOf(object), kind: object.kind });

const held = (await Promise.all((await systemTargets()).map(({ folder }) => render(folder)))).flat();
const systems = project('plumbline');
const platform = project('platform');

test('the systems’ project allows every kind that an overlay holds', () => {
  const allowed = new Set(
    [...systems.clusterResourceWhitelist, ...systems.namespaceResourceWhitelist].map(text),
  );
  assert.equal(
    sorted(held.map(kindOf)).filter((kind) => !allowed.has(kind)),
    [],
  );
});

test('and every namespace', () => {
  const allowed = new Set(systems.destinations.map(({ namespace }) => namespace));
  assert.equal(
    sorted(held.flatMap(({ metadata }) => metadata.namespace ?? [])).filter((name) => !allowed.has(name)),
    [],
  );
});

test('of what is cluster-wide it allows namespaces and nothing else', () => {
  assert.equal(systems.clusterResourceWhitelist, [{ group: '', kind: 'Namespace' }]);
  assert.equal(
    sorted(held.map(kindOf)).filter((kind) => clusterWide.has(kind)),
    ['/Namespace'],
  );
});

// A branch that has not all the systems yet cannot say what is too much.
const whole = (await allSystemsStand()) ? test : test.skip;

whole('it allows no kind that no overlay holds, what workloads make aside', () => {
  const there = new Set(held.map(kindOf));
  const allowed = systems.namespaceResourceWhitelist.map(text);
  assert.equal(sorted(allowed.filter((kind) => !there.has(kind))), sorted(made));
});

whole('it allows no namespace that no overlay holds', () => {
  assert.equal(
    sorted(systems.destinations.map(({ namespace }) => namespace)),
    sorted(held.flatMap(({ metadata }) => metadata.namespace ?? [])),
  );
});

test('nothing is allowed twice, and the only wildcard is the cluster', () => {
  const lists = [
    systems.sourceRepos,
    systems.destinations.map(({ namespace }) => namespace),
    systems.namespaceResourceWhitelist.map(text),
  ];
  for (const list of lists) {
    assert.is(new Set(list).size, list.length);
    for (const value of list) assert.not.match(value, /[*?[]/);
  }
  assert.ok(systems.destinations.every(({ server }) => server === '*'));
});

test('the systems’ project takes this repository alone', () => {
  const sets = argocd.filter(isApplicationSet);
  assert.equal(sorted(sets.map(({ spec }) => spec.template.spec.source.repoURL)), systems.sourceRepos);
});

test('the platform’s project takes the charts’ registries and namespaces, and no others', async () => {
  const parts = (await render('argocd/platform/production')).filter(isApplicationSet);
  const specs = parts.map(({ spec }) => spec.template.spec);
  assert.ok(specs.every((spec) => spec.project === 'platform'));
  assert.equal(
    sorted(platform.sourceRepos),
    sorted([...systems.sourceRepos, ...specs.map(({ source }) => source.repoURL)]),
  );
  const objects = await render('argocd/platform/production/objects');
  assert.equal(
    sorted(platform.destinations.map(({ namespace }) => namespace)),
    sorted([
      ...specs.map(({ destination }) => destination.namespace),
      ...objects.flatMap(({ metadata }) => metadata.namespace ?? []),
    ]),
  );
  const allowed = new Set(platform.clusterResourceWhitelist.map(text));
  assert.equal(
    sorted(objects.map(kindOf)).filter((kind) => clusterWide.has(kind) && !allowed.has(kind)),
    [],
  );
});

test('no namespace is in both projects', () => {
  const theirs = new Set(platform.destinations.map(({ namespace }) => namespace));
  assert.equal(
    systems.destinations.filter(({ namespace }) => theirs.has(namespace)),
    [],
  );
});

test.run();
