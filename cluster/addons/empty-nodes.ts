import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigOf } from '../control-plane/components.ts';
import type { Component } from '../inside/component.ts';
import { addresses } from '../layout.ts';
import type { EmptyNode } from '../spec.ts';

const stages = join(import.meta.dirname, 'stages');

/** The annotation of a node that runs nothing. */
export const emptyNode = { 'kwok.x-k8s.io/node': 'empty' } as const;

/** kwok: takes the pods of empty nodes to Ready, and those that end by themselves to their end, without running any. */
export function emptyNodesComponent(program: string): Component {
  const files = readdirSync(stages).filter((name) => name.endsWith('.yaml'));
  return {
    name: 'kwok',
    argv: [
      program,
      `--kubeconfig=${kubeconfigOf('admin')}`,
      `--manage-nodes-with-annotation-selector=${Object.entries(emptyNode)[0]?.join('=')}`,
      `--node-ip=${addresses.node}`,
      '--cidr=10.245.0.0/16',
      '--node-lease-duration-seconds=40',
      '--server-address=127.0.0.1:10247',
      ...files.map((name) => `--config=${join(stages, name)}`),
    ],
  };
}

/** The Node object of one of them. */
export function emptyNodeObject({ name, cpu, memory, pods, labels }: EmptyNode) {
  const room = { cpu, memory, pods: String(pods), 'ephemeral-storage': '1Ti' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: emptyNode,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...labels,
      },
    },
    status: { allocatable: room, capacity: room },
  };
}
