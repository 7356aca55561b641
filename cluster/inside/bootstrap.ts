import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dnsComponent, dnsObjects } from '../addons/dns.ts';
import { emptyNodeObject, emptyNodesComponent } from '../addons/empty-nodes.ts';
import { storageComponent, storageObjects } from '../addons/storage.ts';
import { apiServer, controllerManager, etcd, kubeconfigOf, scheduler } from '../control-plane/components.ts';
import { kubeconfig, makeKeys } from '../control-plane/keys.ts';
import { addresses, inside, nodeNameOf } from '../layout.ts';
import { containerd, kubelet, kubeProxy, writeNodeConfig } from '../node/components.ts';
import { type ClusterSpec, filesOf } from '../spec.ts';
import { makeCgroups } from './cgroups.ts';
import { inNetwork, must } from './command.ts';
import type { Component, Components } from './component.ts';
import { forwardPort } from './forward.ts';
import { kubectlOf } from './kubectl.ts';
import { makeMounts } from './mounts.ts';
import { makeNetwork } from './network.ts';
import { until } from './until.ts';

/** Makes what the programs find when they start: files, networks, keys and configuration. */
export async function prepare(spec: ClusterSpec, say: (what: string) => Promise<void>): Promise<void> {
  const files = filesOf(spec.state);
  await say('making its namespaces');
  await makeMounts(spec.state);
  await makeNetwork();
  await makeCgroups(spec.cgroup);
  await say('making its keys');
  await makeKeys(files.keys, nodeNameOf(spec.name));
  const server = `https://${addresses.node}:${addresses.apiPort}`;
  for (const identity of ['admin', 'controller-manager', 'scheduler', 'proxy', 'node'] as const) {
    const file = kubeconfigOf(identity);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await kubeconfig(files.keys, identity, server, identity), { mode: 0o600 });
  }
  await writeNodeConfig(spec.cgroup, nodeNameOf(spec.name));
}

/**
 * Starts the programs in the order in which they need each other, and returns when pods can run.
 * @throws Error when one of them does not come to be ready.
 */
export async function bootstrap(
  spec: ClusterSpec,
  components: Components,
  say: (what: string) => Promise<void>,
): Promise<void> {
  const program = (name: string) => spec.binaries[name] ?? name;
  components.start(relay);
  components.start(etcd(program('etcd')));
  components.start(containerd);
  components.start(apiServer(program('kube-apiserver')));
  await say('the API server starts');
  const kubectl = kubectlOf(program('kubectl'));
  const ready = kubectl.until('the API server is ready', ['get', '--raw=/readyz']);
  await Promise.all([ready, importImages(spec.images)]);
  components.start(controllerManager(program('kube-controller-manager')));
  components.start(scheduler(program('kube-scheduler')));
  components.start(await dnsComponent(program('coredns')));
  components.start(kubelet(program('kubelet'), nodeNameOf(spec.name)));
  components.start(kubeProxy(program('kube-proxy')));
  await say('the node starts');
  await kubectl.apply([...nodeProxier, ...dnsObjects, ...storageObjects(spec.storageClasses)]);
  components.start(await storageComponent(program('local-path-provisioner'), spec.storageClasses));
  if (spec.emptyNodes.length > 0) {
    components.start(emptyNodesComponent(program('kwok')));
    await kubectl.apply(spec.emptyNodes.map(emptyNodeObject));
  }
  await kubectl.until('the node is there', ['get', 'node', nodeNameOf(spec.name)]);
  await kubectl.until('the nodes are ready', [
    'wait',
    '--for=condition=Ready',
    'node',
    '--all',
    '--timeout=20s',
  ]);
  await kubectl.until('namespaces get their account', ['get', 'serviceaccount', 'default']);
  await openPorts(spec);
}

const relay: Component = {
  name: 'relay',
  argv: [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'relay.ts'),
    inside.relay,
  ],
};

/** kube-proxy may read Services and EndpointSlices. */
const nodeProxier = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'plumbline-node-proxier' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:kube-proxy' }],
  },
];

async function importImages(images: readonly string[]): Promise<void> {
  const ctr = (...args: string[]) =>
    inNetwork(['ctr', '--address', inside.containerd, '--namespace', 'k8s.io', ...args]);
  await until('containerd answers', () => must(ctr('version')));
  for (const image of images) await must(ctr('images', 'import', image), { deadline: 300_000 });
}

/** Opens the host's ports, and writes the kubeconfig that leads through one of them. */
async function openPorts({ name, state, apiPort, ports }: ClusterSpec): Promise<void> {
  const files = filesOf(state);
  // The port that it had before, if nobody took it meanwhile.
  const port = await forwardPort(apiPort, addresses.apiPort).catch(() => forwardPort(0, addresses.apiPort));
  for (const { host, node } of ports) await forwardPort(host, node);
  const text = await kubeconfig(files.keys, 'admin', `https://127.0.0.1:${port}`, `kind-${name}`);
  await writeFile(files.kubeconfig, text, { mode: 0o600 });
}
