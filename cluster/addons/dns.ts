import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigOf } from '../control-plane/components.ts';
import type { Component } from '../inside/component.ts';
import { addresses, inside } from '../layout.ts';

const corefile = join(inside.run, 'config', 'Corefile');

/** Names of the cluster as kubeadm's CoreDNS answers them; of any other it says at once that there is none. */
const text = `cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
  bind ${addresses.node}
  errors
  health 127.0.0.1:8080
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfigOf('admin')} admin
    pods insecure
    ttl 5
  }
}
.:53 {
  bind ${addresses.node}
  template IN ANY . {
    rcode NXDOMAIN
  }
}
`;

/** CoreDNS, as a program of the node rather than a pod. */
export async function dnsComponent(program: string): Promise<Component> {
  await writeFile(corefile, text);
  return { name: 'coredns', argv: [program, '-conf', corefile] };
}

const ports = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
];

/** The Service that pods are told of, and where it leads. */
export const dnsObjects = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { clusterIP: addresses.dns, ports },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kube-dns-node',
      namespace: 'kube-system',
      labels: { 'kubernetes.io/service-name': 'kube-dns' },
    },
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: [addresses.node], conditions: { ready: true } }],
  },
] as const;
