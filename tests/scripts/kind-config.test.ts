import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Address, clashes, readAddresses } from '../../deploy/addresses.ts';
import {
  addressesOfOne,
  filterKindConfig,
  kindClusterName,
  kindConfigText,
  readKindConfig,
} from '../../deploy/cluster/kind-config.ts';
import { readEnvironment } from '../../validators/index.ts';

const root = join(import.meta.dirname, '..', '..');

test('the kind cluster maps exactly the table, on the loopback address', async () => {
  const rows = await readAddresses(root);
  const config = await readKindConfig(root);
  assert.is(config.nodes.length, 1);
  const mappings = config.nodes[0]?.extraPortMappings ?? [];
  const wanted = rows
    .filter(({ host }) => host !== undefined)
    .map(({ nodePort, host }) => `${nodePort} -> 127.0.0.1:${host} TCP`);
  const there = mappings.map(
    ({ containerPort, hostPort, listenAddress, protocol }) =>
      `${containerPort} -> ${listenAddress}:${hostPort} ${protocol}`,
  );
  assert.equal(there.toSorted(), wanted.toSorted());
});

test('the node runs the Kubernetes that the environment names, by digest', async () => {
  const { kubernetes } = await readEnvironment(root, 'overlays/kind/environment.yaml');
  const image = (await readKindConfig(root)).nodes[0]?.image ?? '';
  assert.match(
    image,
    new RegExp(`^kindest/node:v${kubernetes.replace('.', '\\.')}\\.\\d+@sha256:[0-9a-f]{64}$`),
  );
});

test('no two rows of the table claim a port', async () => {
  assert.equal(clashes(await readAddresses(root)), []);
});

test('a clash names both of its owners', () => {
  const rows: Address[] = [
    { system: 'a', service: 'web', port: 80, forward: 3000, about: '' },
    { system: 'b', service: 'shop', port: 80, nodePort: 30000, host: 3000, about: '' },
    { service: 'ingress', port: 80, nodePort: 30000, about: '' },
  ];
  assert.equal(clashes(rows), [
    'nodePort 30000 is claimed by b/shop and by platform/ingress',
    'port of the laptop 3000 is claimed by a/web and by b/shop',
  ]);
});

test('systems with a cluster of their own get it only when they are alone', () => {
  assert.is(kindClusterName(['big-data']), 'big-data');
  assert.is(kindClusterName(['feastflow']), 'feastflow-local');
  assert.is(kindClusterName(['preempt']), 'plumbline');
  assert.is(kindClusterName(['big-data', 'lambda']), 'plumbline');
  assert.is(kindClusterName([]), 'plumbline');
});

test("a cluster for one system maps only that system's ports, and the ingress controller's where it has an Ingress", async () => {
  const rows = await readAddresses(root);
  const config = await readKindConfig(root);
  const ports = (name: string, ingress: boolean) => {
    const objects = ingress
      ? [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name } }]
      : [];
    const system = { name, folder: '', namespaces: [name], objects };
    const filtered = filterKindConfig(config, addressesOfOne(rows, system));
    return filtered.nodes[0]?.extraPortMappings.map(({ hostPort }) => hostPort);
  };
  assert.equal(ports('big-data', false), [30300, 30808]);
  assert.equal(ports('feastflow', false), []);
  assert.equal(ports('feastflow', true), [9080, 9443]);
});

test('a filtered configuration is written as kind reads it', async () => {
  const text = kindConfigText(filterKindConfig(await readKindConfig(root), []));
  assert.match(
    text,
    /^kind: Cluster\napiVersion: kind\.x-k8s\.io\/v1alpha4\nnodes:\n {2}- role: control-plane\n {4}image: /,
  );
  assert.match(text, /extraPortMappings: \[\]/);
});

test.run();
