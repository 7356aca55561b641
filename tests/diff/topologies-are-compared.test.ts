import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changedTopology, isAnother, nearChanges } from '../../validators/diff/changed-topology.ts';
import { drawChanges, listChanges } from '../../validators/diff/topology-picture.ts';
import type { TopologyEdge, TopologyNode } from '../../validators/graph/topology.ts';

const node = (name: string, fields: Partial<TopologyNode> = {}): TopologyNode => ({
  id: `Deployment shop/${name}`,
  kind: 'workload',
  name,
  type: 'Deployment',
  namespace: 'shop',
  details: ['1 pod'],
  findings: [],
  ...fields,
});

const edge = (from: string, to: string, fields: Partial<TopologyEdge> = {}): TopologyEdge => ({
  from: `Deployment shop/${from}`,
  to: `Deployment shop/${to}`,
  kind: 'flow',
  label: '',
  allowed: true,
  ...fields,
});

const none = new Set<string>();

test('parts and lines that come, go, or are another, on both sides', () => {
  const before = {
    nodes: [node('api'), node('old'), node('same'), node('sick', { findings: ['x: y'] }), node('well')],
    edges: [
      edge('old', 'api'),
      edge('same', 'api', { label: 'env A' }),
      edge('sick', 'api', { allowed: false }),
    ],
  };
  const after = {
    nodes: [
      node('api', { details: ['2 pods', '9 to 5'] }),
      node('new'),
      node('same'),
      node('sick'),
      node('well', { findings: ['x: y'] }),
    ],
    edges: [
      edge('new', 'api', { allowed: false }),
      edge('same', 'api', { label: 'env B', allowed: false }),
      edge('sick', 'api'),
    ],
  };
  const changed = changedTopology(before, after, none);
  assert.equal(listChanges(changed), [
    '~ Deployment shop/api: 1 pod → 2 pods, 9 to 5',
    '+ Deployment shop/new',
    '~ Deployment shop/sick: mended',
    '~ Deployment shop/well: now wrong',
    '- Deployment shop/old',
    '+ Deployment shop/new → Deployment shop/api: cut',
    '~ Deployment shop/same → Deployment shop/api: now cut, env A → env B',
    '~ Deployment shop/sick → Deployment shop/api: no longer cut',
    '- Deployment shop/old → Deployment shop/api',
  ]);
  const backwards = changedTopology(after, before, none);
  assert.is(listChanges(backwards).length, listChanges(changed).length);
});

test('what is the same is nothing, and an object may be another in what no picture shows', () => {
  const side = { nodes: [node('api'), node('client')], edges: [edge('client', 'api')] };
  assert.not.ok(isAnother(changedTopology(side, structuredClone(side), none)));
  const touched = changedTopology(side, side, new Set(['Deployment shop/api']));
  assert.ok(isAnother(touched));
  assert.equal(listChanges(touched), ['~ Deployment shop/api']);
});

test('of many parts those around the changes are drawn, and of too many none', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => node(`n${at}`));
  const edges = many(499).map((_, at) => edge(`n${at}`, `n${at + 1}`));
  const before = { nodes: many(500), edges };
  const after = {
    nodes: before.nodes.map((one) => (one.name === 'n7' ? node('n7', { details: ['2 pods'] }) : one)),
    edges: edges.map((one, at) => (at === 300 ? { ...one, allowed: false } : one)),
  };
  const changed = changedTopology(before, after, none);
  const near = nearChanges(changed);
  assert.equal(
    near.nodes.map(({ node: { name } }) => name),
    ['n6', 'n7', 'n8', 'n300', 'n301'],
  );
  assert.is(near.edges.length, 3);
  assert.is(drawChanges('kind', changed)?.match(/<g class="node /g)?.length, 5);
  assert.is(drawChanges('kind', changedTopology({ nodes: [], edges: [] }, after, none)), undefined);
  const few = { nodes: many(20), edges: edges.slice(0, 19) };
  assert.is(drawChanges('kind', changedTopology(few, few, none))?.match(/<g class="node /g)?.length, 20);
});

test.run();
