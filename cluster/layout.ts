/**
 * Where things are inside the cluster's own mount namespace. Nothing of this is on the host but `state`, which is a
 * folder of the host bound here: sockets have paths of at most 108 bytes, and clones lie deep.
 */
export const inside = {
  /** A tmpfs. */
  run: '/run/plumbline',
  /** The cluster's folder on the host. */
  state: '/run/plumbline/state',
  /** The network namespace that everything but the forwarder runs in. */
  network: '/run/plumbline/network',
  /** The socket of what connects from that namespace. */
  relay: '/run/plumbline/relay.sock',
  containerd: '/run/plumbline/containerd.sock',
  resolvConf: '/run/plumbline/resolv.conf',
  /** Folders of the host that are seen here with a layer of our own on top. */
  layered: ['/etc', '/var'],
} as const;

/** The addresses of a network that nobody outside sees; they may be the same in every cluster. */
export const addresses = {
  node: '10.99.0.2',
  nodes: '10.99.0.0/24',
  pods: '10.244.0.0/24',
  allPods: '10.244.0.0/16',
  services: '10.96.0.0/16',
  /** The first of the services' addresses: the API server's. */
  apiService: '10.96.0.1',
  dns: '10.96.0.10',
  apiPort: 6443,
} as const;

/** The name of a cluster's one real node, as kind gives it. */
export function nodeNameOf(cluster: string): string {
  return `${cluster}-control-plane`;
}
